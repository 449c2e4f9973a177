<?php

namespace Swoole\WebSocket;

/**
 * A server that speaks WebSocket, and HTTP where onRequest is set; needs onMessage.
 */
class Server extends \Swoole\Http\Server
{
    /** Sends a message; a Frame object brings its own opcode and flags. */
    public function push(int $fd, \Swoole\WebSocket\Frame|string $data, int $opcode = \WEBSOCKET_OPCODE_TEXT, int $flags = \SWOOLE_WEBSOCKET_FLAG_FIN): bool {}

    /** Starts the closing handshake with a code (1000, 1001, 1003, 1007-1014, 3000-4999) and a reason of at most 123 bytes of UTF-8. */
    public function disconnect(int $fd, int $code = \SWOOLE_WEBSOCKET_CLOSE_NORMAL, string $reason = ""): bool {}

    /** Sends a ping. */
    public function ping(int $fd, string $data = ""): bool {}

    /** Whether messages can be pushed to the connection, on any worker. */
    public function isEstablished(int $fd): bool {}

    /** A message as bytes on the wire. */
    public static function pack(\Swoole\WebSocket\Frame|string $data, int $opcode = \WEBSOCKET_OPCODE_TEXT, int $flags = \SWOOLE_WEBSOCKET_FLAG_FIN): string {}

    /** The first frame in some bytes; false for what is no whole frame. */
    public static function unpack(string $data): \Swoole\WebSocket\Frame|false {}
}
