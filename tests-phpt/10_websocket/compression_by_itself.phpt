--TEST--
websocket_compression: whole messages above the threshold are compressed for clients that negotiated it, without a flag
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_compression' => true]);
$server->on('message', function ($server, $frame) {
    var_dump($frame->flags);
    $server->push($frame->fd, str_repeat('compress me ', 100));
    $server->push($frame->fd, 'short');
    $server->push($frame->fd, str_repeat('fragment', 20), WEBSOCKET_OPCODE_TEXT, 0);
    $server->push($frame->fd, 'end', WEBSOCKET_OPCODE_CONTINUATION);
    $server->push($frame->fd, str_repeat('asked for ', 100), WEBSOCKET_OPCODE_BINARY, SWOOLE_WEBSOCKET_FLAG_FIN | SWOOLE_WEBSOCKET_FLAG_COMPRESS);
});
PHP);
$show = function (Client $client): void {
    for ($i = 0; $i < 5; $i++) {
        $frame = $client->frame();
        $text = $frame['rsv'] === 4 ? gzinflate($frame['payload'] . "\0\0\xff\xff\x03\0") : $frame['payload'];
        echo $frame['rsv'] === 4 ? 'compressed ' : 'plain ', strlen($frame['payload']) < strlen($text) ? 'smaller ' : 'same ', strlen($text), "\n";
    }
};
$client = $server->websocket('/', ['Sec-WebSocket-Extensions' => 'permessage-deflate; client_max_window_bits']);
$client->send(frame(1, substr(gzdeflate('hello'), 0), rsv: 4));
$show($client);
echo "without\n";
$client = $server->websocket();
$client->text('hello');
$show($client);
$server->stop();
echo $server->output();
?>
--EXPECT--
compressed smaller 1200
plain same 5
plain same 160
plain same 3
compressed smaller 1000
without
plain same 1200
plain same 5
plain same 160
plain same 3
plain same 1000
int(39)
int(33)
