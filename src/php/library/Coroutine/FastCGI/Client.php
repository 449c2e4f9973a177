<?php
/** Asks a FastCGI responder, as PHP-FPM is one. */

declare(strict_types=1);

namespace Swoole\Coroutine\FastCGI;

use Swoole\Coroutine\FastCGI\Client\Exception;
use Swoole\Coroutine\Socket;
use Swoole\FastCGI;
use Swoole\FastCGI\HttpRequest;
use Swoole\FastCGI\HttpResponse;
use Swoole\FastCGI\Request;
use Swoole\FastCGI\Response;

class Client
{
    protected int $af;

    protected string $host;

    protected ?Socket $socket = null;

    /** @param string $host an address, or `unix:/path` */
    public function __construct(string $host, protected int $port = 0, protected bool $ssl = false)
    {
        $this->af = match (true) {
            str_starts_with($host, 'unix:/') => AF_UNIX,
            str_contains($host, ':') => AF_INET6,
            default => AF_INET,
        };
        $this->host = $this->af === AF_UNIX ? '/' . ltrim(substr($host, strlen('unix:/')), '/') : $host;
    }

    /**
     * Sends a request and waits for the whole response, an HttpResponse to an HttpRequest.
     *
     * @param float $timeout seconds; what is not positive is for ever
     * @throws Exception when there is no whole response in time
     */
    public function execute(Request $request, float $timeout = -1): Response
    {
        $deadline = $timeout > 0 ? microtime(true) + $timeout : null;
        $socket = $this->connected($timeout);
        if ($socket->sendAll((string) $request, $timeout) === false) {
            throw $this->failure($socket);
        }
        [$output, $error] = ['', ''];
        do {
            [$type, $content] = $this->receive($socket, $deadline);
            match ($type) {
                FastCGI::STDOUT => $output .= $content,
                FastCGI::STDERR => $error .= $content,
                FastCGI::END_REQUEST => $this->checkStatus($content),
                default => throw new Exception("a record of type {$type} is no part of a response", SOCKET_EPROTO),
            };
        } while ($type !== FastCGI::END_REQUEST);
        if (!$request->getKeepConn()) {
            $this->close();
        }
        return $request instanceof HttpRequest ? new HttpResponse($output, $error) : new Response($output, $error);
    }

    /**
     * The host and port of `tcp://host:port`, `host:port` or `unix:/path`.
     *
     * @return array{string, int}
     */
    public static function parseUrl(string $url): array
    {
        if (str_starts_with($url, 'unix:/')) {
            return [$url, 0];
        }
        $parts = parse_url(str_contains($url, '://') ? $url : "tcp://{$url}");
        if (!isset($parts['host'])) {
            throw new \InvalidArgumentException('Invalid URL');
        }
        return [trim($parts['host'], '[]'), $parts['port'] ?? 9000];
    }

    /**
     * Runs one script and gives what it printed.
     *
     * @param string $path the script's file
     * @param mixed $data the body; an array is a form
     */
    public static function call(string $url, string $path, mixed $data = '', float $timeout = -1): string
    {
        $client = new self(...static::parseUrl($url));
        $request = (new HttpRequest())
            ->withDocumentRoot(dirname($path))
            ->withScriptFilename($path)
            ->withScriptName('/' . basename($path))
            ->withMethod($data ? 'POST' : 'GET')
            ->withBody($data);
        return $client->execute($request, $timeout)->getBody();
    }

    /** The connection: the one that was kept, or a new one. */
    private function connected(float $timeout): Socket
    {
        if ($this->socket !== null) {
            if ($this->socket->checkLiveness()) {
                return $this->socket;
            }
            $this->close();
        }
        $socket = new Socket($this->af, SOCK_STREAM, 0);
        $socket->setProtocol([
            'open_ssl' => $this->ssl,
            'open_length_check' => true,
            'package_length_func' => static fn (string $head): int => strlen($head) < FastCGI::HEADER_LEN
                ? 0
                : FastCGI::HEADER_LEN + (ord($head[4]) << 8) + ord($head[5]) + ord($head[6]),
        ]);
        if (!$socket->connect($this->host, $this->port, $timeout)) {
            throw $this->failure($socket);
        }
        return $this->socket = $socket;
    }

    /** @return array{int, string} the type and the content of the next record */
    private function receive(Socket $socket, ?float $deadline): array
    {
        $left = $deadline === null ? -1 : max(0.001, $deadline - microtime(true));
        $record = $socket->recvPacket($left);
        if ($record === false || $record === '') {
            throw $this->failure($socket, SOCKET_ECONNRESET);
        }
        $head = unpack(FastCGI::HEADER_FORMAT, $record);
        return [$head['type'], substr($record, FastCGI::HEADER_LEN, $head['contentLength'])];
    }

    private function checkStatus(string $content): void
    {
        $status = ord($content[4] ?? "\0");
        if ($status !== FastCGI::REQUEST_COMPLETE) {
            $this->close();
            throw new Exception("the request was refused with protocol status {$status}", SOCKET_EPROTO);
        }
    }

    private function close(): void
    {
        $this->socket?->close();
        $this->socket = null;
    }

    /** The exception for what went wrong on a socket, which is closed. */
    private function failure(Socket $socket, int $code = 0): Exception
    {
        $code = $socket->errCode ?: $code;
        $this->socket = $socket;
        $this->close();
        return new Exception(swoole_strerror($code), $code);
    }
}
