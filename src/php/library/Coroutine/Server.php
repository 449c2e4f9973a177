<?php
/** A server on a coroutine socket: one coroutine for each connection. */

declare(strict_types=1);

namespace Swoole\Coroutine;

use Swoole\Coroutine;
use Swoole\Coroutine\Server\Connection;
use Swoole\Exception;

class Server
{
    public string $host = '';

    /** The port it listens on, also when 0 was asked for. */
    public int $port = 0;

    /** AF_INET, AF_INET6 or AF_UNIX. */
    public int $type = AF_INET;

    public int $fd = -1;

    public int $errCode = 0;

    public array $setting = [];

    protected bool $running = false;

    /** @var null|callable */
    protected $fn;

    protected Socket $socket;

    /**
     * Binds and listens.
     *
     * @param string $host an address, or `unix:/path`
     * @throws Exception when the address cannot be had
     */
    public function __construct(string $host, int $port = 0, bool $ssl = false, bool $reuse_port = false)
    {
        $this->type = match (true) {
            str_contains($host, '::') => AF_INET6,
            str_starts_with($host, 'unix:/') => AF_UNIX,
            default => AF_INET,
        };
        $this->host = $this->type === AF_UNIX ? substr($host, strlen('unix:')) : $host;
        $this->setting = ['open_ssl' => $ssl];
        $this->socket = new Socket($this->type, SOCK_STREAM, 0);
        if ($reuse_port) {
            $this->socket->setOption(SOL_SOCKET, SO_REUSEPORT, 1);
        }
        if (!$this->socket->bind($this->host, $port)) {
            throw new Exception("bind({$this->host}:{$port}) failed", $this->socket->errCode);
        }
        if (!$this->socket->listen()) {
            throw new Exception('listen() failed', $this->socket->errCode);
        }
        $this->port = $this->socket->getsockname()['port'] ?? 0;
        $this->fd = $this->socket->fd;
    }

    /** Adds options for the connections. */
    public function set(array $setting): void
    {
        $this->setting = array_merge($this->setting, $setting);
    }

    /** What each connection's coroutine calls, with the Connection. */
    public function handle(callable $fn): void
    {
        $this->fn = $fn;
    }

    /** Ends start(). Connections go on. */
    public function shutdown(): bool
    {
        $this->running = false;
        return $this->socket->cancel();
    }

    /** Accepts connections until shutdown(). */
    public function start(): bool
    {
        $this->running = true;
        if ($this->fn === null || !$this->socket->setProtocol($this->setting)) {
            $this->errCode = SOCKET_EINVAL;
            return false;
        }
        while ($this->running) {
            $peer = $this->socket->accept();
            if ($peer ? $this->serve($peer) : $this->recovers($this->socket->errCode)) {
                continue;
            }
            break;
        }
        return true;
    }

    /** Gives a connection its coroutine. */
    private function serve(Socket $peer): bool
    {
        $peer->setProtocol($this->setting);
        $served = Coroutine::create(function () use ($peer): void {
            if (empty($this->setting['open_ssl']) || $peer->sslHandshake()) {
                ($this->fn)(new Connection($peer));
            }
        });
        if ($served === false) {
            Coroutine::sleep(self::PAUSE_SECONDS);
        }
        return true;
    }

    /** Whether accepting can go on after an error. */
    private function recovers(int $error): bool
    {
        if ($error === SOCKET_ETIMEDOUT) {
            return true;
        }
        if ($error === SOCKET_EMFILE || $error === SOCKET_ENFILE) {
            Coroutine::sleep(self::PAUSE_SECONDS);
            return true;
        }
        if ($error !== SOCKET_ECANCELED) {
            trigger_error("accept failed, Error: {$this->socket->errMsg}[{$error}]", E_USER_WARNING);
        }
        return false;
    }

    /** Until descriptors or coroutines may be free again. */
    private const PAUSE_SECONDS = 1;
}
