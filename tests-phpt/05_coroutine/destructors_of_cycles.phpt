--TEST--
A destructor that the collector runs may wait: before PHP 8.4 that blocks, from there on others run
--EXTENSIONS--
swoole
--FILE--
<?php
class Slow
{
    public ?Slow $self = null;
    public function __destruct() { Co::sleep(0.001); echo "destroyed in ", Co::getCid(), "\n"; }
}
Swoole\Coroutine\run(function () {
    go(function () {
        $cycle = new Slow;
        $cycle->self = $cycle;
        unset($cycle);
        echo gc_collect_cycles(), " collected\n";
    });
    echo "first waits over\n";
});
?>
--EXPECTREGEX--
(destroyed in 2
1 collected
first waits over|first waits over
destroyed in 2
1 collected)
