--TEST--
yield() and resume() switch at once, and only a yielded coroutine can be resumed
--EXTENSIONS--
swoole
--FILE--
<?php
Swoole\Coroutine\run(function () {
    $cid = go(function () {
        echo "a\n";
        var_dump(Co::yield());
        echo "b\n";
        var_dump(Co::suspend());
        echo "c\n";
    });
    echo "1\n";
    var_dump(Co::resume($cid));
    echo "2\n";
    var_dump(Co::resume($cid));
    echo "3\n";
    var_dump(Co::resume($cid));
    $sleeper = go(fn() => Co::sleep(0.001));
    var_dump(Co::resume($sleeper));
    var_dump(Co::resume(Co::getCid()));
});
?>
--EXPECTF--
a
1
bool(true)
b
bool(true)
2
bool(true)
c
bool(true)
3

Warning: Swoole\Coroutine::resume(): can not resume the coroutine which is in IO operation in %s on line %d
bool(false)

Warning: Swoole\Coroutine::resume(): can not resume the coroutine which is in IO operation in %s on line %d
bool(false)

Warning: Swoole\Coroutine::resume(): can not resume the coroutine which is in IO operation in %s on line %d
bool(false)
