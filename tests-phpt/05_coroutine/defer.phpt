--TEST--
Deferred functions run when their coroutine ends, the last one first, whatever ended it
--EXTENSIONS--
swoole
--FILE--
<?php
set_exception_handler(function (Throwable $e) { echo 'uncaught: ', $e->getMessage(), "\n"; });
Swoole\Coroutine\run(function () {
    defer(function () { echo "first\n"; });
    defer(function () {
        Co::sleep(0.001);
        echo "second, in ", Co::getCid(), "\n";
        defer(function () { echo "deferred by a deferred one\n"; });
    });
    echo "body\n";
});
Swoole\Coroutine\run(function () {
    defer(function () { echo "runs after an exception too\n"; });
    throw new Exception('x');
});
?>
--EXPECT--
body
second, in 1
deferred by a deferred one
first
uncaught: x
runs after an exception too
