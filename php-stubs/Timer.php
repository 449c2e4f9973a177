<?php

namespace Swoole;

/**
 * Calls back later, in a coroutine of its own.
 */
class Timer
{
    /**
     * Calls back every so many milliseconds, with the timer's id before the other arguments.
     *
     * @return int|false its id
     */
    public static function tick(int $ms, callable $callback, mixed ...$params): int|false {}

    /**
     * Calls back once, after so many milliseconds.
     *
     * @return int|false its id
     */
    public static function after(int $ms, callable $callback, mixed ...$params): int|false {}

    /**
     * Whether there is such a timer.
     */
    public static function exists(int $timer_id): bool {}

    /**
     * What is known of a timer: exec_msec, exec_count, interval, round, removed.
     */
    public static function info(int $timer_id): ?array {}

    /**
     * Counters of all timers: initialized, num, round.
     */
    public static function stats(): array {}

    /**
     * The ids of all timers.
     */
    public static function list(): \Swoole\Timer\Iterator {}

    /**
     * Takes a timer away.
     */
    public static function clear(int $timer_id): bool {}

    /**
     * Takes all timers away.
     */
    public static function clearAll(): bool {}
}
