<?php
/** A registry of services that cannot be used. */

declare(strict_types=1);

namespace Swoole\NameResolver;

class Exception extends \Swoole\Exception
{
}
