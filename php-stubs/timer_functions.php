<?php

/** The same as Swoole\Timer::after(). */
function swoole_timer_after(int $ms, callable $callback, mixed ...$params): int|false {}

/** The same as Swoole\Timer::tick(). */
function swoole_timer_tick(int $ms, callable $callback, mixed ...$params): int|false {}

/** The same as Swoole\Timer::info(). */
function swoole_timer_info(int $timer_id): ?array {}

/** The same as Swoole\Timer::list(). */
function swoole_timer_list(): \Swoole\Timer\Iterator {}

/** The same as Swoole\Timer::exists(). */
function swoole_timer_exists(int $timer_id): bool {}

/** The same as Swoole\Timer::stats(). */
function swoole_timer_stats(): array {}

/** The same as Swoole\Timer::clear(). */
function swoole_timer_clear(int $timer_id): bool {}

/** The same as Swoole\Timer::clearAll(). */
function swoole_timer_clear_all(): bool {}
