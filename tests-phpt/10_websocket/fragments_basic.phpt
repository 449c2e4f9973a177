--TEST--
Fragments become one message; control frames between them are answered; pushes may be fragmented
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    $server->push($frame->fd, "$frame->opcode|$frame->data|", WEBSOCKET_OPCODE_TEXT, false);
    $server->push($frame->fd, 'middle|', WEBSOCKET_OPCODE_CONTINUATION, 0);
    $server->push($frame->fd, 'end', WEBSOCKET_OPCODE_CONTINUATION, true);
});
PHP);
$client = $server->websocket();
$client->send(frame(1, 'one,', fin: false) . frame(9, 'p1') . frame(0, '', fin: false) . frame(0, 'two', fin: false) . frame(10, 'unasked') . frame(0, ',three'));
for ($i = 0; $i < 4; $i++) {
    $frame = $client->frame();
    echo $frame['opcode'], ' ', $frame['fin'] ? 'fin' : '...', ' ', $frame['payload'], "\n";
}
$server->stop();
echo $server->output();
?>
--EXPECT--
10 fin p1
1 ... 1|one,two,three|
0 ... middle|
0 fin end
