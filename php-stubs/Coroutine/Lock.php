<?php

namespace Swoole\Coroutine;

/**
 * A lock between coroutines: only who waits for it waits. First come, first served.
 */
class Lock
{
    /** The errno of the last failure: 16 (busy), 1 (held by another or nobody), 125 (the wait was canceled). */
    public $errCode = 0;

    /**
     * @param bool $shared whether the coroutines of processes forked later count too
     */
    public function __construct(bool $shared = false) {}

    /**
     * Who has the lock already keeps it. LOCK_SH is as exclusive as LOCK_EX.
     *
     * @param int $operation with LOCK_NB added it does not wait
     */
    public function lock(int $operation = \LOCK_EX): bool {}

    public function unlock(): bool {}
}
