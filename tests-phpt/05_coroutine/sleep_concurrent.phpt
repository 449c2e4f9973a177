--TEST--
Ten thousand coroutines sleep 0.1 s at the same time
--EXTENSIONS--
swoole
--FILE--
<?php
$start = microtime(true);
$done = 0;
Swoole\Coroutine\run(function () use (&$done) {
    for ($i = 0; $i < 10000; $i++) {
        go(function () use (&$done) {
            Co::sleep(0.1);
            $done++;
        });
    }
    echo Co::stats()['coroutine_num'], "\n";
});
$took = microtime(true) - $start;
echo $done, "\n";
// A quiet machine needs 0.25 s; the bound leaves room for a busy one.
var_dump($took >= 0.1, $took < 5 * (getenv('PHPT_SLOWNESS') ?: 1));
var_dump(Co::stats()['coroutine_num'], Co::stats()['coroutine_peak_num']);
?>
--EXPECT--
10001
10000
bool(true)
bool(true)
int(0)
int(10001)
