--TEST--
Timers: after, tick, clear, info, list, stats, functions
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Timer;
var_dump(Timer::after(0, fn() => 1), Timer::tick(-1, fn() => 1));
var_dump(Timer::stats()['num'], Timer::exists(1), Timer::info(1), Timer::clear(1), Timer::clearAll());
$rounds = 0;
$tick = Timer::tick(2, function (int $id, string $x) use (&$rounds, &$tick) {
    echo "tick ", $id === $tick ? 'own id' : 'wrong id', " $x in ", Co::getCid() > 0 ? 'a coroutine' : 'none', "\n";
    if (++$rounds == 3) {
        var_dump(Timer::clear($id), Timer::clear($id), Timer::exists($id));
    }
}, 'arg');
$after = swoole_timer_after(1, function (...$args) { echo "after ", json_encode($args), "\n"; }, 1, 'two');
var_dump($tick, $after);
$info = Timer::info($tick);
echo json_encode(array_keys($info)), " $info[interval] $info[exec_count] ", json_encode($info['removed']), "\n";
echo implode(',', iterator_to_array(Timer::list())), ' ', get_class(Timer::list()), ' ', count(swoole_timer_list()), "\n";
$stats = Timer::stats();
echo json_encode(array_keys($stats)), json_encode($stats['initialized']), $stats['num'], "\n";
Timer::after(5, fn() => Co::sleep(0.001));
Swoole\Event::wait();
var_dump(Timer::stats()['num'], Timer::exists($after));
?>
--EXPECTF--
Warning: Swoole\Timer::after(): Timer must be greater than or equal to 1 in %s on line %d

Warning: Swoole\Timer::tick(): Timer must be greater than or equal to 1 in %s on line %d
bool(false)
bool(false)
int(0)
bool(false)
NULL
bool(false)
bool(true)
int(1)
int(2)
["exec_msec","exec_count","interval","round","removed"] 2 0 false
1,2 Swoole\Timer\Iterator 2
["initialized","num","round"]true2
after [1,"two"]
tick own id arg in a coroutine
tick own id arg in a coroutine
tick own id arg in a coroutine
bool(true)
bool(false)
bool(false)
int(0)
bool(false)
