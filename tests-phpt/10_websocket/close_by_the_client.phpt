--TEST--
A client's Close is answered with the same code; onClose follows once, last, with a reactor id >= 0
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('open', function ($server, $request) { echo "open $request->fd\n"; });
$server->on('message', function ($server, $frame) { echo "message $frame->fd $frame->data\n"; });
$server->on('close', function ($server, $fd, $reactor) {
    echo "close $fd ", $reactor >= 0 ? 'client' : 'server', ' ', json_encode([$server->isEstablished($fd), $server->exist($fd)]), "\n";
});
PHP);
foreach (['', pack('n', 1000), pack('n', 1001) . 'bye', pack('n', 3000), pack('n', 4999) . str_repeat('r', 123)] as $i => $body) {
    $client = $server->websocket();
    $client->text("m$i");
    $client->send(frame(8, $body));
    $answer = $client->frame();
    // The code comes back; the reason is the client's own and need not.
    var_dump($answer['opcode'] === 8 && $answer['payload'] === substr($body, 0, 2) && !$answer['masked'] && $client->closed());
    $server->expect('close ' . ($i + 1));
}
// Vanishes without a word.
$client = $server->websocket();
$client->end();
$server->expect('close 6');
$server->stop();
echo $server->output();
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
open 1
message 1 m0
close 1 client [false,false]
open 2
message 2 m1
close 2 client [false,false]
open 3
message 3 m2
close 3 client [false,false]
open 4
message 4 m3
close 4 client [false,false]
open 5
message 5 m4
close 5 client [false,false]
open 6
close 6 client [false,false]
