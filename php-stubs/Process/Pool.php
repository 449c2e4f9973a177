<?php

namespace Swoole\Process;

/**
 * Workers that a manager forks, watches, replaces when they end, reloads on SIGUSR1 and stops on SIGTERM.
 */
class Pool
{
    public $master_pid = -1;
    public $workerPid = -1;
    public $workerId = -1;
    public $workers = null;
    /** False after stop(): a worker with a loop of its own looks at it. */
    public $workerRunning = true;
    public $running = true;

    /**
     * @param int $ipc_type SWOOLE_IPC_UNIXSOCK lets workers send messages to each other
     * @param bool $enable_coroutine runs onWorkerStart in a coroutine; the worker ends when nothing waits any more
     * @throws \Swoole\Exception for other ipc types
     */
    public function __construct(int $worker_num, int $ipc_type = \SWOOLE_IPC_NONE, int $msgqueue_key = 0, bool $enable_coroutine = false) {}

    public function __destruct() {}

    /**
     * @param array $settings 'enable_coroutine', 'max_wait_time' (seconds that a stopping worker has)
     */
    public function set(array $settings): void {}

    /**
     * @param string $name start, shutdown: in the manager. workerStart, workerStop ($pool, $workerId) and message
     *     ($pool, $data): in the workers. A worker that does not wait for messages dies of SIGTERM without workerStop.
     */
    public function on(string $name, callable $callback): bool {}

    /**
     * The process of the worker that asks.
     */
    public function getProcess(int $work_id = -1): \Swoole\Process|false {}

    /**
     * Sends a message of up to 64 KiB to a worker; waits for room in its pipe.
     */
    public function sendMessage(string $data, int $dst_worker_id): bool {}

    /**
     * Forks the workers. Comes back in the manager, when all have been stopped.
     */
    public function start(): ?false {}

    /**
     * Ends the worker that calls it.
     */
    public function stop(): void {}

    /**
     * Stops the pool, from any of its processes.
     */
    public function shutdown(): bool {}
}
