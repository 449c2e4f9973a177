<?php
/** What a script sent: status, headers and body. */

declare(strict_types=1);

namespace Swoole\FastCGI;

class HttpResponse extends Response
{
    protected int $statusCode = 200;

    protected string $reasonPhrase = 'OK';

    protected array $headers = [];

    /** @var array<string, string> the spelling of each header by its name in lower case */
    protected array $headersMap = [];

    protected array $setCookieHeaderLines = [];

    public function __construct(string $output, string $error = '')
    {
        [$head, $body] = preg_split('/\r?\n\r?\n/', $output, 2) + [1 => null];
        if ($body === null) {
            // No head at all: a script of its own making, or one that died.
            [$head, $body] = ['', $output];
            $this->statusCode = 502;
            $this->reasonPhrase = 'Bad Gateway';
        }
        parent::__construct($body, $error);
        foreach (preg_split('/\r?\n/', $head, -1, PREG_SPLIT_NO_EMPTY) as $line) {
            [$name, $value] = array_map('trim', explode(':', $line, 2) + [1 => '']);
            match (strtolower($name)) {
                'status' => $this->parseStatus($value),
                'set-cookie' => $this->setCookieHeaderLines[] = $value,
                default => $this->withHeader($name, $value),
            };
        }
    }

    public function getStatusCode(): int
    {
        return $this->statusCode;
    }

    public function withStatusCode(int $statusCode): static
    {
        $this->statusCode = $statusCode;
        return $this;
    }

    public function getReasonPhrase(): string
    {
        return $this->reasonPhrase;
    }

    public function withReasonPhrase(string $reasonPhrase): static
    {
        $this->reasonPhrase = $reasonPhrase;
        return $this;
    }

    public function getHeader(string $name): ?string
    {
        $name = $this->headersMap[strtolower($name)] ?? null;
        return $name === null ? null : $this->headers[$name];
    }

    public function getHeaders(): array
    {
        return $this->headers;
    }

    public function withHeader(string $name, string $value): static
    {
        $this->headers[$name] = $value;
        $this->headersMap[strtolower($name)] = $name;
        return $this;
    }

    public function withHeaders(array $headers): static
    {
        foreach ($headers as $name => $value) {
            $this->withHeader((string) $name, (string) $value);
        }
        return $this;
    }

    /** The values of all Set-Cookie headers. */
    public function getSetCookieHeaderLines(): array
    {
        return $this->setCookieHeaderLines;
    }

    public function withSetCookieHeaderLines(array $setCookieHeaderLines): static
    {
        $this->setCookieHeaderLines = $setCookieHeaderLines;
        return $this;
    }

    private function parseStatus(string $status): void
    {
        [$code, $reason] = explode(' ', $status, 2) + [1 => ''];
        $this->statusCode = (int) $code;
        $this->reasonPhrase = $reason;
    }
}
