--TEST--
setTimeLimit() throws TimeoutException into the wait that outlasts it
--EXTENSIONS--
swoole
--FILE--
<?php
Swoole\Coroutine\run(function () {
    go(function () {
        var_dump(Co::setTimeLimit(0.002));
        try {
            Co::sleep(10);
        } catch (Swoole\Coroutine\TimeoutException $e) {
            echo get_class($e), ' ', $e->getCode(), "\n";
        }
        var_dump(Co::sleep(0.001));
    });
    go(function () {
        Co::setTimeLimit(10);
        Co::setTimeLimit(-1);
        echo "no limit\n";
    });
});
?>
--EXPECT--
bool(true)
no limit
Swoole\Coroutine\TimeoutException 10018
bool(true)
