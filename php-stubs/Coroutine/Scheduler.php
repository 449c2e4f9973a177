<?php

namespace Swoole\Coroutine;

/**
 * Collects functions, then runs each in a coroutine until all have ended.
 */
final class Scheduler
{
    /**
     * One more function to run.
     */
    public function add(callable $func, mixed ...$param): void {}

    /**
     * One more function to run in so many coroutines.
     */
    public function parallel(int $n, callable $func, mixed ...$param): void {}

    /**
     * The same as Coroutine::set().
     */
    public function set(array $settings): void {}

    /**
     * The same as Coroutine::getOptions().
     */
    public function getOptions(): ?array {}

    /**
     * Runs them, and comes back when no coroutine and no timer is left.
     */
    public function start(): bool {}
}
