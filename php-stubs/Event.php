<?php

namespace Swoole;

/**
 * The loop that runs coroutines and timers.
 */
class Event
{
    /**
     * Runs the loop until no coroutine and no timer is left.
     */
    public static function wait(): void {}

    /**
     * PHP calls this at the end of a script that left coroutines or timers behind.
     */
    public static function rshutdown(): void {}

    /**
     * Ends the loop.
     */
    public static function exit(): void {}
}
