<?php
/** An ArrayObject was asked for a key that it has not. */

declare(strict_types=1);

namespace Swoole\Exception;

class ArrayKeyNotExists extends \RuntimeException
{
}
