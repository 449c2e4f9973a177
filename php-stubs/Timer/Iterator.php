<?php

namespace Swoole\Timer;

/**
 * The ids of all timers.
 */
class Iterator extends \ArrayIterator
{
}
