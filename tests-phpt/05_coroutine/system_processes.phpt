--TEST--
System::wait(), waitPid() and waitSignal(): ends of children and signals, with timeouts
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\System;

function child(string $code): array {
    $process = proc_open(['sh', '-c', "read line; $code"], [['pipe', 'r']], $pipes);
    return [proc_get_status($process)['pid'], $process, $pipes[0]];
}
$GLOBALS['kept'] = [];
Swoole\Coroutine\run(function () {
    var_dump(System::wait(), swoole_last_error() === 10);

    [$pid, $kept[], $stdin] = child('exit 7');
    var_dump(System::waitPid($pid, 0.01), swoole_strerror(swoole_last_error()));
    go(fn() => fclose($stdin));
    $end = System::waitPid($pid, 10);
    var_dump($end['pid'] === $pid);
    unset($end['pid']);
    echo json_encode($end), "\n";

    // A command of exec() is not taken by whoever waits for any child.
    [$pid, $kept[], $stdin] = child('kill -TERM $$; sleep 9');
    $waiting = go(function () use ($pid) {
        $end = System::wait(10);
        var_dump($end['pid'] === $pid, $end['signal']);
    });
    echo json_encode(System::exec('echo between')), "\n";
    fclose($stdin);
    Co::join([$waiting]);

    $own = getmypid();
    go(function () use ($own) {
        Co::sleep(0.005);
        System::exec("kill -USR1 $own; kill -USR2 $own");
    });
    $both = [go(fn() => var_dump(System::waitSignal(SIGUSR1, 10) === SIGUSR1))];
    $both[] = go(fn() => var_dump(System::waitSignal([SIGUSR2, SIGHUP]) === SIGUSR2));
    Co::join($both);
    var_dump(System::waitSignal(SIGUSR1, 0.005), Co::waitSignal(999), System::waitSignal(SIGKILL), System::waitPid(0));
});
?>
--EXPECTF--
bool(false)
bool(true)
bool(false)
string(18) "Coroutine timedout"
bool(true)
{"code":7,"signal":0}
{"code":0,"signal":0,"output":"between\n"}
bool(true)
int(15)
bool(true)
bool(true)

Warning: Swoole\Coroutine::waitSignal(): invalid signal number in %s on line %d

Warning: Swoole\Coroutine\System::waitSignal(): invalid signal number in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
