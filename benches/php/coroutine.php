<?php
/**
 * What coroutines cost: made, switched, fed through channels, put to sleep. Best of three, processor time.
 *
 *   php -n -d extension=modules/swoole.so benches/php/coroutine.php [count]
 */

use Swoole\Coroutine;
use Swoole\Coroutine\Channel;

$count = (int) ($argv[1] ?? 1_000_000);

/** Processor nanoseconds of this process: a busy machine disturbs it less than the clock. */
function cpu(): int
{
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1_000_000_000
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) * 1000;
}

function measure(string $what, int $count, callable $run): void
{
    $best = INF;
    for ($round = 0; $round < 3; $round++) {
        $start = cpu();
        $run($count);
        $best = min($best, (cpu() - $start) / $count);
    }
    printf("%-52s %8.0f ns\n", $what, $best);
}

Coroutine\run(function () use ($count) {
    $empty = static function () {};
    measure('call of an empty closure, no coroutine', $count, function (int $n) use ($empty) {
        for ($i = 0; $i < $n; $i++) $empty();
    });
    measure('a coroutine without PHP in it, made from Rust', $count, function (int $n) {
        swoole_test_kernel_coroutine($n, 0);
    });
    measure('go() of an empty closure, to its end', $count, function (int $n) use ($empty) {
        for ($i = 0; $i < $n; $i++) go($empty);
    });
    measure('yield() and resume(): two switches', $count, function (int $n) {
        $cid = go(function () use ($n) { for ($i = 0; $i < $n; $i++) Coroutine::yield(); });
        for ($i = 0; $i < $n; $i++) Coroutine::resume($cid);
    });
    measure('Channel push() and pop(), nobody waits', $count, function (int $n) {
        $channel = new Channel(1);
        for ($i = 0; $i < $n; $i++) { $channel->push($i); $channel->pop(); }
    });
    measure('Channel ping-pong: four operations, two switches', $count, function (int $n) {
        $there = new Channel(1);
        $back = new Channel(1);
        go(function () use ($there, $back, $n) { for ($i = 0; $i < $n; $i++) $back->push($there->pop()); });
        for ($i = 0; $i < $n; $i++) { $there->push($i); $back->pop(); }
    });
    measure('Timer::after() and clear()', $count, function (int $n) use ($empty) {
        for ($i = 0; $i < $n; $i++) Swoole\Timer::clear(Swoole\Timer::after(60_000, $empty));
    });
});
foreach ([1, 2] as $round) {
    measure('a new coroutine that sleeps, of 10 000 (round ' . $round . ')', 10_000, function (int $n) {
        Coroutine\run(function () use ($n) {
            for ($i = 0; $i < $n; $i++) go(function () { Coroutine::sleep(0.1); });
        });
    });
}
printf("%-52s %8d KiB\n", 'peak memory', getrusage()['ru_maxrss']);
