<?php

namespace Swoole\Coroutine;

/**
 * The ids of all coroutines.
 */
class Iterator extends \ArrayIterator
{
}
