<?php

namespace Swoole;

/**
 * A child process with a pipe to it, and what a process may do to itself and others.
 *
 * A child is forked outside of coroutines. It begins with coroutines, timers and a loop of its own; its callback, what
 * that leaves waiting, and then the shutdown functions run, and it ends.
 */
class Process
{
    public const IPC_NOWAIT = 256;
    public const PIPE_MASTER = 1;
    public const PIPE_WORKER = 2;
    public const PIPE_READ = 3;
    public const PIPE_WRITE = 4;
    public const PIPE_TYPE_NONE = 0;
    public const PIPE_TYPE_STREAM = 1;
    public const PIPE_TYPE_DGRAM = 2;

    /** The descriptor of this process's end of the pipe. */
    public $pipe = null;
    public $msgQueueId = null;
    public $msgQueueKey = null;
    /** The child's pid, from start() on. */
    public $pid = null;
    /** 1 for the first object, and so on. */
    public $id = null;
    private $callback = null;

    /**
     * @param callable $callback gets the object, in the child
     * @param bool $redirect_stdin_and_stdout makes the pipe the child's standard input and output
     * @param int $pipe_type SOCK_STREAM for bytes, SOCK_DGRAM for whole messages, 0 for no pipe
     * @param bool $enable_coroutine runs the callback in a coroutine
     */
    public function __construct(callable $callback, bool $redirect_stdin_and_stdout = false, int $pipe_type = \SOCK_DGRAM, bool $enable_coroutine = false) {}

    public function __destruct() {}

    /**
     * Waits for the end of any child.
     *
     * @return array|false pid, code and signal; false when there is no child, or none that has ended and $blocking is off
     */
    public static function wait(bool $blocking = true): array|false {}

    /**
     * Has the loop call back, in a coroutine, when a signal arrives; null takes that back. Outside of a server the loop
     * goes on as long as the process listens.
     *
     * @return bool false for signals that a running server needs
     */
    public static function signal(int $signal_no, ?callable $callback = null): bool {}

    /**
     * Has the kernel send SIGALRM (0), SIGVTALRM (1) or SIGPROF (2) again and again.
     *
     * @param int $usec microseconds; anything not above zero ends that
     */
    public static function alarm(int $usec, int $type = 0): bool {}

    /**
     * @param int $signal_no 0 only asks whether the process exists
     */
    public static function kill(int $pid, int $signal_no = \SIGTERM): bool {}

    /**
     * Goes on in the background, with another pid.
     *
     * @param bool $nochdir stays in the working directory
     * @param bool $noclose leaves the standard streams as they are
     * @param array $pipes descriptors to become the standard input, output and error
     */
    public static function daemon(bool $nochdir = true, bool $noclose = true, array $pipes = []): bool {}

    /**
     * @param array $cpu_settings numbers of CPUs, from 0
     */
    public static function setAffinity(array $cpu_settings): bool {}

    public static function getAffinity(): array {}

    /**
     * @param int $which PRIO_PROCESS, PRIO_PGRP or PRIO_USER
     * @param int|null $who whose; by itself that of the child
     */
    public function setPriority(int $which, int $priority, ?int $who = null): bool {}

    public function getPriority(int $which, ?int $who = null): int|false {}

    /**
     * @param array $settings 'enable_coroutine' as in the constructor
     */
    public function set(array $settings): void {}

    /**
     * How long read() and write() may wait; 0 for ever.
     */
    public function setTimeout(float $seconds): bool {}

    public function setBlocking(bool $blocking): bool {}

    /**
     * Uses a System V message queue, and makes it if there is none.
     *
     * @param int $key whoever knows it has the same queue; 0 is that of the script's file
     * @param int $mode SWOOLE_MSGQUEUE_BALANCE (any process takes any message) or SWOOLE_MSGQUEUE_ORIENT (each takes what
     *     was pushed through its own object); Process::IPC_NOWAIT added does not wait
     * @param int $capacity bytes
     */
    public function useQueue(int $key = 0, int $mode = 2, int $capacity = -1): bool {}

    /**
     * @return array|false queue_num and queue_bytes
     */
    public function statQueue(): array|false {}

    /**
     * Removes the queue, for everybody.
     */
    public function freeQueue(): bool {}

    /**
     * Forks the child.
     *
     * @return int|bool its pid; false when it runs already or the system refuses
     */
    public function start(): int|bool {}

    /**
     * Writes to the other end.
     */
    public function write(string $data): int|false {}

    /**
     * @param int $which one of PIPE_*; 0 closes the whole pipe
     */
    public function close(int $which = 0): bool {}

    /**
     * Waits for something from the other end.
     *
     * @return string|false '' when the other process has ended
     */
    public function read(int $size = 8192): string|false {}

    /**
     * Puts a message into the queue.
     */
    public function push(string $data): bool {}

    /**
     * Takes a message out of the queue.
     */
    public function pop(int $size = 65536): string|false {}

    /**
     * Ends the child that calls it.
     */
    public function exit(int $exit_code = 0): void {}

    /**
     * Replaces the program of this process.
     *
     * @return bool false when that failed; else it does not return
     */
    public function exec(string $exec_file, array $args): bool {}

    /** A socket for coroutines on the same pipe; read() and write() no longer wait from then on. */
    public function exportSocket(): \Swoole\Coroutine\Socket|false {}

    /**
     * Gives the process a name.
     */
    public function name(string $process_name): bool {}
}
