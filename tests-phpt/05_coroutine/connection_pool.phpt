--TEST--
ConnectionPool: made when needed, waited for when all are taken
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\ConnectionPool;

Co\run(function () {
    $made = 0;
    $pool = new ConnectionPool(function () use (&$made) { Co::sleep(0.001); return (object) ['id' => ++$made]; }, 2);
    $one = $pool->get();
    $two = $pool->get();
    var_dump($one->id, $two->id, $pool->get(0.002));
    go(function () use ($pool, $one) { Co::sleep(0.002); $pool->put($one); });
    var_dump($pool->get() === $one, $made);
    $pool->put(null);
    var_dump($pool->get()->id);
    for ($i = 0; $i < 5; $i++) {
        go(function () use ($pool) { $pool->put($pool->get()); });
    }
    $pool->put($two);
    $pool->close();
    try { $pool->get(); } catch (RuntimeException $e) { echo $e->getMessage(), "\n"; }
    $pool->put($one);

    class Proxy { function __construct(public $make) {} }
    $pool = new ConnectionPool(fn() => 1, 3, Proxy::class);
    $pool->fill();
    var_dump(get_class($pool->get()), ($pool->get()->make)());

    class Failing extends ConnectionPool { function left() { return $this->num; } }
    $pool = new Failing(function () { throw new DomainException('no server'); });
    try { $pool->get(); } catch (DomainException $e) { echo $e->getMessage(), ' ', $pool->left(), "\n"; }
});
?>
--EXPECT--
int(1)
int(2)
bool(false)
bool(true)
int(2)
int(3)
Pool has been closed
string(5) "Proxy"
int(1)
no server 0
