<?php

namespace Swoole\Coroutine\FastCGI;

use Swoole\Coroutine\FastCGI\Client\Exception;
use Swoole\Coroutine\Socket;
use Swoole\FastCGI;
use Swoole\FastCGI\HttpRequest;
use Swoole\FastCGI\HttpResponse;
use Swoole\FastCGI\Request;
use Swoole\FastCGI\Response;

/** Asks a FastCGI responder, as PHP-FPM is one. */
class Client
{
    protected int $af;

    protected string $host;

    protected ?Socket $socket = null;

    /** @param string $host an address, or `unix:/path` */
    public function __construct(string $host, protected int $port = 0, protected bool $ssl = false) {}

    /**
     * Sends a request and waits for the whole response, an HttpResponse to an HttpRequest.
     *
     * @param float $timeout seconds; what is not positive is for ever
     * @throws Exception when there is no whole response in time
     */
    public function execute(Request $request, float $timeout = -1): Response {}

    /**
     * The host and port of `tcp://host:port`, `host:port` or `unix:/path`.
     *
     * @return array{string, int}
     */
    public static function parseUrl(string $url): array {}

    /**
     * Runs one script and gives what it printed.
     *
     * @param string $path the script's file
     * @param mixed $data the body; an array is a form
     */
    public static function call(string $url, string $path, mixed $data = '', float $timeout = -1): string {}

    /** The connection: the one that was kept, or a new one. */
    private function connected(float $timeout): Socket {}

    /** @return array{int, string} the type and the content of the next record */
    private function receive(Socket $socket, ?float $deadline): array {}

    private function checkStatus(string $content): void {}

    private function close(): void {}

    /** The exception for what went wrong on a socket, which is closed. */
    private function failure(Socket $socket, int $code = 0): Exception {}
}
