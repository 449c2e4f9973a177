--TEST--
Process::signal() in a server: callbacks run in its loop, its own signals stay its own, and it stops all the same
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->set(['max_wait_time' => 60]);
$server->on('message', fn() => 1);
$server->on('workerStart', function () {
    var_dump(@Swoole\Process::signal(SIGTERM, fn() => print("never\n")));
    Swoole\Process::signal(SIGALRM, function () { echo 'in coroutine ', Co::getCid() > 0 ? 'yes' : 'no', "\n"; });
    echo "listening\n";
});
PHP);
$server->expect('listening');
$server->signal(SIGALRM);
$server->expect('in coroutine yes');
$start = hrtime(true);
echo $server->stop(), "\n";
var_dump(hrtime(true) - $start < 30e9);
preg_match('/bool.*$/m', $server->output(), $refused);
echo $refused[0], "\n";
?>
--EXPECT--
0
bool(true)
bool(false)
