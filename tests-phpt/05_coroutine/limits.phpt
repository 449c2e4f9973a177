--TEST--
max_coro_num: one more is refused with a warning, room is room again
--EXTENSIONS--
swoole
--FILE--
<?php
Co::set(['max_coro_num' => 3, 'other' => 'kept']);
var_dump(Co::getOptions());
Swoole\Coroutine\run(function () {
    go(fn() => Co::sleep(0.001));
    $last = go(fn() => Co::yield());
    var_dump($last, go(fn() => 1));
    Co::resume($last);
    var_dump(go(fn() => 1));
});
?>
--EXPECTF--
array(2) {
  ["max_coro_num"]=>
  int(3)
  ["other"]=>
  string(4) "kept"
}

Warning: go(): exceed max number of coroutine 3 in %s on line %d
int(3)
bool(false)
int(4)
