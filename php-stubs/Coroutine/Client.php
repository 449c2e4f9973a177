<?php

namespace Swoole\Coroutine;

/**
 * A TCP, UDP or unix client whose calls wait in the current coroutine only.
 *
 * Timeouts and errors are as for Socket.
 */
class Client
{
    public const MSG_OOB = 1;
    public const MSG_PEEK = 2;
    public const MSG_DONTWAIT = 64;
    public const MSG_WAITALL = 256;

    /** How the last call went: 0, or a SOCKET_E* or SWOOLE_ERROR_* value. */
    public $errCode = 0;
    /** The same in words. */
    public $errMsg = "";
    /** The number of its descriptor; -1 without a connection. */
    public $fd = -1;
    /** Its Socket; null without a connection. */
    public $socket = null;
    public $type = 1;
    /** What set() was given, together. */
    public $setting = null;
    public $connected = false;

    /**
     * @param int $type SWOOLE_SOCK_TCP, SWOOLE_SOCK_UDP, SWOOLE_SOCK_TCP6, SWOOLE_SOCK_UDP6, SWOOLE_SOCK_UNIX_STREAM, SWOOLE_SOCK_UNIX_DGRAM
     */
    public function __construct(int $type) {}

    public function __destruct() {}

    /**
     * Options: timeout, connect_timeout, read_timeout, write_timeout, bind_address, bind_port, open_tcp_nodelay, socket_buffer_size, and those of Socket::setProtocol().
     */
    public function set(array $settings): bool {}

    /**
     * Connects to a host by name or address, or to a path.
     */
    public function connect(string $host, int $port = 0, float $timeout = 0, int $sock_flag = 0): bool {}

    /**
     * Receives a packet, or what comes where no option says what a packet is; an empty string is the end.
     */
    public function recv(float $timeout = 0): string|false {}

    /**
     * Looks at what has come, without waiting, and leaves it there.
     */
    public function peek(int $length = 65535): string|false {}

    /**
     * Sends all of it.
     */
    public function send(string $data, float $timeout = 0): int|false {}

    /**
     * Sends a file, or a part of it.
     *
     * @param int $length 0 is up to its end
     */
    public function sendfile(string $filename, int $offset = 0, int $length = 0): bool {}

    /**
     * Sends a datagram; no connection is needed.
     */
    public function sendto(string $address, int $port, string $data): bool {}

    /**
     * Receives a datagram.
     *
     * @param mixed $address becomes where it came from
     * @param mixed $port becomes the port it came from
     */
    public function recvfrom(int $length, mixed &$address, mixed &$port = 0): string|false {}

    /**
     * TLS is not supported by this class: always false, with a warning.
     */
    public function enableSSL(): bool {}

    /**
     * Always false: TLS is not supported by this class.
     */
    public function getPeerCert(): string|false {}

    /**
     * Always false: TLS is not supported by this class.
     */
    public function verifyPeerCert(bool $allow_self_signed = false): bool {}

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
    public function close(): bool {}

    /**
     * The client's socket, which both then use.
     */
    public function exportSocket(): Socket|false {}
}
