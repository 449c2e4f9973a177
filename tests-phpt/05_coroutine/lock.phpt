--TEST--
Coroutine\Lock: one coroutine at a time, in the order they came
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Lock;

foreach ([false, true] as $shared) {
    Co\run(function () use ($shared) {
        $lock = new Lock($shared);
        for ($i = 1; $i <= 3; $i++) {
            go(function () use ($lock, $i) {
                var_dump($lock->lock());
                echo "$i has it\n";
                Co::sleep(0.002);
                echo "$i is done\n";
                $lock->unlock();
            });
        }
        var_dump($lock->lock(LOCK_EX | LOCK_NB), $lock->errCode);
        var_dump($lock->unlock(), $lock->errCode);
        var_dump($lock->lock(), $lock->lock(), $lock->unlock(), $lock->unlock());
        $lock->lock();
        $waiting = go(function () use ($lock) { var_dump($lock->lock(), $lock->errCode); });
        Co::cancel($waiting);
        $lock->unlock();
        var_dump($lock->lock(LOCK_EX | LOCK_NB));
    });
}
try { (new Lock)->lock(); } catch (Swoole\Error $e) { echo $e->getMessage(), "\n"; }
?>
--EXPECT--
bool(true)
1 has it
bool(false)
int(16)
bool(false)
int(1)
1 is done
bool(true)
2 has it
2 is done
bool(true)
3 has it
3 is done
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
int(125)
bool(true)
bool(true)
1 has it
bool(false)
int(16)
bool(false)
int(1)
1 is done
bool(true)
2 has it
2 is done
bool(true)
3 has it
3 is done
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
int(125)
bool(true)
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run()
