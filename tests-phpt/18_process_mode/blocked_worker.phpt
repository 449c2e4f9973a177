--TEST--
SWOOLE_PROCESS: a worker that blocks delays its own answers only; pongs and closing handshakes go on
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$go = tempnam(sys_get_temp_dir(), 'srs');
unlink($go);
$server = new ServerProcess("\$go = '$go';" . <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 1, 'reactor_num' => 1]);
$server->on('message', function ($server, $frame) use ($go) {
    echo "blocked\n";
    // Until the test says so.
    while (!is_file($go)) {
        clearstatcache();
        usleep(1000);
    }
    $server->push($frame->fd, 'done');
});
$server->on('close', function ($server, $fd) { echo "close $fd\n"; });
PHP);
$client = $server->websocket();
$other = $server->websocket();
$client->text('block');
$server->expect('blocked');
$client->send(frame(9, 'are you there?'));
var_dump($client->frame()['payload']);
$other->send(frame(8, pack('n', 1000)));
var_dump($other->close(), $other->closed());
touch($go);
var_dump($client->receive());
$server->expect('close 2');
unlink($go);
var_dump($server->stop());
?>
--EXPECT--
string(14) "are you there?"
string(5) "1000 "
bool(true)
string(4) "done"
int(0)
