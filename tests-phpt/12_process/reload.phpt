--TEST--
reload: clients get Close 1012, onClose runs, workers are new, the server goes on
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->set(['worker_num' => 2, 'log_level' => SWOOLE_LOG_NONE]);
foreach (['beforeReload', 'afterReload', 'managerStart', 'managerStop'] as $event) {
    $server->on($event, function () use ($event) { echo "$event\n"; });
}
$server->on('open', function ($server, $request) { $server->push($request->fd, (string) getmypid()); });
$server->on('message', function ($server, $frame) { $server->reload(); });
$server->on('close', function ($server, $fd, $reactor) { echo "close $reactor\n"; });
PHP);
foreach ([10, 'method'] as $how) {
    $client = $server->websocket();
    $pid = $client->receive();
    $how === 'method' ? $client->text('reload') : $server->signal($how);
    echo substr($client->close(), 0, 4), "\n";
    $client->send(frame(8, pack('n', 1012)));
    $n = $how === 'method' ? 2 : 1;
    wait_until(fn () => substr_count($server->output(), 'afterReload') === $n, 'the end of the reload');
    var_dump($server->websocket()->receive() !== $pid);
}
$server->stop();
echo implode(' ', array_unique(preg_grep('/^(close -1|\D+)$/', explode("\n", trim($server->output()))))), "\n";
?>
--EXPECT--
1012
bool(true)
1012
bool(true)
managerStart beforeReload close -1 afterReload managerStop
