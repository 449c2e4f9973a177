--TEST--
A coroutine that a server's end finds waiting is named in the log, with where it waits and the way out
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
function wait_for_nobody() { Co::yield(); }
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['max_wait_time' => 1]);
$server->on('message', function ($server, $frame) {
    go('wait_for_nobody');
    $server->push($frame->fd, 'leaked');
});
PHP);
$client = $server->websocket();
$client->text('hi');
echo $client->receive(), "\n";
echo $server->stop(), "\n";
preg_match('/Coroutine-\d+ still.*?nobody\(\)/s', $server->output(), $found);
echo $found[0] ?? $server->output(), "\n";
?>
--EXPECTF--
leaked
0
Coroutine-%d still waits for Coroutine::resume() and ends with the server; give its wait a timeout, or wake it in onWorkerExit
#0 %s(%d): Swoole\Coroutine::yield()
#1 [internal function]: wait_for_nobody()
