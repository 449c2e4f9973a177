--TEST--
Name resolvers: asked in turn, by filter, and the nodes of a cluster by their weights
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\NameResolver;
use Swoole\NameResolver\Cluster;
use Swoole\NameResolver\Context;

class Fixed extends NameResolver
{
    public array $services = [];
    public function join(string $name, string $ip, int $port, array $options = []): bool { $this->services[$name][] = [$ip, $port]; return true; }
    public function leave(string $name, string $ip, int $port): bool { unset($this->services[$name]); return true; }
    public function getCluster(string $name): ?Cluster
    {
        $cluster = new Cluster();
        foreach ($this->services[$name] ?? [] as [$ip, $port]) {
            $cluster->add($ip, $port);
        }
        return $cluster;
    }
}

class Plain extends Fixed
{
    public function lookup(string $name): null|Cluster|string { return $name === 'plain' ? '10.0.0.9' : null; }
}

$fixed = new Fixed('tcp://127.0.0.1:1');
$fixed->join('web', '10.0.0.1', 80);
var_dump($fixed->hasFilter(), $fixed->getFilter());
$fixed->withFilter(fn ($name) => $name !== 'hidden');
$fixed->join('hidden', '10.0.0.2', 80);
var_dump($fixed->hasFilter(), swoole_name_resolver_add($plain = new Plain('tcp://127.0.0.1')), swoole_name_resolver_add($fixed));

$lookup = fn ($name, ...$context) => swoole_name_resolver_lookup($name, new Context(...$context));
var_dump($lookup('plain'), $lookup('web'), $lookup('web', AF_INET, true), $lookup('hidden'), $lookup('nobody'));
var_dump(swoole_name_resolver_remove($plain), swoole_name_resolver_remove($plain), $lookup('plain'));

$cluster = new Cluster();
var_dump($cluster->pop(), $cluster->count());
$cluster->add('10.0.0.1', 1, 100);
$cluster->add('10.0.0.2', 2, 0);
for ($i = 0, $hosts = []; $i < 50; $i++) {
    $hosts[$cluster->pop()['host']] = true;
}
var_dump(array_keys($hosts), $cluster->count());
foreach ([['nowhere', 1, 1], ['10.0.0.1', 70000, 1], ['10.0.0.1', 1, 101]] as $node) {
    try {
        $cluster->add(...$node);
    } catch (NameResolver\Exception $e) {
        echo $e->getMessage(), "\n";
    }
}
try {
    new Fixed('nothing');
} catch (NameResolver\Exception $e) {
    echo $e->getMessage(), "\n";
}
try {
    swoole_name_resolver_add(new stdClass);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
var_dump(swoole_clear_dns_cache());
?>
--EXPECT--
bool(false)
NULL
bool(true)
bool(true)
bool(true)
string(8) "10.0.0.9"
string(8) "10.0.0.1"
string(11) "10.0.0.1:80"
string(0) ""
string(0) ""
bool(true)
bool(false)
string(0) ""
bool(false)
int(0)
array(1) {
  [0]=>
  string(8) "10.0.0.1"
}
int(2)
Bad IP Address [nowhere]
Bad Port [70000]
Bad Weight [101]
invalid url[nothing]
swoole_name_resolver_add(): Argument #1 ($ns) must be of type Swoole\NameResolver, stdClass given
NULL
