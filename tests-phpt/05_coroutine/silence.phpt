--TEST--
The @ operator and error_reporting() stay with the coroutine they belong to
--EXTENSIONS--
swoole
--FILE--
<?php
error_reporting(E_ALL & ~E_NOTICE);
set_error_handler(function (int $level, string $text) { echo "[$text]", "\n"; return true; }, E_ALL);
restore_error_handler();
function quiet() { Co::sleep(0.002); return error_reporting(); }
Swoole\Coroutine\run(function () {
    go(function () { var_dump(@quiet() === 4437); var_dump(error_reporting() === (E_ALL & ~E_NOTICE)); });
    go(function () {
        Co::sleep(0.001);
        var_dump(error_reporting() === (E_ALL & ~E_NOTICE));
    });
    @go(function () { var_dump(error_reporting() === (E_ALL & ~E_NOTICE)); });
});
var_dump(error_reporting() === (E_ALL & ~E_NOTICE));
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
