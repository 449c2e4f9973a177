--TEST--
set_exception_handler() sees what a coroutine does not catch
--EXTENSIONS--
swoole
--FILE--
<?php
set_exception_handler(function (Throwable $e) { echo 'handler: ', $e->getMessage(), "\n"; });
Swoole\Coroutine\run(function () {
    Co::sleep(0.001);
    throw new Exception('x');
});
echo "never\n";
?>
--EXPECT--
handler: x
