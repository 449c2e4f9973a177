<?php

namespace Swoole;

/**
 * Functions that run side by side on one thread: each until it waits. Everything here is also reached as Co.
 */
class Coroutine
{
    /**
     * Makes a coroutine and runs it until its first wait; then the caller goes on.
     *
     * @return int|false its id; false, after a warning, when there can be no more of them
     */
    public static function create(callable $func, mixed ...$param): int|false {}

    /**
     * Calls this when the current coroutine ends, however it ends; the last one given is called first.
     */
    public static function defer(callable $callback): void {}

    /**
     * Sets options for all coroutines: max_coro_num, enable_deadlock_check, hook_flags.
     */
    public static function set(array $options): void {}

    /**
     * The options that were set; null when none was.
     */
    public static function getOptions(): ?array {}

    /**
     * Whether this coroutine has not ended yet.
     */
    public static function exists(int $cid): bool {}

    /**
     * Waits until somebody calls resume() with this coroutine's id.
     *
     * @return bool false when it was canceled instead
     */
    public static function yield(): bool {}

    /**
     * Ends whatever another coroutine waits for; its waiting call fails, or throws CanceledException.
     *
     * @return bool false when it does not wait or does not exist
     */
    public static function cancel(int $cid, bool $throw_exception = false): bool {}

    /**
     * Waits until all of these have ended.
     *
     * @param float $timeout seconds; anything not above zero waits for ever
     */
    public static function join(array $cid_array, float $timeout = -1): bool {}

    /**
     * Whether the last wait of the current coroutine was ended by cancel().
     */
    public static function isCanceled(): bool {}

    /**
     * Throws TimeoutException into the wait that the current coroutine is in after so many seconds; -1 for no limit.
     */
    public static function setTimeLimit(float $timeout): bool {}

    /**
     * The same as yield().
     */
    public static function suspend(): bool {}

    /**
     * Goes on with a coroutine that called yield(), at once.
     */
    public static function resume(int $cid): bool {}

    /**
     * Counters: coroutine_num, coroutine_peak_num, coroutine_last_cid ...
     */
    public static function stats(): array {}

    /**
     * The id of the current coroutine; -1 outside of one.
     */
    public static function getCid(): int {}

    /**
     * The same as getCid().
     */
    public static function getuid(): int {}

    /**
     * Who made a coroutine: an id, -1 for one made outside, false for one that does not exist.
     */
    public static function getPcid(int $cid = 0): int|false {}

    /**
     * What belongs to a coroutine and goes when it ends.
     */
    public static function getContext(int $cid = 0): ?\Swoole\Coroutine\Context {}

    /**
     * Where a coroutine is.
     */
    public static function getBackTrace(int $cid = 0, int $options = \DEBUG_BACKTRACE_PROVIDE_OBJECT, int $limit = 0): array|false {}

    /**
     * Prints where a coroutine is.
     */
    public static function printBackTrace(int $cid = 0, int $options = 0, int $limit = 0): void {}

    /**
     * How many milliseconds ago a coroutine was made; -1 when it does not exist.
     */
    public static function getElapsed(int $cid = 0): int {}

    /**
     * How many bytes of its C stack a coroutine uses.
     */
    public static function getStackUsage(int $cid = 0): int|false {}

    /**
     * The ids of all coroutines.
     */
    public static function list(): \Swoole\Coroutine\Iterator {}

    /**
     * The same as list().
     */
    public static function listCoroutines(): \Swoole\Coroutine\Iterator {}

    /**
     * Accepted; coroutines are not preempted.
     */
    public static function enableScheduler(): bool {}

    /**
     * Accepted; coroutines are not preempted.
     */
    public static function disableScheduler(): bool {}

    /**
     * Waits, while others run.
     *
     * @param float $seconds at least 0.001
     * @return bool false when it was canceled
     */
    public static function sleep(float $seconds): bool {}

    /**
     * The same as System::gethostbyname().
     */
    public static function gethostbyname(string $domain_name, int $type = \AF_INET, float $timeout = -1): string|false {}

    /**
     * The same as System::dnsLookup().
     */
    public static function dnsLookup(string $domain_name, float $timeout = 60, int $type = \AF_INET): string|false {}

    /**
     * The same as System::exec().
     */
    public static function exec(string $command, bool $get_error_stream = false): array|false {}

    /**
     * The same as System::getaddrinfo().
     */
    public static function getaddrinfo(string $domain, int $family = \AF_INET, int $socktype = \SOCK_STREAM, int $protocol = \STREAM_IPPROTO_TCP, ?string $service = null, float $timeout = -1): array|bool {}

    /**
     * The same as System::statvfs().
     */
    public static function statvfs(string $path): array|false {}

    /**
     * The same as System::readFile().
     */
    public static function readFile(string $filename, int $flag = 0): string|false {}

    /**
     * The same as System::writeFile().
     */
    public static function writeFile(string $filename, string $fileContent, int $flags = 0): int|false {}

    /**
     * The same as System::wait().
     */
    public static function wait(float $timeout = -1): array|false {}

    /**
     * The same as System::waitPid().
     */
    public static function waitPid(int $pid, float $timeout = -1): array|false {}

    /**
     * The same as System::waitSignal().
     */
    public static function waitSignal(array|int $signals, float $timeout = -1): int|false {}

    /**
     * The same as System::waitEvent().
     */
    public static function waitEvent(mixed $socket, int $events = \SWOOLE_EVENT_READ, float $timeout = -1): int|false {}
}
