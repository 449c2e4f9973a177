--TEST--
Process: a child begins with a coroutine world of its own, and so do its ends
--EXTENSIONS--
swoole
--INI--
report_memleaks=0
--FILE--
<?php
use Swoole\{Coroutine, Event, Process, Timer};

function outcome(callable $callback, bool $coroutine = false): string
{
    $process = new Process($callback, true, 1, $coroutine);
    $process->start();
    for ($output = ''; ($more = $process->read()) !== ''; ) {
        $output .= $more;
    }
    return trim($output) . ' => ' . Process::wait()['code'] . "\n";
}

Coroutine::set(['enable_deadlock_check' => false]);
// The parent has had a loop, and still has a timer and a coroutine that waits.
Coroutine\run(function () { Coroutine::sleep(0.001); swoole_test_kernel_coroutine(2, 0.001); });
$waiting = go(function () { try { Coroutine::yield(); } finally { echo "the parent's coroutine ends\n"; } });
Timer::after(2, function () { echo "the parent's timer\n"; });

echo outcome(function () {
    Coroutine\run(function () {
        echo 'cid ', Coroutine::getCid(), ', ', Timer::stats()['num'], ' timers, ';
        swoole_test_kernel_coroutine(2, 0.001);
        Coroutine::sleep(0.001);
        echo 'a loop of its own';
    });
});
echo outcome(function () {
    go(function () { Coroutine::sleep(0.005); echo 'later'; });
    Timer::after(1, function () { echo 'soon '; });
});
echo outcome(function (Process $process) {
    Coroutine::sleep(0.001);
    echo 'in coroutine ', Coroutine::getCid();
}, true);
echo outcome(function (Process $process) { Coroutine::sleep(0.001); $process->exit(5); }, true);
echo outcome(function (Process $process) { Coroutine::sleep(0.001); exit(6); }, true);
echo outcome(fn() => exit(7));
echo outcome(fn(Process $process) => $process->exit(8));
try {
    echo preg_replace('/^.*?(Uncaught \w+: \w+).* => /s', '$1 => ', outcome(function () { throw new RuntimeException('oops'); }));
} catch (RuntimeException) {
    echo "the child runs the parent's code\n";
}
echo preg_replace('/^.*?(Uncaught \w+: \w+).* => /s', '$1 => ', outcome(function () { Coroutine::sleep(0.001); throw new LogicException('late'); }, true));
echo outcome(function () { set_exception_handler(function ($e) { echo 'handled ', $e->getMessage(); }); throw new Exception('it'); });

// A child within a child.
echo outcome(function () {
    $child = new Process(function (Process $process) { $process->write('grandchild'); });
    $child->start();
    echo $child->read(), ' ', Process::wait()['code'];
});
$report = outcome(function () {
    Coroutine::set(['enable_deadlock_check' => true]);
    go(function () { try { Coroutine::yield(); } finally { echo 'finally'; } });
});
echo substr_count($report, 'deadlock!'), ' deadlock, ', substr_count($report, 'finally'), " finally\n";
Event::wait();
Coroutine::resume($waiting);
?>
--EXPECT--
cid 1, 0 timers, a loop of its own => 0
soon later => 0
in coroutine 1 => 0
 => 5
 => 6
 => 7
 => 8
Uncaught RuntimeException: oops => 255
Uncaught LogicException: late => 255
handled it => 255
grandchild 0 => 0
1 deadlock, 1 finally
the parent's timer
the parent's coroutine ends
