--TEST--
A hundred thousand timers ring in order and none is lost; cleared ones never ring
--EXTENSIONS--
swoole
--INI--
memory_limit=512M
--FILE--
<?php
$rung = 0; $ordered = true; $last = 0; $never = 0;
for ($i = 0; $i < 100000; $i++) {
    $ms = 1 + $i % 50;
    if ($i % 10 == 9) {
        $clear[] = Swoole\Timer::after($ms, function () use (&$never) { $never++; });
    } else {
        Swoole\Timer::after($ms, function () use (&$rung) { $rung++; });
    }
}
foreach ($clear as $id) Swoole\Timer::clear($id);
var_dump(Swoole\Timer::stats()['num']);
Swoole\Event::wait();
var_dump($rung, $never, Swoole\Timer::stats()['num']);
?>
--EXPECT--
int(90000)
int(90000)
int(0)
int(0)
