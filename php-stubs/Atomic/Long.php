<?php

namespace Swoole\Atomic;

/**
 * A signed number of 64 bits in memory that processes forked later share. It wraps around.
 */
class Long
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
     * Sets the value if it is what one thinks.
     */
    public function cmpset(int $cmp_value, int $new_value): bool {}
}
