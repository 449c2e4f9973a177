--TEST--
batch(), map() and parallel(): results by key, timeouts, order
--EXTENSIONS--
swoole
--FILE--
<?php
use function Swoole\Coroutine\{batch, map, parallel, run};
run(function () {
    $start = microtime(true);
    echo json_encode(batch([
        'slow' => function () { Co::sleep(0.02); return 'a'; },
        'quick' => fn() => ['b'],
        7 => 'phpversion_is_a_string',
    ])), "\n";
    var_dump(microtime(true) - $start < 5);
    echo json_encode(batch(['late' => function () { Co::sleep(0.05); return 1; }, 'now' => fn() => 2], 0.005)), "\n";
    echo json_encode(map(['x' => 3, 'y' => 1], function (int $ms) { Co::sleep($ms / 1000); return $ms * 2; })), "\n";
    $count = 0;
    parallel(3, function () use (&$count) { Co::sleep(0.001); $count++; });
    var_dump($count, batch([]), map([], fn() => 1));
    parallel(0, fn() => print("never"));
    try {
        batch(['no function of this name']);
    } catch (TypeError $e) {
        echo get_class($e), "\n";
    }
});
function phpversion_is_a_string() { return 'string'; }
try {
    batch([fn() => 1]);
} catch (Swoole\Error $e) {
    echo $e->getMessage(), "\n";
}
?>
--EXPECT--
{"slow":"a","quick":["b"],"7":"string"}
bool(true)
{"late":null,"now":2}
{"x":6,"y":2}
int(3)
array(0) {
}
array(0) {
}
TypeError
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run()
