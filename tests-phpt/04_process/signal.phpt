--TEST--
Process::signal() runs callbacks in the loop, alarm() rings, null gives the signal back
--EXTENSIONS--
swoole
--INI--
report_memleaks=0
--FILE--
<?php
use Swoole\{Coroutine, Event, Process};

echo "-- outside of a coroutine\n";
var_dump(Process::signal(SIGUSR1, function (int $signal) {
    echo "signal $signal in coroutine ", Coroutine::getCid() > 0 ? 'yes' : 'no', "\n";
    Coroutine::sleep(0.001);
    echo "removed: ";
    var_dump(Process::signal(SIGUSR1));
}));
Process::kill(getmypid(), SIGUSR1);
echo "not at once\n";
Event::wait();

echo "-- alarm\n";
Process::signal(SIGALRM, function () {
    static $count = 0;
    if (++$count === 3) {
        echo "three alarms\n";
        Process::alarm(-1);
        Process::signal(SIGALRM, null);
    }
});
var_dump(Process::alarm(2000));
Event::wait();

echo "-- replaced, two at a time, in coroutines\n";
Coroutine\run(function () {
    Process::signal(SIGUSR1, fn() => print("replaced\n"));
    Process::signal(SIGUSR1, function () { echo "usr1\n"; Process::signal(SIGUSR1, null); });
    Process::signal(SIGUSR2, function () {
        echo "usr2\n";
        Process::signal(SIGUSR2, null);
        Process::kill(getmypid(), SIGUSR1);
    });
    Process::kill(getmypid(), SIGUSR2);
});

echo "-- a child does not inherit them\n";
Process::signal(SIGTERM, fn() => print("the parent's\n"));
$child = new Process(function ($process) { $process->write('up'); sleep(10); });
$child->start();
$child->read();
Process::kill($child->pid);
var_dump(Process::wait()['signal'] === SIGTERM);
$child = new Process(function ($process) {
    Process::signal(SIGTERM, function () use ($process) { $process->write('heard'); Process::signal(SIGTERM, null); });
    $process->write('up');
});
$child->start();
echo $child->read(), ' ';
Process::kill($child->pid);
echo $child->read(), "\n";
var_dump(Process::wait()['signal']);
Process::signal(SIGTERM, null);

var_dump(Process::signal(SIGUSR1, null), Process::signal(999, fn() => 1), Process::signal(SIGKILL, fn() => 1));
?>
--EXPECTF--
-- outside of a coroutine
bool(true)
not at once
signal 10 in coroutine yes
removed: bool(true)
-- alarm
bool(true)
three alarms
-- replaced, two at a time, in coroutines
usr2
usr1
-- a child does not inherit them
bool(true)
up heard
int(0)

Warning: Swoole\Process::signal(): unable to find the callback of signal [10] in %s on line %d

Warning: Swoole\Process::signal(): invalid signal number [999] in %s on line %d

Warning: Swoole\Process::signal(): sigaction() failed, Error: Invalid argument[22] in %s on line %d
bool(false)
bool(false)
bool(false)
