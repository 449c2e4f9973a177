--TEST--
An uncaught exception: one process closes that connection with 1011 and lives on; with workers the worker ends with 255 (weakness 50)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->on('workerError', function ($server, $id, $pid, $code, $signal) { echo "worker error $code $signal\n"; });
$server->on('message', function ($server, $frame) {
    if ($frame->data === 'throw') {
        throw new RuntimeException('boom');
    }
    $server->push($frame->fd, $frame->data);
});
$server->on('close', function ($server, $fd) { echo "closed $fd\n"; });
PHP;
$server = new ServerProcess($code);
$other = $server->websocket();
$client = $server->websocket();
$client->text('throw');
echo substr((string) $client->close(), 0, 4), "\n";
$client->send(frame(8, pack('n', 1011)));
$other->text('alive');
echo $other->receive(), "\n";
$server->expect('closed 2');
echo $server->stop(), "\n";
var_dump(preg_match('/Fatal error: +Uncaught RuntimeException: boom/', $server->output()) === 1);

$server = new ServerProcess($code . "\n\$server->set(['worker_num' => 2]);");
$client = $server->websocket();
$client->text('throw');
$client->rest();
$server->expect('worker error 255 0');
$client = $server->websocket();
$client->text('alive');
echo $client->receive(), "\n";
echo $server->stop(), "\n";
?>
--EXPECT--
1011
alive
0
bool(true)
alive
0
