--TEST--
Timer callbacks: exceptions end the script, a timer may clear itself and others, wrong arguments throw
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Timer;
foreach ([fn() => Timer::after('x', fn() => 1), fn() => Timer::tick(1, 'nope'), fn() => Timer::after(1)] as $wrong) {
    try { $wrong(); } catch (TypeError $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
$victim = Timer::after(3, fn() => print("never\n"));
Timer::after(1, function () use ($victim) { var_dump(Timer::clear($victim)); });
Timer::after(2, function () { Timer::after(1, function () { throw new Exception('from a timer'); }); });
Timer::tick(1000, fn() => 1);
set_exception_handler(fn($e) => print("handler: {$e->getMessage()}\n"));
?>
--EXPECT--
TypeError: Swoole\Timer::after(): Argument #1 ($ms) must be of type int, string given
TypeError: Swoole\Timer::tick(): Argument #2 ($callback) must be a valid callback, function "nope" not found or invalid function name
ArgumentCountError: Swoole\Timer::after() expects at least 2 arguments, 1 given
bool(true)
handler: from a timer
