<?php

namespace Swoole;

use Swoole\NameResolver\Cluster;
use Swoole\NameResolver\Exception;

/** Finds the nodes of a service by its name. */
abstract class NameResolver
{
    protected string $baseUrl;

    protected string $prefix;

    protected array $info;

    /** @var null|callable */
    private $filter;

    /**
     * @param string $url where the registry of services is
     * @param string $prefix what stands before the names there
     */
    public function __construct(string $url, string $prefix = 'swoole_service_') {}

    /** Adds a node to a service. */
    abstract public function join(string $name, string $ip, int $port, array $options = []): bool;

    /** Takes a node out of a service. */
    abstract public function leave(string $name, string $ip, int $port): bool;

    /** The nodes of a service; null when it is not known. */
    abstract public function getCluster(string $name): ?Cluster;

    /** The names that this resolver is asked for. */
    public function withFilter(callable $fn): static {}

    public function getFilter(): ?callable {}

    public function hasFilter(): bool {}

    /**
     * An address, the nodes to choose from, or null when another resolver should be asked; nothing is known of an
     * address or of a name that the filter leaves out.
     */
    public function lookup(string $name): null|Cluster|string {}

    /** @throws Exception when it is no URL */
    protected function checkServerUrl(string $url): void {}
}
