<?php

namespace Swoole\NameResolver;

/** The nodes of a service; each is chosen as often as its weight says. */
class Cluster
{
    /** @var array<string, array{host: string, port: int, weight: int}> */
    private array $nodes = [];

    /** @throws Exception when it is no address, no port or no weight */
    public function add(string $host, int $port, int $weight = 100): void {}

    /**
     * A node by chance; false when there is none. It stays.
     *
     * @return array{host: string, port: int}|false
     */
    public function pop(): array|false {}

    public function count(): int {}
}
