<?php
/** Finds the nodes of a service by its name. */

declare(strict_types=1);

namespace Swoole;

use Swoole\NameResolver\Cluster;
use Swoole\NameResolver\Exception;

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
    public function __construct(string $url, string $prefix = 'swoole_service_')
    {
        $this->checkServerUrl($url);
        $this->prefix = $prefix;
    }

    /** Adds a node to a service. */
    abstract public function join(string $name, string $ip, int $port, array $options = []): bool;

    /** Takes a node out of a service. */
    abstract public function leave(string $name, string $ip, int $port): bool;

    /** The nodes of a service; null when it is not known. */
    abstract public function getCluster(string $name): ?Cluster;

    /** The names that this resolver is asked for. */
    public function withFilter(callable $fn): static
    {
        $this->filter = $fn;
        return $this;
    }

    public function getFilter(): ?callable
    {
        return $this->filter;
    }

    public function hasFilter(): bool
    {
        return $this->filter !== null;
    }

    /**
     * An address, the nodes to choose from, or null when another resolver should be asked; nothing is known of an
     * address or of a name that the filter leaves out.
     */
    public function lookup(string $name): null|Cluster|string
    {
        if ($this->hasFilter() && ($this->filter)($name) !== true) {
            return null;
        }
        $cluster = $this->getCluster($name);
        return $cluster === null || $cluster->count() === 0 ? '' : $cluster;
    }

    /** @throws Exception when it is no URL */
    protected function checkServerUrl(string $url): void
    {
        $info = parse_url($url);
        if (empty($info['scheme']) || empty($info['host'])) {
            throw new Exception("invalid url[{$url}]");
        }
        if (!filter_var($info['host'], FILTER_VALIDATE_IP)) {
            $address = gethostbyname($info['host']);
            if (!filter_var($address, FILTER_VALIDATE_IP)) {
                throw new Exception("failed to resolve host[{$info['host']}]");
            }
            $info['ip'] = $address;
        } else {
            $info['ip'] = $info['host'];
        }
        $this->baseUrl = $info['scheme'] . '://' . $info['ip'] . (isset($info['port']) ? ":{$info['port']}" : '');
        $this->info = $info;
    }
}
