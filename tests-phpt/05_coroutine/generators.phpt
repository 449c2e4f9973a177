--TEST--
Generators, sorts and array functions whose callbacks wait
--EXTENSIONS--
swoole
--FILE--
<?php
function numbers(string $name) {
    for ($i = 0; $i < 3; $i++) {
        Co::sleep(0.001);
        $got = yield "$name$i";
    }
    return "$name end";
}
Swoole\Coroutine\run(function () {
    $results = [];
    foreach (['a', 'b'] as $name) {
        go(function () use ($name, &$results) {
            $outer = (function () use ($name) { return yield from numbers($name); })();
            foreach ($outer as $value) {
                $results[$name][] = $value;
            }
            $results[$name][] = $outer->getReturn();
        });
    }
    go(function () use (&$results) {
        $list = [3, 1, 2];
        usort($list, function ($a, $b) { Co::sleep(0.001); return $a <=> $b; });
        $results['sort'] = $list;
        $results['map'] = array_map(function ($x) { Co::sleep(0.001); return $x * 2; }, $list);
    });
    Co::sleep(0.1);
    ksort($results);
    foreach ($results as $name => $values) echo $name, ': ', implode(' ', $values), "\n";
});
?>
--EXPECT--
a: a0 a1 a2 a end
b: b0 b1 b2 b end
map: 2 4 6
sort: 1 2 3
