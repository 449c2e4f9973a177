--TEST--
exit() in a server's callback: caught it changes nothing, uncaught it ends the worker with its status
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->on('workerError', function ($server, $id, $pid, $code, $signal) { echo "worker error $code $signal\n"; });
$server->on('message', function ($server, $frame) {
    try {
        exit($frame->data === 'leave' ? 3 : $frame->data);
    } catch (Swoole\ExitException $e) {
        if ($e->getStatus() === 3) throw $e;
        $server->push($frame->fd, $e->getFlags() . ' ' . $e->getStatus());
    }
});
PHP;
$server = new ServerProcess($code);
$client = $server->websocket();
$client->text('caught');
echo $client->receive(), "\n";
$client->text('leave');
echo $server->stop(0), "\n";

$server = new ServerProcess($code . "\n\$server->set(['worker_num' => 2]);");
$client = $server->websocket();
$client->text('leave');
$client->rest();
$server->expect('worker error 3 0');
$client = $server->websocket();
$client->text('the next');
echo $client->receive(), "\n";
echo $server->stop(), "\n";
?>
--EXPECT--
6 caught
3
6 the next
0
