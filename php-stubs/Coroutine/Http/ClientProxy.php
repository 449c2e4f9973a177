<?php

namespace Swoole\Coroutine\Http;

/**
 * The answer to request(), get() and post().
 */
class ClientProxy
{
    /** The body. */
    private $body = null;
    /** The status. */
    private $statusCode = null;
    /** The headers. */
    private $headers = null;
    /** The cookies. */
    private $cookies = null;

    /** Keeps what it is given. */
    public function __construct(string $body, int $statusCode, ?array $headers, ?array $cookies) {}

    /** The body. */
    public function getBody(): string {}

    /** The status. */
    public function getStatusCode(): int {}

    /** The headers, names in lower case. */
    public function getHeaders(): ?array {}

    /** The cookies. */
    public function getCookies(): ?array {}
}
