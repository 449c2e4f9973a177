--TEST--
PHP's own Fibers inside coroutines, with waits inside the Fibers
--EXTENSIONS--
swoole
--FILE--
<?php
Swoole\Coroutine\run(function () {
    foreach (['a', 'b'] as $name) {
        go(function () use ($name) {
            $fiber = new Fiber(function (string $x) use ($name) {
                Co::sleep(0.002);
                $y = Fiber::suspend("$name got $x");
                Co::sleep(0.002);
                return "$name ends with $y";
            });
            echo $fiber->start('1'), "\n";
            Co::sleep(0.002);
            var_dump($fiber->isSuspended(), Fiber::getCurrent());
            $fiber->resume('2');
            echo $fiber->getReturn(), "\n";
        });
    }
});
$fiber = new Fiber(function () {
    Swoole\Coroutine\run(function () { Co::sleep(0.001); echo "coroutine in a Fiber\n"; });
    Fiber::suspend();
    echo "fiber again\n";
});
$fiber->start();
$fiber->resume();
?>
--EXPECT--
a got 1
b got 1
bool(true)
NULL
bool(true)
NULL
a ends with 2
b ends with 2
coroutine in a Fiber
fiber again
