<?php

namespace Swoole;

/**
 * Connections that coroutines take, use and give back; made when they are needed.
 */
class ConnectionPool
{
    public const DEFAULT_SIZE = 64;

    protected $pool = null;
    protected $constructor = null;
    protected $size = 0;
    protected $num = 0;
    protected $proxy = null;

    /**
     * @param callable $constructor makes a connection
     * @param int $size how many there are at most
     * @param string|null $proxy a class whose objects are given out instead; its constructor gets $constructor
     */
    public function __construct(callable $constructor, int $size = 64, ?string $proxy = null) {}

    /**
     * Makes all connections now.
     */
    public function fill(): void {}

    /**
     * Takes a connection, or waits for one.
     *
     * @param float $timeout seconds; anything not above zero waits for ever
     * @return mixed false on a timeout
     */
    public function get(float $timeout = -1.0): mixed {}

    /**
     * Gives a connection back; null says that it is lost, and another is made for it.
     */
    public function put(mixed $connection): void {}

    /**
     * Nobody gets a connection any more.
     */
    public function close(): void {}

    protected function make(): void {}
}
