<?php

namespace Swoole\Coroutine;

use Swoole\Coroutine;
use Swoole\Coroutine\Server\Connection;
use Swoole\Exception;

/** A server on a coroutine socket: one coroutine for each connection. */
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
    public function __construct(string $host, int $port = 0, bool $ssl = false, bool $reuse_port = false) {}

    /** Adds options for the connections. */
    public function set(array $setting): void {}

    /** What each connection's coroutine calls, with the Connection. */
    public function handle(callable $fn): void {}

    /** Ends start(). Connections go on. */
    public function shutdown(): bool {}

    /** Accepts connections until shutdown(). */
    public function start(): bool {}

    /** Gives a connection its coroutine. */
    private function serve(Socket $peer): bool {}

    /** Whether accepting can go on after an error. */
    private function recovers(int $error): bool {}

    /** Until descriptors or coroutines may be free again. */
    private const PAUSE_SECONDS = 1;
}
