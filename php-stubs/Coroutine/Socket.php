<?php

namespace Swoole\Coroutine;

/**
 * A socket as the system has it, whose calls wait in the current coroutine only.
 *
 * A timeout is in seconds; 0 is the default (socket_timeout and its kind in Coroutine::set(), or SO_RCVTIMEO), less is for
 * ever. Where a call gives false, $errCode and $errMsg tell why.
 */
class Socket
{
    /** The number of its descriptor. */
    public readonly int $fd;
    /** AF_INET, AF_INET6, AF_UNIX ... */
    public readonly int $domain;
    /** SOCK_STREAM, SOCK_DGRAM ... */
    public readonly int $type;
    public readonly int $protocol;
    /** How the last call went: 0, or a SOCKET_E* or SWOOLE_ERROR_* value. */
    public $errCode = 0;
    /** The same in words. */
    public $errMsg = "";

    /**
     * @param int $domain AF_INET, AF_INET6 or AF_UNIX
     * @param int $type SOCK_STREAM, SOCK_DGRAM ...
     * @throws Socket\Exception when the system makes no such socket
     */
    public function __construct(int $domain, int $type, int $protocol = \IPPROTO_IP) {}

    /**
     * Gives the socket an address of this machine, or a path.
     */
    public function bind(string $address, int $port = 0): bool {}

    /**
     * Lets others connect.
     */
    public function listen(int $backlog = 512): bool {}

    /**
     * Waits for a connection.
     */
    public function accept(float $timeout = 0): Socket|false {}

    /**
     * Connects to a host by name or address, or to a path.
     */
    public function connect(string $host, int $port = 0, float $timeout = 0): bool {}

    /**
     * Whether the peer has not closed, as far as is known.
     */
    public function checkLiveness(): bool {}

    /**
     * The coroutine that waits to read or to write; 0 when none does.
     */
    public function getBoundCid(int $event): int {}

    /**
     * Looks at what has come, without waiting, and leaves it there.
     */
    public function peek(int $length = 65536): string|false {}

    /**
     * Receives what comes, up to $length bytes; an empty string is the end.
     */
    public function recv(int $length = 65536, float $timeout = 0): string|false {}

    /**
     * Receives exactly $length bytes, or what came before the end.
     */
    public function recvAll(int $length = 65536, float $timeout = 0): string|false {}

    /**
     * Receives up to and with the next line feed or carriage return, and up to $length bytes. Reads ahead.
     */
    public function recvLine(int $length = 65536, float $timeout = 0): string|false {}

    /**
     * As recv(), but takes first what was read ahead, and reads ahead itself.
     */
    public function recvWithBuffer(int $length = 65536, float $timeout = 0): string|false {}

    /**
     * Receives one packet, as setProtocol() says. Reads ahead.
     */
    public function recvPacket(float $timeout = 0): string|false {}

    /**
     * Sends what fits now; the result tells how much.
     */
    public function send(string $data, float $timeout = 0): int|false {}

    /**
     * Sends all of it.
     *
     * @return int|false less than all when something failed on the way
     */
    public function sendAll(string $data, float $timeout = 0): int|false {}

    /**
     * Receives what comes, in pieces of the lengths in $io_vector.
     */
    public function readVector(array $io_vector, float $timeout = 0): array|false {}

    /**
     * Receives all pieces of the lengths in $io_vector.
     */
    public function readVectorAll(array $io_vector, float $timeout = 0): array|false {}

    /**
     * Sends strings one after the other, as much as fits now.
     */
    public function writeVector(array $io_vector, float $timeout = 0): int|false {}

    /**
     * Sends strings one after the other, all of them.
     */
    public function writeVectorAll(array $io_vector, float $timeout = 0): int|false {}

    /**
     * Sends a file, or a part of it.
     *
     * @param int $length 0 is up to its end
     */
    public function sendFile(string $file, int $offset = 0, int $length = 0): bool {}

    /**
     * Receives a datagram.
     *
     * @param mixed $peername becomes where it came from: address and port
     */
    public function recvfrom(mixed &$peername, float $timeout = 0): string|false {}

    /**
     * Sends a datagram.
     */
    public function sendto(string $addr, int $port, string $data): int|false {}

    /**
     * An option of sockets(7), as socket_get_option() gives it; SO_RCVTIMEO and SO_SNDTIMEO are the timeouts of this class.
     */
    public function getOption(int $level, int $opt_name): mixed {}

    /**
     * Sets an option of sockets(7), as socket_set_option() does.
     */
    public function setOption(int $level, int $opt_name, mixed $opt_value): bool {}

    /**
     * Says how recvPacket() cuts: open_eof_check and package_eof, or open_length_check with package_length_type, package_length_offset, package_body_offset or package_length_func; package_max_length.
     */
    public function setProtocol(array $settings): bool {}

    /**
     * TLS is not supported by this class: always false, with a warning.
     */
    public function sslHandshake(): bool {}

    /**
     * Ends one or both directions: 0 reading, 1 writing, 2 both.
     */
    public function shutdown(int $how = 2): bool {}

    /**
     * Ends the wait of another coroutine: its call fails with SOCKET_ECANCELED.
     */
    public function cancel(int $event = \SWOOLE_EVENT_READ): bool {}

    /**
     * Closes the socket; waits of other coroutines end.
     */
    public function close(): bool {}

    /**
     * Where the peer is: address and port.
     */
    public function getpeername(): array|false {}

    /**
     * Where the socket is: address and port.
     */
    public function getsockname(): array|false {}

    /**
     * Whether close() was called.
     */
    public function isClosed(): bool {}

    /**
     * A socket for the connection of a stream. Both use it; neither blocks any more.
     */
    public static function import($stream): Socket|false {}
}
