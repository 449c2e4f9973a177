--TEST--
Deep recursion grows a coroutine's stack, deep waits keep it, and odd times are no trap
--EXTENSIONS--
swoole
--FILE--
<?php
function deep(int $levels, callable $bottom)
{
    return $levels == 0 ? $bottom() : deep($levels - 1, $bottom) + 1;
}
function nested(int $levels, callable $bottom)
{
    return $levels == 0 ? $bottom() : array_sum(array_map(fn() => nested($levels - 1, $bottom), [1]));
}
Swoole\Coroutine\run(function () {
    for ($round = 0; $round < 3; $round++) {
        $sum = 0;
        for ($i = 0; $i < 20; $i++) {
            go(function () use (&$sum) { $sum += deep(3000, function () { Co::sleep(0.001); return 1; }); });
            go(function () use (&$sum) { $sum += nested(200, function () { Co::sleep(0.001); return 1; }); });
        }
        Co::sleep(0.05);
        while (Co::stats()['coroutine_num'] > 1) Co::sleep(0.01);
        var_dump($sum);
    }
    var_dump(@Co::sleep(NAN), @Co::sleep(-1));
    foreach ([INF, PHP_INT_MAX, 1e300] as $seconds) {
        $cid = go(function () use ($seconds) { var_dump(Co::sleep($seconds)); });
        Co::sleep(0.001);
        Co::cancel($cid);
    }
    $id = Swoole\Timer::after(PHP_INT_MAX, fn() => 1);
    Co::sleep(0.001);
    var_dump(Swoole\Timer::clear($id));
});
?>
--EXPECT--
int(60040)
int(60040)
int(60040)
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
bool(true)
