<?php

namespace Swoole;

/**
 * A number from 0 to 2^32 - 1 in memory that processes forked later share. It wraps around.
 */
class Atomic
{
    public function __construct(int $value = 0) {}

    /**
     * @return int the new value
     */
    public function add(int $add_value = 1): int {}

    /**
     * @return int the new value
     */
    public function sub(int $sub_value = 1): int {}

    public function get(): int {}

    public function set(int $value): void {}

    /**
     * Waits until the value is 1 and makes it 0. The whole process waits, with all its coroutines.
     *
     * @param float $timeout seconds; anything not above zero waits for ever
     * @return bool false on a timeout, and at once when the value is neither 0 nor 1
     */
    public function wait(float $timeout = 1.0): bool {}

    /**
     * Makes 0 a 1 and wakes so many processes that wait for that.
     */
    public function wakeup(int $count = 1): bool {}

    /**
     * Sets the value if it is what one thinks.
     */
    public function cmpset(int $cmp_value, int $new_value): bool {}
}
