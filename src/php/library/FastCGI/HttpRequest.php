<?php
/** A request with the parameters of CGI; a PHP-FPM runs the script that it names. */

declare(strict_types=1);

namespace Swoole\FastCGI;

class HttpRequest extends Request
{
    protected array $params = [
        'REQUEST_SCHEME' => 'http',
        'REQUEST_METHOD' => 'GET',
        'DOCUMENT_ROOT' => '',
        'SCRIPT_FILENAME' => '',
        'SCRIPT_NAME' => '',
        'DOCUMENT_URI' => '/',
        'REQUEST_URI' => '/',
        'QUERY_STRING' => '',
        'CONTENT_TYPE' => 'text/plain',
        'CONTENT_LENGTH' => '0',
        'GATEWAY_INTERFACE' => 'CGI/1.1',
        'SERVER_PROTOCOL' => 'HTTP/1.1',
        'SERVER_SOFTWARE' => 'swoole/' . SWOOLE_VERSION,
        'REMOTE_ADDR' => 'unknown',
        'REMOTE_PORT' => '0',
        'SERVER_ADDR' => 'unknown',
        'SERVER_PORT' => '0',
        'SERVER_NAME' => 'Swoole',
        'REDIRECT_STATUS' => '200',
    ];

    public function getScheme(): ?string
    {
        return $this->getParam('REQUEST_SCHEME');
    }

    public function withScheme(string $scheme): static
    {
        return $this->withParam('REQUEST_SCHEME', $scheme);
    }

    public function getMethod(): ?string
    {
        return $this->getParam('REQUEST_METHOD');
    }

    public function withMethod(string $method): static
    {
        return $this->withParam('REQUEST_METHOD', $method);
    }

    public function getDocumentRoot(): ?string
    {
        return $this->getParam('DOCUMENT_ROOT');
    }

    public function withDocumentRoot(string $documentRoot): static
    {
        return $this->withParam('DOCUMENT_ROOT', $documentRoot);
    }

    public function getScriptFilename(): ?string
    {
        return $this->getParam('SCRIPT_FILENAME');
    }

    public function withScriptFilename(string $scriptFilename): static
    {
        return $this->withParam('SCRIPT_FILENAME', $scriptFilename);
    }

    public function getScriptName(): ?string
    {
        return $this->getParam('SCRIPT_NAME');
    }

    public function withScriptName(string $scriptName): static
    {
        return $this->withParam('SCRIPT_NAME', $scriptName);
    }

    /** The request's URI with its query. */
    public function withUri(string $uri): static
    {
        [$path, $query] = explode('?', $uri, 2) + [1 => ''];
        return $this->withRequestUri($uri)->withDocumentUri($path)->withQueryString($query);
    }

    public function getDocumentUri(): ?string
    {
        return $this->getParam('DOCUMENT_URI');
    }

    public function withDocumentUri(string $documentUri): static
    {
        return $this->withParam('DOCUMENT_URI', $documentUri);
    }

    public function getRequestUri(): ?string
    {
        return $this->getParam('REQUEST_URI');
    }

    public function withRequestUri(string $requestUri): static
    {
        return $this->withParam('REQUEST_URI', $requestUri);
    }

    public function withQueryString(string $queryString): static
    {
        return $this->withParam('QUERY_STRING', $queryString);
    }

    public function getQueryString(): ?string
    {
        return $this->getParam('QUERY_STRING');
    }

    public function getContentType(): ?string
    {
        return $this->getParam('CONTENT_TYPE');
    }

    public function withContentType(string $contentType): static
    {
        return $this->withParam('CONTENT_TYPE', $contentType);
    }

    public function getContentLength(): ?int
    {
        return isset($this->params['CONTENT_LENGTH']) ? (int) $this->params['CONTENT_LENGTH'] : null;
    }

    public function withContentLength(int $contentLength): static
    {
        return $this->withParam('CONTENT_LENGTH', (string) $contentLength);
    }

    public function getGatewayInterface(): ?string
    {
        return $this->getParam('GATEWAY_INTERFACE');
    }

    public function withGatewayInterface(string $gatewayInterface): static
    {
        return $this->withParam('GATEWAY_INTERFACE', $gatewayInterface);
    }

    public function getServerProtocol(): ?string
    {
        return $this->getParam('SERVER_PROTOCOL');
    }

    public function withServerProtocol(string $serverProtocol): static
    {
        return $this->withParam('SERVER_PROTOCOL', $serverProtocol);
    }

    public function withProtocolVersion(string $protocolVersion): static
    {
        if (!is_numeric($protocolVersion)) {
            throw new \InvalidArgumentException('Protocol version must be numeric');
        }
        return $this->withServerProtocol("HTTP/{$protocolVersion}");
    }

    public function getServerSoftware(): ?string
    {
        return $this->getParam('SERVER_SOFTWARE');
    }

    public function withServerSoftware(string $serverSoftware): static
    {
        return $this->withParam('SERVER_SOFTWARE', $serverSoftware);
    }

    public function getRemoteAddr(): ?string
    {
        return $this->getParam('REMOTE_ADDR');
    }

    public function withRemoteAddr(string $remoteAddr): static
    {
        return $this->withParam('REMOTE_ADDR', $remoteAddr);
    }

    public function getRemotePort(): ?int
    {
        return isset($this->params['REMOTE_PORT']) ? (int) $this->params['REMOTE_PORT'] : null;
    }

    public function withRemotePort(int $remotePort): static
    {
        return $this->withParam('REMOTE_PORT', (string) $remotePort);
    }

    public function getServerAddr(): ?string
    {
        return $this->getParam('SERVER_ADDR');
    }

    public function withServerAddr(string $serverAddr): static
    {
        return $this->withParam('SERVER_ADDR', $serverAddr);
    }

    public function getServerPort(): ?int
    {
        return isset($this->params['SERVER_PORT']) ? (int) $this->params['SERVER_PORT'] : null;
    }

    public function withServerPort(int $serverPort): static
    {
        return $this->withParam('SERVER_PORT', (string) $serverPort);
    }

    public function getServerName(): ?string
    {
        return $this->getParam('SERVER_NAME');
    }

    public function withServerName(string $serverName): static
    {
        return $this->withParam('SERVER_NAME', $serverName);
    }

    public function getRedirectStatus(): ?string
    {
        return $this->getParam('REDIRECT_STATUS');
    }

    public function withRedirectStatus(string $redirectStatus): static
    {
        return $this->withParam('REDIRECT_STATUS', $redirectStatus);
    }

    public function getHeader(string $name): ?string
    {
        return $this->getParam(self::parameterOf($name));
    }

    public function withHeader(string $name, string $value): static
    {
        return $this->withParam(self::parameterOf($name), $value);
    }

    public function withoutHeader(string $name): static
    {
        return $this->withoutParam(self::parameterOf($name));
    }

    /** All headers, with names in lower case. */
    public function getHeaders(): array
    {
        $headers = [];
        foreach ($this->params as $name => $value) {
            if (str_starts_with($name, 'HTTP_')) {
                $headers[strtolower(strtr(substr($name, strlen('HTTP_')), '_', '-'))] = $value;
            }
        }
        return $headers;
    }

    public function withHeaders(array $headers): static
    {
        foreach ($headers as $name => $value) {
            $this->withHeader((string) $name, (string) $value);
        }
        return $this;
    }

    /** The body, with its length; an array becomes a form. */
    public function withBody(array|string|\Stringable $body): static
    {
        if (is_array($body)) {
            $body = http_build_query($body);
            $this->withContentType('application/x-www-form-urlencoded');
        }
        parent::withBody($body);
        return $this->withContentLength(strlen($this->body));
    }

    private static function parameterOf(string $header): string
    {
        return 'HTTP_' . strtoupper(strtr($header, '-', '_'));
    }
}
