--TEST--
defer(), cycle() and dispatch(): callbacks by rounds of the loop
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Event;

Event::defer(function () {
    echo "deferred in ", Co::getCid(), "\n";
    Event::defer(fn() => print("deferred again\n"));
});
echo "first\n";
Event::wait();

$rounds = 0;
var_dump(Event::cycle(function () use (&$rounds) { $rounds++; }), Event::cycle(fn() => 1, true));
Swoole\Timer::after(5, function () { echo "timer\n"; });
Event::wait();
var_dump($rounds > 0);
var_dump(Event::cycle(null), Event::cycle(null), Event::cycle(null, true), Event::cycle(null, true));
$before = $rounds;
Swoole\Timer::after(1, fn() => 1);
Event::wait();
var_dump($rounds === $before);

$done = false;
Swoole\Timer::after(5, function () use (&$done) { $done = true; });
while (!$done) {
    Event::dispatch() || exit('no round');
}
go(fn() => var_dump(Event::dispatch()));
Swoole\Event::defer(fn() => print("at the end of the script\n"));
echo "last\n";
?>
--EXPECTF--
first
deferred in %d
deferred again
bool(true)
bool(true)
timer
bool(true)
bool(true)
bool(false)
bool(true)
bool(false)
bool(true)
bool(false)
last
at the end of the script
