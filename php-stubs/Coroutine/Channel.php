<?php

namespace Swoole\Coroutine;

/**
 * A queue between coroutines: push() waits while it is full, pop() while it is empty.
 */
class Channel
{
    /** How many values it takes before push() waits. */
    public $capacity = 0;
    /** How the last push() or pop() went: a SWOOLE_CHANNEL_* value. */
    public $errCode = 0;

    /**
     * @param int $size the capacity, at least 1
     */
    public function __construct(int $size = 1) {}

    /**
     * Adds a value; whoever waits for one runs at once.
     *
     * @param float $timeout seconds; anything not above zero waits for ever
     * @return bool false on a timeout, a cancel, or when it is closed
     */
    public function push(mixed $data, float $timeout = -1): bool {}

    /**
     * Takes the oldest value.
     *
     * @return mixed false on a timeout, a cancel, or when it is closed and empty: see $errCode
     */
    public function pop(float $timeout = -1): mixed {}

    /**
     * Whether pop() would wait.
     */
    public function isEmpty(): bool {}

    /**
     * Whether push() would wait.
     */
    public function isFull(): bool {}

    /**
     * Ends all waits and refuses pushes from now on.
     */
    public function close(): bool {}

    /**
     * How many wait and how many values there are: consumer_num, producer_num, queue_num.
     */
    public function stats(): array {}

    /**
     * How many values there are.
     */
    public function length(): int {}
}
