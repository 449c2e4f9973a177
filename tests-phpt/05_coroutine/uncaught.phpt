--TEST--
An uncaught exception ends the script; waiting coroutines unwind
--EXTENSIONS--
swoole
--FILE--
<?php
register_shutdown_function(function () { echo "shutdown function\n"; });
Swoole\Coroutine\run(function () {
    go(function () {
        try {
            Co::sleep(10);
            echo "never\n";
        } finally {
            echo "finally\n";
        }
    });
    go(function () {
        Co::sleep(0.001);
        throw new LogicException('nobody catches me');
    });
});
echo "never\n";
?>
--EXPECTF--

Fatal error: Uncaught LogicException: nobody catches me in %s:%d
Stack trace:
#0 [internal function]: {closure%S}()
#1 {main}
  thrown in %s on line %d
shutdown function
finally
