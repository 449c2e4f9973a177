<?php

namespace Swoole;

/**
 * Which of PHP's own functions let other coroutines run while they wait.
 *
 * With SWOOLE_HOOK_SLEEP these are sleep(), usleep(), time_nanosleep() and time_sleep_until(). The other flags are kept
 * and change nothing.
 */
class Runtime
{
    /**
     * The same as setHookFlags().
     *
     * @param int $flags a union of SWOOLE_HOOK_*; true and false, as older versions had it, are all and none
     */
    public static function enableCoroutine(int $flags = \SWOOLE_HOOK_ALL): bool {}

    /**
     * The flags that are set; 0 at first, and SWOOLE_HOOK_ALL in Coroutine\run() unless the script chose others.
     */
    public static function getHookFlags(): int {}

    /**
     * Sets the flags for all coroutines.
     */
    public static function setHookFlags(int $flags): bool {}
}
