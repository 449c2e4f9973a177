<?php

namespace Swoole\Coroutine\FastCGI;

use Swoole\FastCGI\HttpRequest;
use Swoole\FastCGI\HttpResponse;
use Swoole\Http;

/** Hands requests of an HTTP server on to a FastCGI responder, as PHP-FPM is one. */
class Proxy
{
    protected string $host;

    protected int $port;

    protected float $timeout = -1;

    protected string $documentRoot;

    protected bool $https = false;

    protected string $index = 'index.php';

    protected array $params = [];

    /** @var null|callable */
    protected $staticFileFilter;

    public function __construct(string $url, string $documentRoot = '/') {}

    public function withTimeout(float $timeout): static {}

    public function withHttps(bool $https): static {}

    public function withIndex(string $index): static {}

    public function withDocumentRoot(string $documentRoot): static {}

    public function getParam(string $name): ?string {}

    public function withParam(string $name, string $value): static {}

    public function withoutParam(string $name): static {}

    public function getParams(): array {}

    public function withParams(array $params): static {}

    public function withAddedParams(array $params): static {}

    /** Who answers requests of static files: true when it did. Null: nobody. */
    public function withStaticFileFilter(?callable $filter): static {}

    /** The FastCGI request for a request of the server. */
    public function translateRequest(Http\Request $userRequest): HttpRequest {}

    /** Answers with what the script sent. */
    public function translateResponse(HttpResponse $response, Http\Response $userResponse): void {}

    /** Answers a request of the server with what the responder says to it. */
    public function pass(Http\Request|HttpRequest $userRequest, Http\Response $userResponse): void {}

    /** Sends what is no PHP script and lies below the document root. */
    protected function staticFileFiltrate(HttpRequest $request, Http\Response $userResponse): bool {}
}
