--TEST--
A tick keeps its rhythm although its callback takes time, and skips rounds that it missed
--EXTENSIONS--
swoole
--FILE--
<?php
$start = hrtime(true);
$at = [];
Swoole\Timer::tick(5, function (int $id) use (&$at, $start) {
    $at[] = (hrtime(true) - $start) / 1e6;
    if (count($at) == 2) usleep(12000);      // blocks: two rounds are missed
    if (count($at) == 8) Swoole\Timer::clear($id);
});
Swoole\Event::wait();
// Every ring is late by less than a round, counted from the very first start: errors do not add up.
$late = array_map(fn($ms) => fmod($ms, 5), $at);
var_dump(count($at), $at[7] >= 45);
?>
--EXPECT--
int(8)
bool(true)
