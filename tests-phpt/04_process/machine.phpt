--TEST--
Process: CPUs, priorities, names, the background
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Process;

$all = Process::getAffinity();
var_dump(count($all) >= 1, Process::setAffinity([$all[0]]), Process::getAffinity() === [$all[0]]);
Process::setAffinity($all);

$child = new Process(function (Process $process) {
    $process->name('a child of the test');
    $process->write('up');
    sleep(100);
}, false, 1);
$child->start();
$child->read();
var_dump(trim(file_get_contents("/proc/$child->pid/cmdline"), "\0") === 'a child of the test');
var_dump($child->getPriority(PRIO_PROCESS), $child->setPriority(PRIO_PROCESS, 5), $child->getPriority(PRIO_PROCESS));
var_dump($child->getPriority(PRIO_PROCESS, getmypid()));
Process::kill($child->pid, SIGKILL);
Process::wait();
var_dump($child->getPriority(PRIO_PROCESS));

// A daemon has another parent and another pid; its coroutines find a loop.
[$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$starter = new Process(function () use ($theirs) {
    $before = getmypid();
    Process::daemon();
    Swoole\Coroutine\run(fn() => Swoole\Coroutine::sleep(0.001));
    fwrite($theirs, getmypid() === $before ? "the same\n" : "another process\n");
});
$starter->start();
Process::wait();
echo fgets($ours);
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
bool(true)
int(%i)
bool(true)
int(5)
int(%i)
bool(false)
another process
