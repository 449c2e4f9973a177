--TEST--
getBackTrace() of the current, of waiting and of running coroutines; list(), getElapsed(), getStackUsage()
--EXTENSIONS--
swoole
--FILE--
<?php
function inner() { Co::yield(); }
function outer() { inner(); }
function names(array $trace): string { return implode(' < ', array_map(fn($f) => $f['function'], $trace)); }
Swoole\Coroutine\run(function () {
    $me = Co::getCid();
    $waiting = go(function () { outer(); });
    echo names(Co::getBackTrace($waiting)), "\n";
    echo count(Co::getBackTrace($waiting, DEBUG_BACKTRACE_IGNORE_ARGS, 2)), "\n";
    echo names(Co::getBackTrace()), "\n";
    go(function () use ($me) { echo names(Co::getBackTrace($me)), "\n"; });
    var_dump(Co::getBackTrace(999));
    Co::printBackTrace($waiting);
    foreach (Co::list() as $cid) echo $cid, ' ';
    echo count(Co::listCoroutines()), ' ', get_class(Co::list()), "\n";
    var_dump(Co::getStackUsage() > 0, Co::getStackUsage($waiting) > 0, Co::getStackUsage(999));
    Co::sleep(0.01);
    var_dump(Co::getElapsed() >= 10, Co::getElapsed($waiting) >= 10, Co::getElapsed($waiting) < 5000, Co::getElapsed(999));
    Co::resume($waiting);
});
?>
--EXPECTF--
yield < inner < outer < {closure%S}
2
getBackTrace < {closure%S}
go < {closure%S}
bool(false)
#0 %s(%d): Swoole\Coroutine::yield()
#1 %s(%d): inner()
#2 %s(%d): outer()
#3 [internal function]: {closure%S}()
1 2 2 Swoole\Coroutine\Iterator
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
int(-1)
