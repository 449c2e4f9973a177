--TEST--
Bursts of coroutines leave no memory behind
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (!is_readable('/proc/self/statm')) die('skip needs /proc'); ?>
--FILE--
<?php
function burst(): void
{
    Swoole\Coroutine\run(function () {
        $channel = new chan(10);
        for ($i = 0; $i < 2000; $i++) {
            go(function () use ($channel, $i) {
                ob_start();
                defer(function () use ($channel) { $channel->push(1, 0.001); });
                Co::getContext()['text'] = str_repeat('x', 1000);
                Co::sleep(0.001 + ($i % 5) / 1000);
                echo $channel->pop(0.001);
                $cid = go(fn() => Co::sleep(100));
                Co::cancel($cid);
                Swoole\Timer::clear(Swoole\Timer::after(1000000, fn() => 1));
                ob_end_clean();
            });
        }
    });
}
function resident(): int { return (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4; }
for ($i = 0; $i < 12; $i++) burst();       // allocators settle first
$php = memory_get_usage();
$all = resident();
for ($i = 0; $i < 8; $i++) burst();
var_dump(memory_get_usage() - $php < 8192);
var_dump(resident() - $all < 4096);
?>
--EXPECT--
bool(true)
bool(true)
