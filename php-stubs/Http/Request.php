<?php

namespace Swoole\Http;

/**
 * A request. Arrays are null until there is something in them.
 */
class Request
{
    /** The connection. */
    public $fd = 0;
    public $streamId = 0;
    /** By lower-case name. */
    public $header = null;
    /** Method, path, addresses, times. */
    public $server = null;
    /** Decoded cookies. */
    public $cookie = null;
    /** The query. */
    public $get = null;
    /** Uploaded files, which vanish with the request unless moved away. */
    public $files = null;
    /** Fields of a form. */
    public $post = null;
    public $tmpfiles = null;

    /** The body. */
    public function getContent(): string|false {}

    /** The body. */
    public function rawContent(): string|false {}

    /** The whole request as it arrived. */
    public function getData(): string|false {}

    /** An empty request for parse(). */
    public static function create(array $options = []): \Swoole\Http\Request {}

    /** Takes more bytes of a request; how many of them it wanted. */
    public function parse(string $data): int|false {}

    /** Whether the request is whole. */
    public function isCompleted(): bool {}

    /** GET, POST ... */
    public function getMethod(): string|false {}
}
