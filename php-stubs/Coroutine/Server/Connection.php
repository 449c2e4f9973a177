<?php

namespace Swoole\Coroutine\Server;

use Swoole\Coroutine\Socket;

/** One connection of a coroutine server. */
class Connection
{
    protected Socket $socket;

    public function __construct(Socket $conn) {}

    /** A package, or what has come where the server has no protocol; an empty string is the end. */
    public function recv(float $timeout = 0): false|string {}

    public function send(string $data): false|int {}

    public function close(): bool {}

    public function exportSocket(): Socket {}
}
