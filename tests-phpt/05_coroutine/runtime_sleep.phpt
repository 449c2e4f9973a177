--TEST--
Runtime hooks: PHP's own sleeping functions suspend only the coroutine
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Runtime;

function together(callable ...$waits): float
{
    $start = hrtime(true);
    Swoole\Coroutine\run(function () use ($waits) {
        foreach ($waits as $wait) {
            for ($i = 0; $i < 5; $i++) go($wait);
        }
    });
    return (hrtime(true) - $start) / 1e9;
}
var_dump(Runtime::getHookFlags());
$took = together(
    fn() => usleep(200_000),
    fn() => time_nanosleep(0, 200_000_000),
    fn() => time_sleep_until(microtime(true) + 0.2),
);
var_dump($took >= 0.19 && $took < 1.5);
var_dump(Runtime::getHookFlags() === SWOOLE_HOOK_ALL, Co::getOptions()['hook_flags'] === SWOOLE_HOOK_ALL);
go(function () {
    go(function () { echo sleep(1), " slept\n"; });
    var_dump(usleep(0), usleep(1), time_nanosleep(0, 0));
    try { sleep(-1); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
    try { usleep(-1); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
    try { time_nanosleep(0, -1); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
    try { time_nanosleep(0, 1_000_000_000); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
    try { sleep("x"); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
    var_dump(time_sleep_until(1));
    echo "the other still sleeps\n";
});
Swoole\Event::wait();
// Off, or outside of coroutines, they are PHP's own.
var_dump(Runtime::setHookFlags(SWOOLE_HOOK_ALL & ~SWOOLE_HOOK_SLEEP), Runtime::getHookFlags() & SWOOLE_HOOK_SLEEP);
Co::set(['hook_flags' => 0]);
$took = together(fn() => usleep(20_000));
var_dump($took >= 0.1);
var_dump(Runtime::enableCoroutine(), Runtime::getHookFlags() === SWOOLE_HOOK_ALL);
var_dump(Runtime::enableCoroutine(SWOOLE_HOOK_TCP), Runtime::getHookFlags());
var_dump(Runtime::enableCoroutine(true), Runtime::getHookFlags() === SWOOLE_HOOK_ALL);
var_dump(Runtime::enableCoroutine(false), Runtime::getHookFlags());
Runtime::enableCoroutine();
try { usleep(-1); } catch (ValueError $e) { echo $e->getMessage(), "\n"; }
var_dump(sleep(0));
go(function () {
    $sleeper = go(function () { var_dump(sleep(5)); });
    Co::cancel($sleeper);
    $other = go(function () {
        try { sleep(5); } catch (Swoole\Coroutine\CanceledException $e) { echo "canceled\n"; }
    });
    Co::cancel($other, true);
});
?>
--EXPECTF--
int(0)
bool(true)
bool(true)
bool(true)
NULL
NULL
bool(true)
sleep(): Argument #1 ($seconds) must be greater than or equal to 0
usleep(): Argument #1 ($microseconds) must be greater than or equal to 0
time_nanosleep(): Argument #2 ($nanoseconds) must be greater than or equal to 0
Nanoseconds was not in the range 0 to 999 999 999 or seconds was negative
sleep(): Argument #1 ($seconds) must be of type int, string given

Warning: time_sleep_until(): Argument #1 ($timestamp) must be greater than or equal to the current time in %s on line %d
bool(false)
the other still sleeps
0 slept
bool(true)
int(0)
bool(true)
bool(true)
bool(true)
bool(true)
int(2)
bool(true)
bool(true)
bool(true)
int(0)
usleep(): Argument #1 ($microseconds) must be greater than or equal to 0
int(0)
int(5)
canceled
