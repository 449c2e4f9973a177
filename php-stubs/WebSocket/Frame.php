<?php

namespace Swoole\WebSocket;

/**
 * A message of WebSocket: what onMessage receives and what push() may send.
 */
class Frame implements \Stringable
{
    /** Who sent it: the session of the server, or the descriptor of a client. */
    public $fd = 0;
    /** The payload. */
    public $data = "";
    /** What the payload is: a WEBSOCKET_OPCODE_* value. */
    public $opcode = 1;
    /** A union of SWOOLE_WEBSOCKET_FLAG_* values. */
    public $flags = 1;
    /** Whether this is the last frame of its message; null leaves that to the flags. */
    public $finish = null;

    /**
     * The frame as bytes on the wire.
     */
    public function __toString(): string {}

    /**
     * A message as bytes on the wire.
     *
     * @param Frame|string $data the payload, or a frame whose own opcode and flags then count
     * @param int $opcode a WEBSOCKET_OPCODE_* value
     * @param int $flags a union of SWOOLE_WEBSOCKET_FLAG_* values
     * @return string an empty string, after a warning, for what cannot be sent
     */
    public static function pack(\Swoole\WebSocket\Frame|string $data, int $opcode = \WEBSOCKET_OPCODE_TEXT, int $flags = \SWOOLE_WEBSOCKET_FLAG_FIN): string {}

    /**
     * The first frame in some bytes; bytes behind it are ignored.
     *
     * @return Frame|false a CloseFrame for a close frame, false for what is no whole frame
     */
    public static function unpack(string $data): \Swoole\WebSocket\Frame|false {}
}
