--TEST--
Coroutine\Barrier: waits until the others have let go of it
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Barrier;

Co\run(function () {
    $barrier = Barrier::make();
    $count = 0;
    for ($i = 0; $i < 4; $i++) {
        go(function () use ($barrier, &$count, $i) {
            Co::sleep(0.001 * ($i + 1));
            $count++;
        });
    }
    Barrier::wait($barrier);
    var_dump($count, $barrier);

    // Nobody else has it.
    $barrier = Barrier::make();
    Barrier::wait($barrier);

    $barrier = Barrier::make();
    go(function () use ($barrier) { Co::sleep(0.05); echo "late\n"; });
    $start = hrtime(true);
    Barrier::wait($barrier, 0.005);
    var_dump(hrtime(true) - $start < 5e7);

    $barrier = Barrier::make();
    go(function () use ($barrier) {
        Co::sleep(0.001);
        try { Barrier::wait($barrier); } catch (Swoole\Exception $e) { echo $e->getMessage(), "\n"; }
    });
    Barrier::wait($barrier);
    echo "done\n";
    try { Barrier::wait($barrier); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
});
$barrier = Barrier::make();
try { Barrier::wait($barrier); } catch (Swoole\Error $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECT--
int(4)
NULL
bool(true)
The barrier is waiting, cannot wait again.
done
Swoole\Coroutine\Barrier::wait(): Argument #1 ($barrier) must be of type Swoole\Coroutine\Barrier, null given
late
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run()
