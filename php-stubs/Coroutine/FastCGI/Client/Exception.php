<?php

namespace Swoole\Coroutine\FastCGI\Client;

/** A FastCGI request that got no answer. */
class Exception extends \Swoole\Exception
{
}
