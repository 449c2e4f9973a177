--TEST--
Destructors may wait, and run when their coroutine ends
--EXTENSIONS--
swoole
--FILE--
<?php
class Slow
{
    public ?Slow $self = null;
    public function __construct(public string $name) {}
    public function __destruct() { Co::sleep(0.001); echo "destroyed $this->name in ", Co::getCid(), "\n"; }
}
Swoole\Coroutine\run(function () {
    go(function () { $x = new Slow('local'); echo "body\n"; });
    go(function () { Co::getContext()['kept'] = new Slow('context'); });
    go(function () {
        $cycle = new Slow('cycle');
        $cycle->self = $cycle;
        unset($cycle);
        // Run by the collector, a destructor cannot leave its stack: the sleep blocks instead.
        echo gc_collect_cycles(), "\n";
    });
    echo "first waits over\n";
});
?>
--EXPECT--
body
destroyed cycle in 4
1
first waits over
destroyed local in 2
destroyed context in 3
