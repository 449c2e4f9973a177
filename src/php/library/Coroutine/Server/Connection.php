<?php
/** One connection of a coroutine server. */

declare(strict_types=1);

namespace Swoole\Coroutine\Server;

use Swoole\Coroutine\Socket;

class Connection
{
    protected Socket $socket;

    public function __construct(Socket $conn)
    {
        $this->socket = $conn;
    }

    /** A package, or what has come where the server has no protocol; an empty string is the end. */
    public function recv(float $timeout = 0): false|string
    {
        return $this->socket->recvPacket($timeout);
    }

    public function send(string $data): false|int
    {
        return $this->socket->sendAll($data);
    }

    public function close(): bool
    {
        return $this->socket->close();
    }

    public function exportSocket(): Socket
    {
        return $this->socket;
    }
}
