--TEST--
Atomic, Atomic\Long and the locks between processes
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\{Atomic, Coroutine, Lock, Process};

$count = new Atomic;
$long = new Atomic\Long;
$lock = new Lock;
$unsafe = new Atomic;
$children = [];
for ($i = 0; $i < 4; $i++) {
    ($children[] = new Process(function () use ($count, $long, $lock, $unsafe) {
        for ($round = 0; $round < 500; $round++) {
            $count->add();
            $long->sub(1 << 33);
            $lock->lock();
            $unsafe->set($unsafe->get() + 1);
            $lock->unlock();
        }
    }))->start();
}
foreach ($children as $_) Process::wait();
var_dump($count->get(), $long->get() === -2000 * (1 << 33), $unsafe->get());

echo "-- wait and wakeup\n";
$bell = new Atomic;
$waiter = new Process(function ($process) use ($bell) { $process->write('up'); $process->exit((int) $bell->wait(10)); });
$waiter->start();
$waiter->read();
var_dump($bell->wakeup(), Process::wait()['code'], $bell->get());

echo "-- a holder that dies\n";
$holder = new Process(function ($process) use ($lock) { $lock->lock(); $process->write('has it'); sleep(100); });
$holder->start();
echo $holder->read(), "\n";
var_dump($lock->lock(LOCK_EX, 0.01), $lock->errCode === SOCKET_ETIMEDOUT, $lock->unlock());
Process::kill($holder->pid, SIGKILL);
var_dump($lock->lock(LOCK_EX, 10), $lock->unlock());
Process::wait();

echo "-- readers\n";
$readers = new Lock(SWOOLE_RWLOCK);
$readers->lock(LOCK_SH);
$reader = new Process(function ($process) use ($readers) {
    $process->write(json_encode([$readers->lock(LOCK_SH | LOCK_NB), $readers->unlock(), $readers->lock(LOCK_EX | LOCK_NB)]));
});
$reader->start();
echo $reader->read(), "\n";
Process::wait();

echo "-- coroutines of two processes\n";
$shared = new Coroutine\Lock(true);
$free = new Atomic;
$child = new Process(function ($process) use ($shared, $free) {
    $shared->lock();
    $process->write('has it');
    Coroutine::sleep(0.02);
    $free->set(1);
    $shared->unlock();
}, false, 1, true);
$child->start();
$child->read();
Coroutine\run(function () use ($shared, $free) {
    go(function () { echo "meanwhile\n"; });
    var_dump($shared->lock(LOCK_EX | LOCK_NB), $shared->lock(), $free->get(), $shared->unlock());
});
Process::wait();
?>
--EXPECT--
int(2000)
bool(true)
int(2000)
-- wait and wakeup
bool(true)
int(1)
int(0)
-- a holder that dies
has it
bool(false)
bool(true)
bool(false)
bool(true)
bool(true)
-- readers
[true,true,false]
-- coroutines of two processes
meanwhile
bool(false)
bool(true)
int(1)
bool(true)
