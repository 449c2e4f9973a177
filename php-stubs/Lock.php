<?php

namespace Swoole;

/**
 * A lock that processes forked later share. Who waits for it waits with the whole process; for coroutines there is
 * Coroutine\Lock. A process that ends while it holds the lock alone gives it back.
 */
class Lock
{
    public const MUTEX = 3;
    public const RWLOCK = 1;
    public const SPINLOCK = 5;

    /** The errno of the last failure: 16 (busy), 110 (timeout), 35 (held by this process itself), 1 (not held). */
    public $errCode = 0;

    /**
     * @param int $type only with Lock::RWLOCK several processes can hold LOCK_SH at once
     */
    public function __construct(int $type = \SWOOLE_MUTEX) {}

    /**
     * @param int $operation LOCK_EX or LOCK_SH; with LOCK_NB added it does not wait
     * @param float $timeout seconds; anything not above zero waits for ever
     */
    public function lock(int $operation = \LOCK_EX, float $timeout = -1.0): bool {}

    public function unlock(): bool {}
}
