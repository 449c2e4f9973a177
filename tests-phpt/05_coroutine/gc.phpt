--TEST--
The garbage collector sees suspended coroutines and channels as they are; memory stays flat
--EXTENSIONS--
swoole
--FILE--
<?php
class Node { public $next; public $bag = []; }
function one_round(): void
{
    Swoole\Coroutine\run(function () {
        for ($i = 0; $i < 200; $i++) {
            go(function () {
                $a = new Node(); $b = new Node();
                $a->next = $b; $b->next = $a;
                $channel = new chan(2);
                $channel->push($channel);          // a cycle through native state
                $a->bag[] = $channel;
                Co::sleep(0.001);
                gc_collect_cycles();
                assert($a->next->next === $a && $a->bag[0] === $channel);
            });
        }
    });
    gc_collect_cycles();
}
for ($i = 0; $i < 3; $i++) one_round();
$before = memory_get_usage();
for ($i = 0; $i < 10; $i++) one_round();
var_dump(memory_get_usage() - $before < 4096);
?>
--EXPECT--
bool(true)
