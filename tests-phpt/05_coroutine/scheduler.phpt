--TEST--
Scheduler: add, parallel, start, once more
--EXTENSIONS--
swoole
--FILE--
<?php
$s = new Swoole\Coroutine\Scheduler;
$s->set(['max_coro_num' => 100]);
$s->add(function ($a, $b) { Co::sleep(0.001); echo "$a $b\n"; }, 'first', 'task');
$s->parallel(3, function ($x) { echo "parallel $x ", Co::getCid(), "\n"; }, 'p');
var_dump($s->start(), $s->getOptions());
$s->add(fn() => print("again\n"));
var_dump($s->start());
Swoole\Coroutine\run(function () {
    $s = new Co\Scheduler;
    go(function () use ($s) { echo "other\n"; });
});
var_dump((new ReflectionClass($s))->isFinal());
?>
--EXPECT--
parallel p 2
parallel p 3
parallel p 4
first task
bool(true)
array(1) {
  ["max_coro_num"]=>
  int(100)
}
again
bool(true)
other
bool(true)
