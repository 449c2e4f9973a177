<?php

namespace Swoole\Process;

/**
 * A pool whose workers each have a function of their own. Also called Swoole\Process\ProcessManager.
 */
class Manager
{
    public function __construct(int $ipcType = \SWOOLE_IPC_NONE, int $msgQueueKey = 0) {}

    /**
     * One more worker.
     *
     * @param callable $func gets the pool and the worker's number
     */
    public function add(callable $func, bool $enableCoroutine = false): Manager {}

    /**
     * So many more workers with the same function.
     */
    public function addBatch(int $workerNum, callable $func, bool $enableCoroutine = false): Manager {}

    /**
     * Runs the pool until it is stopped.
     */
    public function start(): void {}

    public function setIPCType(int $ipcType): Manager {}

    public function getIPCType(): int {}

    public function setMsgQueueKey(int $msgQueueKey): Manager {}

    public function getMsgQueueKey(): int {}
}

class_alias(Manager::class, 'Swoole\Process\ProcessManager');
