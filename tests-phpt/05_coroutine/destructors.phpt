--TEST--
Destructors may wait, and run when their coroutine ends
--EXTENSIONS--
swoole
--FILE--
<?php
class Slow
{
    public function __construct(public string $name) {}
    public function __destruct() { Co::sleep(0.001); echo "destroyed $this->name in ", Co::getCid(), "\n"; }
}
Swoole\Coroutine\run(function () {
    go(function () { $x = new Slow('local'); echo "body\n"; });
    go(function () { Co::getContext()['kept'] = new Slow('context'); });
    echo "first waits over\n";
});
?>
--EXPECT--
body
first waits over
destroyed local in 2
destroyed context in 3
