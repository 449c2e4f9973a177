--TEST--
Sleeps overlap and end in the order of their deadlines
--EXTENSIONS--
swoole
--FILE--
<?php
$start = microtime(true);
Swoole\Coroutine\run(function () {
    foreach ([30, 10, 20] as $ms) {
        go(function () use ($ms) {
            var_dump(Co::sleep($ms / 1000));
            echo "$ms\n";
        });
    }
});
$took = microtime(true) - $start;
var_dump($took >= 0.03 && $took < 0.06 + 0.5);
?>
--EXPECT--
bool(true)
10
bool(true)
20
bool(true)
30
bool(true)
