<?php
/** Hands requests of an HTTP server on to a FastCGI responder, as PHP-FPM is one. */

declare(strict_types=1);

namespace Swoole\Coroutine\FastCGI;

use Swoole\FastCGI\HttpRequest;
use Swoole\FastCGI\HttpResponse;
use Swoole\Http;

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

    public function __construct(string $url, string $documentRoot = '/')
    {
        [$this->host, $this->port] = Client::parseUrl($url);
        $this->documentRoot = $documentRoot;
        $this->staticFileFilter = [$this, 'staticFileFiltrate'];
    }

    public function withTimeout(float $timeout): static
    {
        $this->timeout = $timeout;
        return $this;
    }

    public function withHttps(bool $https): static
    {
        $this->https = $https;
        return $this;
    }

    public function withIndex(string $index): static
    {
        $this->index = $index;
        return $this;
    }

    public function withDocumentRoot(string $documentRoot): static
    {
        $this->documentRoot = $documentRoot;
        return $this;
    }

    public function getParam(string $name): ?string
    {
        return $this->params[$name] ?? null;
    }

    public function withParam(string $name, string $value): static
    {
        $this->params[$name] = $value;
        return $this;
    }

    public function withoutParam(string $name): static
    {
        unset($this->params[$name]);
        return $this;
    }

    public function getParams(): array
    {
        return $this->params;
    }

    public function withParams(array $params): static
    {
        $this->params = $params;
        return $this;
    }

    public function withAddedParams(array $params): static
    {
        $this->params = $params + $this->params;
        return $this;
    }

    /** Who answers requests of static files: true when it did. Null: nobody. */
    public function withStaticFileFilter(?callable $filter): static
    {
        $this->staticFileFilter = $filter;
        return $this;
    }

    /** The FastCGI request for a request of the server. */
    public function translateRequest(Http\Request $userRequest): HttpRequest
    {
        $server = $userRequest->server;
        $path = $server['path_info'] ?? '/';
        $script = $path . (str_ends_with($path, '/') ? $this->index : '');
        $request = (new HttpRequest())
            ->withAddedParams($this->params)
            ->withScheme($this->https ? 'https' : 'http')
            ->withMethod($userRequest->getMethod())
            ->withDocumentRoot($this->documentRoot)
            ->withScriptFilename(rtrim($this->documentRoot, '/') . $script)
            ->withScriptName($script)
            ->withDocumentUri($script)
            ->withRequestUri($server['request_uri'] . (isset($server['query_string']) ? "?{$server['query_string']}" : ''))
            ->withQueryString($server['query_string'] ?? '')
            ->withServerProtocol($server['server_protocol'])
            ->withRemoteAddr($server['remote_addr'])
            ->withRemotePort($server['remote_port'])
            ->withServerPort($server['server_port'])
            ->withServerAddr($this->host)
            ->withServerName($userRequest->header['host'] ?? 'localhost')
            ->withHeaders($userRequest->header ?? [])
            ->withBody($userRequest->rawContent() ?: '');
        if (isset($userRequest->header['content-type'])) {
            $request->withContentType($userRequest->header['content-type']);
        }
        return $this->https ? $request->withParam('HTTPS', '1') : $request;
    }

    /** Answers with what the script sent. */
    public function translateResponse(HttpResponse $response, Http\Response $userResponse): void
    {
        $userResponse->status($response->getStatusCode(), $response->getReasonPhrase());
        $userResponse->header = $response->getHeaders();
        $userResponse->cookie = $response->getSetCookieHeaderLines();
        $userResponse->end($response->getBody());
    }

    /** Answers a request of the server with what the responder says to it. */
    public function pass(Http\Request|HttpRequest $userRequest, Http\Response $userResponse): void
    {
        $request = $userRequest instanceof HttpRequest ? $userRequest : $this->translateRequest($userRequest);
        if ($this->staticFileFilter !== null && ($this->staticFileFilter)($request, $userResponse) === true) {
            return;
        }
        $client = new Client($this->host, $this->port);
        $this->translateResponse($client->execute($request, $this->timeout), $userResponse);
    }

    /** Sends what is no PHP script and lies below the document root. */
    protected function staticFileFiltrate(HttpRequest $request, Http\Response $userResponse): bool
    {
        $root = realpath($this->documentRoot);
        $file = realpath($request->getScriptFilename() ?? '');
        if ($root === false || $file === false || !is_file($file)) {
            return false;
        }
        $isBelow = str_starts_with($file, rtrim($root, '/') . '/');
        if (!$isBelow || strtolower(pathinfo($file, PATHINFO_EXTENSION)) === 'php') {
            return false;
        }
        $userResponse->sendfile($file);
        return true;
    }
}
