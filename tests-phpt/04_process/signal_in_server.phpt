--TEST--
Process::signal() in a server: callbacks run in its loop, its own signals stay its own, and it stops all the same
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['max_wait_time' => 60]);
$server->on('message', fn() => 1);
$server->on('workerStart', function () {
    var_dump(@Swoole\Process::signal(SIGTERM, fn() => print("never\n")));
    Swoole\Process::signal(SIGALRM, function () { echo 'in coroutine ', Co::getCid() > 0 ? 'yes' : 'no', "\n"; });
    echo 'listening ' . getmypid() . "\n";
});
PHP);
wait_until(function () use ($server, &$match) { return preg_match('/listening (\d+)\n/', $server->output(), $match); }, 'its pid');
exec("kill -ALRM $match[1]");
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
