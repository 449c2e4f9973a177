<?php

namespace Swoole\WebSocket;

/**
 * The end of a WebSocket connection. onMessage receives it with open_websocket_close_frame.
 */
class CloseFrame extends Frame
{
    /** Always WEBSOCKET_OPCODE_CLOSE. */
    public $opcode = 8;
    /** Why: a SWOOLE_WEBSOCKET_CLOSE_* value, or 4000 to 4999. */
    public $code = 1000;
    /** Why in words: UTF-8, 123 bytes at most. */
    public $reason = "";
}
