--TEST--
reload_async off: a worker that is replaced does not wait for its timers
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'enable_coroutine' => false, 'reload_async' => false, 'max_wait_time' => 60]);
$server->on('workerStart', function ($server, $id) {
    Swoole\Timer::tick(60_000, fn () => null);
    echo "start\n";
});
$server->on('workerExit', function () { echo "waits\n"; });
$server->on('workerStop', function () { echo "stop\n"; });
$server->on('message', fn () => null);
PHP);
$count = fn (string $line) => substr_count($server->output(), "$line\n");
wait_until(fn () => $count('start') === 2, 'two workers');
$server->signal(SIGUSR1);
wait_until(fn () => $count('start') === 4, 'two successors', fn () => $server->output());
$server->stop();
var_dump($count('stop'), $count('waits'));
?>
--EXPECT--
int(4)
int(0)
