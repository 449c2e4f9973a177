--TEST--
join() waits for the end of others
--EXTENSIONS--
swoole
--FILE--
<?php
Swoole\Coroutine\run(function () {
    $make = fn(float $s) => go(function () use ($s) { Co::sleep($s); echo "slept $s\n"; });
    $a = $make(0.002);
    $b = $make(0.001);
    go(function () use ($a) { var_dump(Co::join([$a])); echo "second joiner\n"; });
    var_dump(Co::join([$a, $b]));
    var_dump(Co::join([$a, $b]), Co::join([]));
    $c = $make(0.02);
    var_dump(Co::join([$c], 0.001), Co::exists($c));
    var_dump(Co::join([Co::getCid()]));
    var_dump(Co::join([$c, 12345]));
});
?>
--EXPECTF--
slept 0.001
slept 0.002
bool(true)
second joiner
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)

Warning: Swoole\Coroutine::join(): can not join self in %s on line %d
bool(false)
slept 0.02
bool(true)
