<?php

namespace Swoole;

/**
 * The loop that runs coroutines and timers and watches descriptors.
 *
 * A $fd is a stream, the number of a descriptor, a socket of ext-sockets, or a socket or client of this extension.
 */
class Event
{
    /**
     * Watches a descriptor, which does not block any more. The callbacks get $fd, and run in coroutines as long as there
     * is something to read, or room to write.
     *
     * @param int $events SWOOLE_EVENT_READ, SWOOLE_EVENT_WRITE, or both
     * @return int|false the number of the descriptor
     */
    public static function add(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = \SWOOLE_EVENT_READ): int|false {}

    /**
     * Watches a descriptor no more. To be called before it is closed.
     */
    public static function del(mixed $fd): bool {}

    /**
     * Changes what is watched and called; what is null or 0 stays as it is.
     */
    public static function set(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = 0): bool {}

    /**
     * Whether a descriptor is watched for one of $events.
     */
    public static function isset(mixed $fd, int $events = 1536): bool {}

    /**
     * Runs one round of the loop.
     */
    public static function dispatch(): bool {}

    /**
     * Calls back in the next round of the loop.
     */
    public static function defer(callable $callback): bool {}

    /**
     * Calls back at the end of every round of the loop; null stops that.
     *
     * @param bool $before with the last word before the loop waits
     */
    public static function cycle(?callable $callback, bool $before = false): bool {}

    /**
     * Writes without blocking: what does not fit now follows when there is room.
     */
    public static function write(mixed $fd, string $data): bool {}

    /**
     * Runs the loop until no coroutine, no timer and no watched descriptor is left.
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
