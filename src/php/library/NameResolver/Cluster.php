<?php
/** The nodes of a service; each is chosen as often as its weight says. */

declare(strict_types=1);

namespace Swoole\NameResolver;

class Cluster
{
    /** @var array<string, array{host: string, port: int, weight: int}> */
    private array $nodes = [];

    /** @throws Exception when it is no address, no port or no weight */
    public function add(string $host, int $port, int $weight = 100): void
    {
        if (!filter_var($host, FILTER_VALIDATE_IP)) {
            throw new Exception("Bad IP Address [{$host}]");
        }
        if ($port < 0 || $port > 65535) {
            throw new Exception("Bad Port [{$port}]");
        }
        if ($weight < 0 || $weight > 100) {
            throw new Exception("Bad Weight [{$weight}]");
        }
        $this->nodes["{$host}:{$port}"] = ['host' => $host, 'port' => $port, 'weight' => $weight];
    }

    /**
     * A node by chance; false when there is none. It stays.
     *
     * @return array{host: string, port: int}|false
     */
    public function pop(): array|false
    {
        if ($this->nodes === []) {
            return false;
        }
        $chance = random_int(1, max(1, array_sum(array_column($this->nodes, 'weight'))));
        foreach ($this->nodes as $node) {
            $chance -= $node['weight'];
            if ($chance <= 0) {
                break;
            }
        }
        return ['host' => $node['host'], 'port' => $node['port']];
    }

    public function count(): int
    {
        return count($this->nodes);
    }
}
