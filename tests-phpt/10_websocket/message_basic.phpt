--TEST--
onMessage gets a Frame with fd, data, opcode, flags and finish; push answers
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function (Swoole\WebSocket\Server $server, Swoole\WebSocket\Frame $frame) {
    var_dump($server->push($frame->fd, json_encode([$frame->fd, strlen($frame->data), $frame->opcode, $frame->flags, $frame->finish])));
});
PHP);
$client = $server->websocket();
foreach ([[1, ''], [1, 'x'], [1, 'hello'], [2, str_repeat("\xff", 125)], [2, str_repeat('a', 126)], [1, str_repeat('b', 65535)], [2, str_repeat('c', 65536)]] as [$opcode, $payload]) {
    $client->send(frame($opcode, $payload));
    echo $client->receive(), "\n";
}
echo $server->stop(), "\n";
echo $server->output();
?>
--EXPECT--
[1,0,1,33,true]
[1,1,1,33,true]
[1,5,1,33,true]
[1,125,2,33,true]
[1,126,2,33,true]
[1,65535,1,33,true]
[1,65536,2,33,true]
0
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
