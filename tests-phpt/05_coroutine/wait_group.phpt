--TEST--
WaitGroup: add, done, wait, timeouts, misuse
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\WaitGroup;
Swoole\Coroutine\run(function () {
    $group = new WaitGroup();
    $sum = 0;
    foreach ([3, 1, 2] as $ms) {
        $group->add();
        go(function () use ($ms, $group, &$sum) { Co::sleep($ms / 1000); $sum += $ms; $group->done(); });
    }
    var_dump($group->count(), $group->wait(), $sum, $group->count(), $group->wait());
    $group = new Co\WaitGroup(1);
    var_dump($group->count(), $group->wait(0.001), $group->count());
});
Swoole\Coroutine\run(function () {
    $group = new WaitGroup(1);
    go(function () use ($group) { var_dump($group->wait()); echo "waiter\n"; });
    foreach (['add', 'wait'] as $method) {
        try { $group->$method(); } catch (BadMethodCallException $e) { echo $e->getMessage(), "\n"; }
    }
    $group->done();
    echo "after done\n";
    try { $group->done(); } catch (BadMethodCallException $e) { echo $e->getMessage(), "\n"; }
    try { $group->add(-1); } catch (InvalidArgumentException $e) { echo $e->getMessage(), "\n"; }
});
?>
--EXPECT--
int(3)
bool(true)
int(6)
int(0)
bool(true)
int(1)
bool(false)
int(1)
WaitGroup misuse: add called concurrently with wait
WaitGroup misuse: reused before previous wait has returned
bool(true)
waiter
after done
WaitGroup misuse: negative counter
WaitGroup misuse: negative counter
