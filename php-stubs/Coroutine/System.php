<?php

namespace Swoole\Coroutine;

/**
 * Names, files, processes and signals: each call waits in the current coroutine while others run.
 *
 * Where a call gives false, swoole_last_error() tells why. A timeout is in seconds; anything not above zero is for ever.
 */
class System
{
    /**
     * Looks a name up, by the system's resolver.
     *
     * @return string|false its first address
     */
    public static function gethostbyname(string $domain_name, int $type = \AF_INET, float $timeout = -1): string|false {}

    /**
     * The same as gethostbyname(), with a time limit unless told otherwise.
     *
     * @return string|false its first address
     */
    public static function dnsLookup(string $domain_name, float $timeout = 60, int $type = \AF_INET): string|false {}

    /**
     * Runs a command of the shell. A command that nobody waits for any more is killed.
     *
     * @param bool $get_error_stream whether what it prints as errors is part of the output
     * @return array|false code, signal and output
     */
    public static function exec(string $command, bool $get_error_stream = false): array|false {}

    /**
     * Waits, while others run.
     *
     * @param float $seconds at least 0.001
     * @return bool false when it was canceled
     */
    public static function sleep(float $seconds): bool {}

    /**
     * Looks a name up.
     *
     * @return array|bool all its addresses of that family, or false
     */
    public static function getaddrinfo(string $domain, int $family = \AF_INET, int $socktype = \SOCK_STREAM, int $protocol = \STREAM_IPPROTO_TCP, ?string $service = null, float $timeout = -1): array|bool {}

    /**
     * What statvfs(3) tells about a file system.
     */
    public static function statvfs(string $path): array|false {}

    /**
     * Reads a whole file.
     *
     * @param int $flag LOCK_EX waits until nobody writes to it
     */
    public static function readFile(string $filename, int $flag = 0): string|false {}

    /**
     * Writes a whole file.
     *
     * @param int $flags FILE_APPEND, LOCK_EX
     * @return int|false how many bytes were written
     */
    public static function writeFile(string $filename, string $fileContent, int $flags = 0): int|false {}

    /**
     * Waits until a child process ends.
     *
     * @return array|false pid, code and signal; false on a timeout, or when there is no child
     */
    public static function wait(float $timeout = -1): array|false {}

    /**
     * Waits until one child process ends.
     *
     * @return array|false pid, code and signal
     */
    public static function waitPid(int $pid, float $timeout = -1): array|false {}

    /**
     * Waits for a signal. Meanwhile it does nothing else.
     *
     * @param array|int $signals one, or several of which the first counts
     * @return int|false which signal came
     */
    public static function waitSignal(array|int $signals, float $timeout = -1): int|false {}

    /**
     * Waits until a descriptor can be read or written.
     *
     * @param mixed $socket as for Event::add()
     * @return int|false what can be done: SWOOLE_EVENT_READ, SWOOLE_EVENT_WRITE, or both
     */
    public static function waitEvent(mixed $socket, int $events = \SWOOLE_EVENT_READ, float $timeout = -1): int|false {}
}
