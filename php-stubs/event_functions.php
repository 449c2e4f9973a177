<?php

/** The same as Swoole\Event::add(). */
function swoole_event_add(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = SWOOLE_EVENT_READ): int|false {}

/** The same as Swoole\Event::del(). */
function swoole_event_del(mixed $fd): bool {}

/** The same as Swoole\Event::set(). */
function swoole_event_set(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = 0): bool {}

/** The same as Swoole\Event::isset(). */
function swoole_event_isset(mixed $fd, int $events = 1536): bool {}

/** The same as Swoole\Event::dispatch(). */
function swoole_event_dispatch(): bool {}

/** The same as Swoole\Event::defer(). */
function swoole_event_defer(callable $callback): bool {}

/** The same as Swoole\Event::cycle(). */
function swoole_event_cycle(?callable $callback, bool $before = false): bool {}

/** The same as Swoole\Event::write(). */
function swoole_event_write(mixed $fd, string $data): bool {}

/** The same as Swoole\Event::wait(). */
function swoole_event_wait(): void {}

/** The same as Swoole\Event::rshutdown(). */
function swoole_event_rshutdown(): void {}

/** The same as Swoole\Event::exit(). */
function swoole_event_exit(): void {}

/**
 * Waits until some of many descriptors are ready, and leaves those in the arrays. It blocks the process.
 *
 * @param float|null $timeout seconds; null or less than zero waits for ever
 * @return int|false how many are ready
 */
function swoole_select(?array &$read, ?array &$write, ?array &$except, ?float $timeout = 0.5): int|false {}

/** The same as swoole_select(). */
function swoole_client_select(?array &$read, ?array &$write, ?array &$except, ?float $timeout = 0.5): int|false {}
