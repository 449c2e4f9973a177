<?php

namespace Swoole\Http;

/**
 * The answer to a request.
 */
class Response
{
    /** The connection. */
    public $fd = 0;
    public $socket = null;
    /** What header() has set. */
    public $header = null;
    /** What cookie() has set. */
    public $cookie = null;
    /** What trailer() has set. */
    public $trailer = null;

    public function initHeader(): bool {}

    /** Whether the answer can still be sent. */
    public function isWritable(): bool {}

    /** Sets a cookie; an empty value deletes it. */
    public function cookie(\Swoole\Http\Cookie|string $name_or_object, string $value = "", int $expires = 0, string $path = "/", string $domain = "", bool $secure = false, bool $httponly = false, string $samesite = "", string $priority = "", bool $partitioned = false): bool {}

    public function setCookie(\Swoole\Http\Cookie|string $name_or_object, string $value = "", int $expires = 0, string $path = "/", string $domain = "", bool $secure = false, bool $httponly = false, string $samesite = "", string $priority = "", bool $partitioned = false): bool {}

    /** Sets a cookie whose value is not URL-encoded. */
    public function rawcookie(\Swoole\Http\Cookie|string $name_or_object, string $value = "", int $expires = 0, string $path = "/", string $domain = "", bool $secure = false, bool $httponly = false, string $samesite = "", string $priority = "", bool $partitioned = false): bool {}

    public function setRawCookie(\Swoole\Http\Cookie|string $name_or_object, string $value = "", int $expires = 0, string $path = "/", string $domain = "", bool $secure = false, bool $httponly = false, string $samesite = "", string $priority = "", bool $partitioned = false): bool {}

    /** Sets the status, and a reason of your own. */
    public function status(int $http_code, string $reason = ""): bool {}

    public function setStatusCode(int $http_code, string $reason = ""): bool {}

    /** Sets a header; null or "" leaves a default one out, an array makes several lines. */
    public function header(string $key, array|string $value, bool $format = true): bool {}

    public function setHeader(string $key, array|string $value, bool $format = true): bool {}

    /** Sets a header that follows the last chunk. */
    public function trailer(string $key, string $value): bool {}

    /** Sends a chunk. */
    public function write(string $content): bool {}

    /** Sends the answer, or the last chunk. */
    public function end(?string $content = null): bool {}

    /** Sends a file or a part of it. */
    public function sendfile(string $filename, int $offset = 0, int $length = 0): bool {}

    /** Sends a redirect. */
    public function redirect(string $location, int $http_code = 302): bool {}

    /** Leaves the answer to whoever calls create() with the $fd. */
    public function detach(): bool {}

    /** The answer to a detached request. */
    public static function create(object|array|int $server = -1, int $fd = -1): \Swoole\Http\Response|false {}

    /** Closes the connection without an answer. */
    public function close(): bool {}

    /** Only for HTTP/2. */
    public function ping(string $data = ""): bool {}

    /** Only for HTTP/2. */
    public function goaway(int $error_code = \SWOOLE_HTTP2_ERROR_NO_ERROR, string $debug_data = ""): bool {}

    /** Only on the server of coroutines; this one answers handshakes by itself. */
    public function upgrade(): bool {}

    /** Only on the server of coroutines: see Server::push(). */
    public function push(\Swoole\WebSocket\Frame|string $data, int $opcode = \SWOOLE_WEBSOCKET_OPCODE_TEXT, int $flags = \SWOOLE_WEBSOCKET_FLAG_FIN): bool {}

    /** Only on the server of coroutines: see onMessage. */
    public function recv(float $timeout = 0): \Swoole\WebSocket\Frame|string|false {}

    /** Only on the server of coroutines: see Server::disconnect(). */
    public function disconnect(int $code = \SWOOLE_WEBSOCKET_CLOSE_NORMAL, string $reason = ""): bool {}
}
