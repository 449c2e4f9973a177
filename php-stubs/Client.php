<?php

namespace Swoole;

/**
 * A TCP, UDP or unix client whose calls block the process.
 */
class Client
{
    public const MSG_OOB = 1;
    public const MSG_PEEK = 2;
    public const MSG_DONTWAIT = 64;
    public const MSG_WAITALL = 256;
    public const SHUT_RDWR = 2;
    public const SHUT_RD = 0;
    public const SHUT_WR = 1;

    /** How the last call went: 0, or a SOCKET_E* or SWOOLE_ERROR_* value. */
    public $errCode = 0;
    /** The number of its descriptor; -1 without a connection. */
    public $sock = -1;
    public $reuse = false;
    public $reuseCount = 0;
    public $type = 0;
    public $id = null;
    /** What set() was given, together. */
    public $setting = null;

    /**
     * @param int $type SWOOLE_SOCK_TCP, SWOOLE_SOCK_UDP, SWOOLE_SOCK_TCP6, SWOOLE_SOCK_UDP6, SWOOLE_SOCK_UNIX_STREAM, SWOOLE_SOCK_UNIX_DGRAM
     * @param bool $async refused: this class blocks
     * @param string $id kept in $id; connections are not kept
     */
    public function __construct(int $type, bool $async = \SWOOLE_SOCK_SYNC, string $id = "") {}

    public function __destruct() {}

    /**
     * Options: as Coroutine\Client::set().
     */
    public function set(array $settings): bool {}

    /**
     * Connects to a host by name or address, or to a path.
     *
     * @param float $timeout seconds; also for each later transfer, unless options say otherwise
     */
    public function connect(string $host, int $port = 0, float $timeout = 0.5, int $sock_flag = 0): bool {}

    /**
     * Receives a packet, or what comes where no option says what a packet is; an empty string is the end.
     *
     * @param int $flag Client::MSG_PEEK, Client::MSG_DONTWAIT or Client::MSG_WAITALL
     */
    public function recv(int $size = 65536, int $flag = 0): string|false {}

    /**
     * Sends all of it.
     */
    public function send(string $data, int $flag = 0): int|false {}

    /**
     * Sends a file, or a part of it.
     *
     * @param int $length 0 is up to its end
     */
    public function sendfile(string $filename, int $offset = 0, int $length = 0): bool {}

    /**
     * Sends a datagram; no connection is needed.
     */
    public function sendto(string $ip, int $port, string $data): bool {}

    /**
     * Ends one or both directions: Client::SHUT_RD, Client::SHUT_WR, Client::SHUT_RDWR.
     */
    public function shutdown(int $how): bool {}

    /**
     * TLS is not supported by this class: always false, with a warning.
     */
    public function enableSSL(?callable $onSslReady = null): bool {}

    /**
     * Always false: TLS is not supported by this class.
     */
    public function getPeerCert(): string|bool {}

    /**
     * Always false: TLS is not supported by this class.
     */
    public function verifyPeerCert(): bool {}

    /**
     * Whether connect() succeeded and close() was not called since.
     */
    public function isConnected(): bool {}

    /**
     * Where the client is: host and port.
     */
    public function getsockname(): array|false {}

    /**
     * Where the peer is: host and port.
     */
    public function getpeername(): array|false {}

    /**
     * Closes the connection; it may connect again.
     */
    public function close(bool $force = false): bool {}
}
