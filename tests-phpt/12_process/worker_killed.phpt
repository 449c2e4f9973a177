--TEST--
kill -9 of a worker: it is forked again, the others' clients notice nothing, onWorkerError tells
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->set(['worker_num' => 2]);
$server->on('workerStart', function ($server, $id) { echo "started $id\n"; });
$server->on('workerError', function ($server, $id, $pid, $code, $signal) { echo "error $code $signal\n"; });
$server->on('open', function ($server, $request) { $server->push($request->fd, $server->worker_id . ' ' . getmypid()); });
$server->on('message', function ($server, $frame) { $server->push($frame->fd, $frame->data . ' ' . getmypid()); });
PHP);
$server->expect('started 0');
$server->expect('started 1');
$by = [];
while (count($by) < 2) {
    $client = $server->websocket();
    [$id, $pid] = explode(' ', $client->receive());
    $by[$id] = [$client, $pid];
}
[[$victim, $pid], [$other, $alive]] = [$by[0], $by[1]];
exec("kill -9 $pid");
var_dump($victim->closed());
$server->expect('error 0 9');
wait_until(fn () => substr_count($server->output(), 'started 0') === 2, 'the new worker');
$other->text('still there');
var_dump($other->receive() === "still there $alive");
$served = false;
for ($i = 0; $i < 100 && !$served; $i++) {
    [$id, $new] = explode(' ', $server->websocket()->receive());
    $served = $id === '0' && $new !== $pid;
}
var_dump($served);
echo $server->stop(), "\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
0
