<?php

namespace Swoole\FastCGI;

/** A request with the parameters of CGI; a PHP-FPM runs the script that it names. */
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

    public function getScheme(): ?string {}

    public function withScheme(string $scheme): static {}

    public function getMethod(): ?string {}

    public function withMethod(string $method): static {}

    public function getDocumentRoot(): ?string {}

    public function withDocumentRoot(string $documentRoot): static {}

    public function getScriptFilename(): ?string {}

    public function withScriptFilename(string $scriptFilename): static {}

    public function getScriptName(): ?string {}

    public function withScriptName(string $scriptName): static {}

    /** The request's URI with its query. */
    public function withUri(string $uri): static {}

    public function getDocumentUri(): ?string {}

    public function withDocumentUri(string $documentUri): static {}

    public function getRequestUri(): ?string {}

    public function withRequestUri(string $requestUri): static {}

    public function withQueryString(string $queryString): static {}

    public function getQueryString(): ?string {}

    public function getContentType(): ?string {}

    public function withContentType(string $contentType): static {}

    public function getContentLength(): ?int {}

    public function withContentLength(int $contentLength): static {}

    public function getGatewayInterface(): ?string {}

    public function withGatewayInterface(string $gatewayInterface): static {}

    public function getServerProtocol(): ?string {}

    public function withServerProtocol(string $serverProtocol): static {}

    public function withProtocolVersion(string $protocolVersion): static {}

    public function getServerSoftware(): ?string {}

    public function withServerSoftware(string $serverSoftware): static {}

    public function getRemoteAddr(): ?string {}

    public function withRemoteAddr(string $remoteAddr): static {}

    public function getRemotePort(): ?int {}

    public function withRemotePort(int $remotePort): static {}

    public function getServerAddr(): ?string {}

    public function withServerAddr(string $serverAddr): static {}

    public function getServerPort(): ?int {}

    public function withServerPort(int $serverPort): static {}

    public function getServerName(): ?string {}

    public function withServerName(string $serverName): static {}

    public function getRedirectStatus(): ?string {}

    public function withRedirectStatus(string $redirectStatus): static {}

    public function getHeader(string $name): ?string {}

    public function withHeader(string $name, string $value): static {}

    public function withoutHeader(string $name): static {}

    /** All headers, with names in lower case. */
    public function getHeaders(): array {}

    public function withHeaders(array $headers): static {}

    /** The body, with its length; an array becomes a form. */
    public function withBody(array|string|\Stringable $body): static {}

    private static function parameterOf(string $header): string {}
}
