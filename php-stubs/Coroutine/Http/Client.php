<?php

namespace Swoole\Coroutine\Http;

/**
 * One connection to an HTTP or WebSocket server. Its methods wait only in the coroutine that calls them.
 *
 * A request is described by setMethod(), setHeaders(), setCookies(), setData() and their kind, and sent by execute(),
 * get(), post() or download(). upgrade() turns the connection into a WebSocket one. What came back is in the properties.
 */
class Client
{
    /** Reserved. */
    public $socket = null;
    /** Why the last call failed: an errno or a SWOOLE_ERROR_* code. */
    public $errCode = 0;
    /** Its text. */
    public $errMsg = "";
    /** Whether there is a connection. */
    public $connected = false;
    /** The host the constructor got. */
    public $host = "";
    /** The port. */
    public $port = 0;
    /** Whether the connection is encrypted. */
    public $ssl = false;
    /** What set() was given. */
    public $setting = null;
    /** The method of the next request. */
    public $requestMethod = null;
    /** The headers of every request. */
    public $requestHeaders = null;
    /** The body of the next request. */
    public $requestBody = null;
    /** What addFile() and addData() were given. */
    public $uploadFiles = null;
    /** Where the next body is written. */
    public $downloadFile = null;
    /** From which byte on. */
    public $downloadOffset = 0;
    /** The status of the answer, or a SWOOLE_HTTP_CLIENT_ESTATUS_* value. */
    public $statusCode = 0;
    /** The headers of the answer, names in lower case. */
    public $headers = null;
    /** Its Set-Cookie lines. */
    public $set_cookie_headers = null;
    /** The cookies to send; those of answers are added. */
    public $cookies = null;
    /** The body of the answer. */
    public $body = "";

    /**
     * @param string $host a name, an address, or `unix:/path`
     * @param int $port 0 is the port of the scheme
     * @param bool $ssl TLS; whose certificate it is matters only with the option `ssl_verify_peer`
     */
    public function __construct(string $host, int $port = 0, bool $ssl = false) {}

    /** Closes the connection. */
    public function __destruct() {}

    /**
     * Adds options.
     *
     * @param array{
     *     timeout?: float, connect_timeout?: float, read_timeout?: float, write_timeout?: float,
     *     keep_alive?: bool, max_retries?: int, defer?: bool, lowercase_header?: bool,
     *     http_compression?: bool, body_decompression?: bool, write_func?: callable,
     *     bind_address?: string, bind_port?: int, package_max_length?: int,
     *     ssl_verify_peer?: bool, ssl_allow_self_signed?: bool, ssl_host_name?: string, ssl_cafile?: string,
     *     ssl_capath?: string, ssl_cert_file?: string, ssl_key_file?: string,
     *     websocket_mask?: bool, websocket_compression?: bool,
     *     open_websocket_close_frame?: bool, open_websocket_ping_frame?: bool, open_websocket_pong_frame?: bool
     * } $settings
     * @return bool false for no options
     */
    public function set(array $settings): bool {}

    /** Whether requests are only sent. */
    public function getDefer(): bool {}

    /** Makes requests only send; recv() fetches the answer. */
    public function setDefer(bool $defer = true): bool {}

    /** The method of the next request. */
    public function setMethod(string $method): bool {}

    /** The headers of every request from now on. */
    public function setHeaders(array $headers): bool {}

    /** Sends credentials with every request. */
    public function setBasicAuth(string $username, string $password): void {}

    /** Replaces the cookies. */
    public function setCookies(array $cookies): bool {}

    /** The body of the next request; an array is a form. */
    public function setData(array|string $data): bool {}

    /**
     * Adds a file to the form that is sent next.
     *
     * @return bool false after a warning: there is no such file, or not so much in it
     */
    public function addFile(string $path, string $name, ?string $type = null, ?string $filename = null, int $offset = 0, int $length = 0): bool {}

    /** Adds a file whose content is given. */
    public function addData(string $path, string $name, ?string $type = null, ?string $filename = null): bool {}

    /**
     * Sends the request and fetches the answer.
     *
     * @return bool false without an answer: see $errCode and $statusCode
     */
    public function execute(string $path): bool {}

    /** The peer's 'address' and 'port'. */
    public function getpeername(): array|false {}

    /** Our own 'address' and 'port'. */
    public function getsockname(): array|false {}

    /** execute() with GET. */
    public function get(string $path): bool {}

    /** execute() with POST and a body. */
    public function post(string $path, mixed $data): bool {}

    /** get() whose body is written to a file. */
    public function download(string $path, string $file, int $offset = 0): bool {}

    /** $body. */
    public function getBody(): string|false {}

    /** $headers. */
    public function getHeaders(): array|false|null {}

    /** $cookies. */
    public function getCookies(): array|false|null {}

    /** $statusCode. */
    public function getStatusCode(): int|false {}

    /** The head of the last request. */
    public function getHeaderOut(): string|false {}

    /** The peer's certificate as PEM. */
    public function getPeerCert(): string|false {}

    /**
     * Asks for a WebSocket connection.
     *
     * @return bool whether there was an answer: $statusCode is 101 when it was yes
     */
    public function upgrade(string $path): bool {}

    /** Sends a message or a frame. */
    public function push(mixed $data, int $opcode = \SWOOLE_WEBSOCKET_OPCODE_TEXT, int $flags = \SWOOLE_WEBSOCKET_FLAG_FIN): bool {}

    /**
     * Waits for a message, or for the answer to a request that was only sent.
     *
     * @param float $timeout seconds; 0 is the option `timeout`, -1 for ever
     * @return \Swoole\WebSocket\Frame|string|bool an empty string when the connection has ended, false on a timeout or error
     */
    public function recv(float $timeout = 0): \Swoole\WebSocket\Frame|string|bool {}

    /** Closes the connection without a word. */
    public function close(): bool {}

    /** Sends a ping. */
    public function ping(string $data = ""): bool {}

    /** Sends a Close, waits a moment for the peer's, and closes the connection. */
    public function disconnect(int $code = \SWOOLE_WEBSOCKET_CLOSE_NORMAL, string $reason = ""): bool {}
}
