--TEST--
stop() replaces one worker, this one or another; without a manager it ends the server
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->on('open', function ($server, $request) { $server->push($request->fd, $server->worker_id); });
$server->on('message', function ($server, $frame) {
    echo json_encode(@$server->stop((int) $frame->data)), ' ', $frame->data === '9' ? swoole_last_error() : '', "\n";
});
$server->on('workerStart', function ($server, $id) { echo "start $id\n"; });
$server->on('workerStop', function ($server, $id) { echo "stop $id\n"; });
PHP;
$server = new ServerProcess($code . '$server->set(["worker_num" => 2]);');
$clients = [];
while (count($clients) < 2) {
    $client = $server->websocket();
    $clients[$client->receive()] ??= $client;
}
// The other one.
$clients[0]->text('1');
echo substr($clients[1]->close(), 0, 4), "\n";
$clients[1]->send(frame(8, pack('n', 1012)));
wait_until(fn () => substr_count($server->output(), 'start 1') === 2, 'the successor of 1');
// Itself.
$clients[0]->text('9');
$server->expect('false 505');
$clients[0]->text('-1');
echo substr($clients[0]->close(), 0, 4), "\n";
$clients[0]->send(frame(8, pack('n', 1012)));
wait_until(fn () => substr_count($server->output(), 'start 0') === 2, 'the successor of 0');
echo $server->websocket()->receive() !== '' ? "serves\n" : '';
echo $server->stop(), "\n";

$server = new ServerProcess($code, 'echo "after start\n";');
$client = $server->websocket();
$client->receive();
$client->text('-1');
echo substr($client->close(), 0, 4), "\n";
$client->send(frame(8, pack('n', 1001)));
echo $server->stop(0), "\n", $server->output();
?>
--EXPECT--
1012
1012
serves
0
1001
0
start 0
true 
stop 0
after start
