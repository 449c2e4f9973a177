<?php

namespace Swoole\Coroutine;

/**
 * One coroutine waits until others have reported that they are done.
 */
class WaitGroup
{
    public function __construct(int $delta = 0) {}

    /**
     * So many more have to report.
     */
    public function add(int $delta = 1): void {}

    /**
     * One has done its work.
     */
    public function done(): void {}

    /**
     * Waits for all of them.
     *
     * @param float $timeout seconds; anything not above zero waits for ever
     * @return bool false on a timeout
     */
    public function wait(float $timeout = -1): bool {}

    /**
     * How many have not reported yet.
     */
    public function count(): int {}
}
