<?php

namespace Swoole;

/**
 * A server: what Http\Server and WebSocket\Server have in common.
 */
class Server
{
    /** What set() was given, completed at start(). */
    public $setting = null;
    /** The $fd of every connection of every worker. */
    public $connections = null;
    /** The address the first port listens on. */
    public $host = "";
    /** The number of the first port; the one the system chose where 0 was asked for. */
    public $port = 0;
    /** A SWOOLE_SOCK_* value. */
    public $type = 0;
    public $ssl = false;
    /** SWOOLE_BASE or SWOOLE_PROCESS. */
    public $mode = 0;
    /** The ports, as Server\Port. */
    public $ports = null;
    /** The main process. */
    public $master_pid = 0;
    /** The process that forks the workers; 0 where there is only one process. */
    public $manager_pid = 0;
    /** The number of this worker, from 0. */
    public $worker_id = -1;
    public $taskworker = false;
    /** The process of this worker. */
    public $worker_pid = 0;
    /** The timer that writes `stats_file`, in the first worker. */
    public $stats_timer = null;
    public $admin_server = null;
    private $onStart = null;
    private $onBeforeShutdown = null;
    private $onShutdown = null;
    private $onWorkerStart = null;
    private $onWorkerStop = null;
    private $onBeforeReload = null;
    private $onAfterReload = null;
    private $onWorkerExit = null;
    private $onWorkerError = null;
    private $onTask = null;
    private $onFinish = null;
    private $onManagerStart = null;
    private $onManagerStop = null;
    private $onPipeMessage = null;

    /** Binds the first port. Throws Swoole\Exception where that fails. */
    public function __construct(string $host = "0.0.0.0", int $port = 0, int $mode = \SWOOLE_BASE, int $sock_type = \SWOOLE_SOCK_TCP) {}

    public function __destruct() {}

    /** One more port, with callbacks and settings of its own; what it has not it has from the first port. */
    public function listen(string $host, int $port, int $sock_type): Server\Port|false {}

    /** As listen(). */
    public function addlistener(string $host, int $port, int $sock_type): Server\Port|false {}

    /** The socket of a port, for the functions of ext-sockets; 0 is the first port. */
    public function getSocket(int $port = 0): \Socket|false {}

    /** Sets the callback of an event; names are case-insensitive. */
    public function on(string $event_name, callable $callback): bool {}

    /** The callback of an event. */
    public function getCallback(string $event_name): \Closure|array|string|null {}

    /** Sets options, before start(). */
    public function set(array $settings): bool {}

    /** Runs the server until it is stopped; then true. */
    public function start(): bool {}

    /** Binds a user's number to a connection, once; getClientInfo() shows it as `uid`. */
    public function bind(int $fd, int $uid): bool {}

    /** Sends bytes as they are. */
    public function send(string|int $fd, string $send_data, int $serverSocket = -1): bool {}

    /** Sends a packet through a port of UDP or unix datagrams. */
    public function sendto(string $ip, int $port, string $send_data, int $server_socket = -1): bool {}

    /** As send(). */
    public function sendwait(int $conn_fd, string $send_data): bool {}

    /** Sends a file or a part of it as it is. */
    public function sendfile(int $conn_fd, string $filename, int $offset = 0, int $length = 0): bool {}

    /** Whether the connection exists, on any worker. */
    public function exists(int $fd): bool {}

    /** The same as exists(). */
    public function exist(int $fd): bool {}

    /** Exempts a connection from the heartbeat. */
    public function protect(int $fd, bool $is_protected = true): bool {}

    /** Closes a connection after what is queued; with $reset at once. */
    public function close(int $fd, bool $reset = false): bool {}

    /** The same as resume(). */
    public function confirm(int $fd): bool {}

    /** Stops reading from a connection. */
    public function pause(int $fd): bool {}

    /** Goes on reading from a connection. */
    public function resume(int $fd): bool {}

    /** The connections that have been silent for heartbeat_idle_time. */
    public function heartbeat(bool $ifCloseConnection = true): array|false {}

    /** What is known of a connection, on any worker. */
    public function getClientInfo(int $fd, int $reactor_id = -1, bool $ignoreError = false): array|false {}

    /** The same as getClientInfo(). */
    public function connection_info(int $fd, int $reactor_id = -1, bool $ignoreError = false): array|false {}

    /** Up to 100 connections behind $start_fd. */
    public function getClientList(int $start_fd = 0, int $find_count = 10): array|false {}

    /** The same as getClientList(). */
    public function connection_list(int $start_fd = 0, int $find_count = 10): array|false {}

    /** Gives a task to a task worker; onFinish, or the callback, gets the result. The task's number. */
    public function task(mixed $data, int $taskWorkerIndex = -1, ?callable $finishCallback = null): int|false {}

    /** Gives a task and waits for its result; false when it does not come in time. */
    public function taskwait(mixed $data, float $timeout = 0.5, int $taskWorkerIndex = -1): mixed {}

    /** Gives several tasks and waits; those that do not come in time are missing. */
    public function taskWaitMulti(array $tasks, float $timeout = 0.5): array|false {}

    /** Gives several tasks and waits; those that do not come in time are false. */
    public function taskCo(array $tasks, float $timeout = 0.5): array|false {}

    /** In onTask: sends a result. */
    public function finish(mixed $data): bool {}

    /**
     * Says what this server's processes answer to a name, before start(): the callback gets the server and JSON, and
     * returns JSON. The types, SWOOLE_SERVER_COMMAND_*, say which kinds of processes answer; false for a name twice.
     */
    public function addCommand(string $name, int $accepted_process_types, callable $callback): bool {}

    /**
     * Asks a process, by its kind and its number among its kind, and waits for the answer; false when it cannot be asked
     * or does not answer within a minute. In SWOOLE_BASE the master is the first worker, and a reactor is its worker; in
     * SWOOLE_PROCESS a reactor runs no PHP. While the manager answers it does not watch its children.
     */
    public function command(string $name, int $process_id, int $process_type, mixed $data, bool $json_decode = true): array|string|false {}

    /**
     * Adds a process of the script's own, before start(); its number, from 0.
     *
     * The manager forks it, forks it again when it ends, and sends it SIGTERM when the server stops; a reload does not
     * concern it. Its worker number, and then its $id, follows those of the task workers. With a coroutine it also gets
     * messages, in onPipeMessage; without one its function has the process to itself, and may run loops.
     */
    public function addProcess(Process $process): int|false {}

    /** Sends a message to another worker or task worker, which gets it in onPipeMessage. What is no string is serialized. */
    public function sendMessage(mixed $message, int $dst_worker_id): bool {}

    /** Replaces the workers one after the other, or the task workers only. */
    public function reload(bool $only_reload_taskworker = false): bool {}

    /** Stops the server: clients get Close 1001, start() returns. */
    public function shutdown(): bool {}

    /** Stops one worker; -1 is this one. */
    public function stop(int $workerId = -1): bool {}

    /** The same as swoole_last_error(). */
    public function getLastError(): int {}

    /** The number of this worker. */
    public function getWorkerId(): int|false {}

    /** The process of a worker. */
    public function getWorkerPid(int $worker_id = -1): int|false {}

    /** SWOOLE_WORKER_BUSY or SWOOLE_WORKER_IDLE. */
    public function getWorkerStatus(int $worker_id = -1): int|false {}

    /** The manager's process, 0 where there is none. */
    public function getManagerPid(): int {}

    /** The main process. */
    public function getMasterPid(): int {}

    /** Counters of the whole server: an array, or text with SWOOLE_STATS_JSON and SWOOLE_STATS_OPENMETRICS. */
    public function stats(int $mode = \SWOOLE_STATS_DEFAULT): array|string|false {}

    /** Calls back when what is being done now is done. */
    public function defer(callable $callback): bool {}

    /** Calls back every $ms milliseconds. */
    public function tick(int $ms, callable $callback, mixed ...$params): int|false {}

    /** Calls back once after $ms milliseconds. */
    public function after(int $ms, callable $callback, mixed ...$params): int|false {}

    /** Stops a timer. */
    public function clearTimer(int $timer_id): bool {}
}
