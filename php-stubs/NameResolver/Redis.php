<?php

namespace Swoole\NameResolver;

use Swoole\NameResolver;

/** Services in Redis: a set of addresses each. Needs the extension redis. */
class Redis extends NameResolver
{
    private string $serverHost;

    private int $serverPort;

    public function __construct(string $url, string $prefix = 'swoole:service:') {}

    public function join(string $name, string $ip, int $port, array $options = []): bool {}

    public function leave(string $name, string $ip, int $port): bool {}

    public function getCluster(string $name): ?Cluster {}

    protected function connect(): \Redis|false {}
}
