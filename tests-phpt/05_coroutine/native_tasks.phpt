--TEST--
Coroutines that wait for tasks of the runtime: they end, can be canceled, and are no deadlock
--EXTENSIONS--
swoole
--FILE--
<?php
$start = microtime(true);
Swoole\Coroutine\run(function () {
    swoole_test_kernel_coroutine(1000, 0.02);
    var_dump(Co::stats()['coroutine_num'], Co::stats()['event_num']);
    Co::sleep(0.001);
    var_dump(Co::stats()['coroutine_num']);
});
$took = microtime(true) - $start;
var_dump($took >= 0.02, $took < 5, Co::stats()['coroutine_num'], Co::stats()['event_num']);
Swoole\Coroutine\run(function () {
    swoole_test_kernel_coroutine(10, 3600);
    foreach (Co::list() as $cid) {
        if ($cid != Co::getCid()) var_dump(Co::cancel($cid));
    }
    var_dump(Co::stats()['coroutine_num']);
});
var_dump(Co::stats()['event_num']);
swoole_test_kernel_coroutine(3, 0);
swoole_test_kernel_coroutine(3, 0.001);
echo "the script ends, and waits\n";
?>
--EXPECT--
int(1001)
int(1000)
int(1001)
bool(true)
bool(true)
int(0)
int(0)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
int(1)
int(0)
the script ends, and waits
