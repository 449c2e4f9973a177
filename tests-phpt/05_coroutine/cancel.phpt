--TEST--
cancel() ends any wait; the canceled call fails, or throws when asked to
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\CanceledException;
Swoole\Coroutine\run(function () {
    $channel = new chan(1);
    $waits = [
        'sleep' => fn() => Co::sleep(10),
        'yield' => fn() => Co::yield(),
        'pop' => fn() => $channel->pop(),
        'pop with timeout' => fn() => $channel->pop(10),
        'join' => fn() => Co::join([1], 10),
    ];
    foreach ($waits as $name => $wait) {
        $cid = go(function () use ($name, $wait) {
            echo $name, ': ', json_encode($wait()), ' ', json_encode(Co::isCanceled()), "\n";
            Co::sleep(0.001);
            var_dump(Co::isCanceled());
        });
        var_dump(Co::cancel($cid));
        Co::join([$cid]);
        $cid = go(function () use ($name, $wait) {
            try {
                $wait();
            } catch (CanceledException $e) {
                echo $name, ' threw ', $e->getCode(), "\n";
            }
        });
        var_dump(Co::cancel($cid, true));
    }
    echo json_encode($channel->stats()), $channel->errCode, "\n";
    var_dump(Co::cancel(999), Co::cancel(Co::getCid()));
    var_dump(Co::stats()['coroutine_num'], Swoole\Timer::stats()['num']);
});
?>
--EXPECT--
sleep: false true
bool(true)
bool(false)
sleep threw 10017
bool(true)
yield: false true
bool(true)
bool(false)
yield threw 10017
bool(true)
pop: false true
bool(true)
bool(false)
pop threw 10017
bool(true)
pop with timeout: false true
bool(true)
bool(false)
pop with timeout threw 10017
bool(true)
join: false true
bool(true)
bool(false)
join threw 10017
bool(true)
{"consumer_num":0,"producer_num":0,"queue_num":0}-3
bool(false)
bool(false)
int(1)
int(0)
