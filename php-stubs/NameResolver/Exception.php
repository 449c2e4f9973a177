<?php

namespace Swoole\NameResolver;

/** A registry of services that cannot be used. */
class Exception extends \Swoole\Exception
{
}
