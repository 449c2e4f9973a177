<?php

namespace Swoole\Coroutine;

/**
 * A coroutine waits until the others have let go of an object that all of them hold:
 *
 *     $barrier = Barrier::make();
 *     foreach ($jobs as $job) {
 *         go(function () use ($job, $barrier) { $job(); });
 *     }
 *     Barrier::wait($barrier);
 */
class Barrier
{
    public static function make(): Barrier {}

    /**
     * Sets the variable to null and waits for all other references to go.
     *
     * @param float $timeout seconds; anything not above zero waits for ever
     * @throws \Swoole\Exception when another coroutine waits already
     */
    public static function wait(Barrier &$barrier, float $timeout = -1.0): void {}
}
