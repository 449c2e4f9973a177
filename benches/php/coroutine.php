<?php
/**
 * What coroutines cost: made, switched, fed through channels, put to sleep, timed. Best of three.
 *
 *   php -n -d extension=modules/swoole.so benches/php/coroutine.php [count]
 *
 * Where a bar is set it is shown beside the result, and one that is missed ends the script with 1.
 */

use Swoole\Coroutine;
use Swoole\Coroutine\Channel;

$count = (int) ($argv[1] ?? 1_000_000);
$missed = false;

/** Processor nanoseconds of this process: a busy machine disturbs it less than the clock. */
function cpu(): int
{
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1_000_000_000
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) * 1000;
}

function show(string $what, float $value, string $unit, ?float $bar = null): void
{
    global $missed;
    $missed = $missed || ($bar !== null && $value > $bar);
    printf("%-54s %9s %-3s%s\n", $what, number_format($value, $value < 10 ? 3 : 0), $unit, $bar === null ? '' : "  (at most $bar)");
}

function measure(string $what, int $count, callable $run, ?float $bar = null): void
{
    $best = INF;
    for ($round = 0; $round < 3; $round++) {
        $start = cpu();
        $run($count);
        $best = min($best, (cpu() - $start) / $count);
    }
    show($what, $best, 'ns', $bar);
}

function resident_mb(): float
{
    return explode(' ', file_get_contents('/proc/self/statm'))[1] * 4096 / 1e6;
}

Coroutine\run(function () use ($count) {
    $empty = static function () {};
    measure('call of an empty closure, no coroutine', $count, function (int $n) use ($empty) {
        for ($i = 0; $i < $n; $i++) $empty();
    });
    measure('a coroutine without PHP in it, made from Rust', $count, function (int $n) {
        swoole_test_kernel_coroutine($n, 0);
    }, 150);
    measure('go() of an empty closure, to its end', $count, function (int $n) use ($empty) {
        for ($i = 0; $i < $n; $i++) go($empty);
    }, 400);
    measure('yield() and resume(): two switches', $count, function (int $n) {
        $cid = go(function () use ($n) { for ($i = 0; $i < $n; $i++) Coroutine::yield(); });
        for ($i = 0; $i < $n; $i++) Coroutine::resume($cid);
    });
    measure('Channel push() and pop(), nobody waits', $count, function (int $n) {
        $channel = new Channel(1);
        for ($i = 0; $i < $n; $i++) { $channel->push($i); $channel->pop(); }
    });
    // A million switches a second is two of them in 2 000 ns.
    measure('Channel ping-pong: four operations, two switches', $count, function (int $n) {
        $there = new Channel(1);
        $back = new Channel(1);
        go(function () use ($there, $back, $n) { for ($i = 0; $i < $n; $i++) $back->push($there->pop()); });
        for ($i = 0; $i < $n; $i++) { $there->push($i); $back->pop(); }
    }, 2000);
    measure('Timer::after() and clear()', $count, function (int $n) use ($empty) {
        for ($i = 0; $i < $n; $i++) Swoole\Timer::clear(Swoole\Timer::after(60_000, $empty));
    });
});

$best = INF;
foreach ([1, 2, 3] as $round) {
    $start = hrtime(true);
    Coroutine\run(function () {
        for ($i = 0; $i < 10_000; $i++) go(function () { Coroutine::sleep(0.1); });
    });
    $best = min($best, (hrtime(true) - $start) / 1e9);
}
show('10 000 coroutines sleep 0.1 s, by the clock', $best, 's', 0.5);

Coroutine\run(function () {
    $before = resident_mb();
    $cids = [];
    for ($i = 0; $i < 20_000; $i++) $cids[] = go(function () { Coroutine::yield(); });
    show('20 000 waiting coroutines', resident_mb() - $before, 'MB', 300);
    foreach ($cids as $cid) Coroutine::resume($cid);
});

// Due within a second, a hundred in each millisecond.
$late = 0;
$start = hrtime(true);
for ($i = 0; $i < 100_000; $i++) {
    $wait = 500 + intdiv($i, 100);
    $due = hrtime(true) + $wait * 1_000_000;
    Swoole\Timer::after($wait, function () use ($due, &$late) { $late = max($late, hrtime(true) - $due); });
}
show('100 000 timers: armed in', (hrtime(true) - $start) / 1e6, 'ms');
Swoole\Event::wait();
show('100 000 timers: the latest is late by', $late / 1e6, 'ms', 20);
exit($missed ? 1 : 0);
