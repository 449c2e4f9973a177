<?php

namespace Swoole\FastCGI;

/** What a script sent: status, headers and body. */
class HttpResponse extends Response
{
    protected int $statusCode = 200;

    protected string $reasonPhrase = 'OK';

    protected array $headers = [];

    /** @var array<string, string> the spelling of each header by its name in lower case */
    protected array $headersMap = [];

    protected array $setCookieHeaderLines = [];

    public function __construct(string $output, string $error = '') {}

    public function getStatusCode(): int {}

    public function withStatusCode(int $statusCode): static {}

    public function getReasonPhrase(): string {}

    public function withReasonPhrase(string $reasonPhrase): static {}

    public function getHeader(string $name): ?string {}

    public function getHeaders(): array {}

    public function withHeader(string $name, string $value): static {}

    public function withHeaders(array $headers): static {}

    /** The values of all Set-Cookie headers. */
    public function getSetCookieHeaderLines(): array {}

    public function withSetCookieHeaderLines(array $setCookieHeaderLines): static {}

    private function parseStatus(string $status): void {}
}
