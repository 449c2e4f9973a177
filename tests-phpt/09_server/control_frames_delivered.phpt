--TEST--
Control frames reach onMessage where the options ask for them, and compressed messages say so
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(SETTINGS);
$server->on('message', function ($server, $frame) {
    echo get_class($frame), " opcode {$frame->opcode} flags {$frame->flags} finish ", json_encode($frame->finish), " '{$frame->data}'",
        $frame instanceof Swoole\WebSocket\CloseFrame ? " code {$frame->code} reason '{$frame->reason}'" : '', "\n";
    if ($frame->opcode === WEBSOCKET_OPCODE_TEXT) {
        $server->push($frame->fd, 'ok');
    }
});
$server->on('close', function ($server, $fd, $reactor) { echo "close $fd by $reactor\n"; });
PHP;
foreach (["['websocket_compression' => true]", "['open_websocket_ping_frame' => true, 'open_websocket_pong_frame' => true, 'open_websocket_close_frame' => true]"] as $settings) {
    echo "--- $settings\n";
    $server = new ServerProcess(str_replace('SETTINGS', $settings, $code));
    foreach ([pack('n', 4000) . 'bye', ''] as $i => $payload) {
        $client = $server->websocket();
        $client->send(frame(9, 'are you there') . frame(10, 'unasked') . frame(1, 'text'));
        $frame = $client->frame();
        echo "client: {$frame['opcode']} '{$frame['payload']}'\n";
        if ($frame['opcode'] === 10) {
            echo "client: {$client->receive()}\n";
        }
        $client->send(frame(8, $payload));
        var_dump($client->close(), $client->closed());
        $server->expect('close ' . $i + 1 . ' by');
    }
    $client = $server->websocket('/', ['Sec-WebSocket-Extensions' => 'permessage-deflate; client_no_context_takeover; server_no_context_takeover']);
    if (str_contains($settings, 'compression')) {
        $client->send(frame(1, deflated('hello hello'), true, 4));
        $client->receive();
        $client->send(frame(2, 'plain'));
        $server->expect("'plain'");
    }
    $server->stop();
    echo $server->output();
}

/** RFC 7692, 7.2.1: raw deflate, flushed, without the final 00 00 ff ff. */
function deflated(string $text): string
{
    // A stored block: no zlib needed. BFINAL 0, BTYPE 00, LEN, NLEN; then the empty block, of which one byte stays.
    return "\0" . pack('vv', strlen($text), ~strlen($text) & 0xffff) . $text . "\0";
}
?>
--EXPECT--
--- ['websocket_compression' => true]
client: 10 'are you there'
client: ok
string(5) "4000 "
bool(true)
client: 10 'are you there'
client: ok
string(0) ""
bool(true)
Swoole\WebSocket\Frame opcode 1 flags 33 finish true 'text'
close 1 by 0
Swoole\WebSocket\Frame opcode 1 flags 33 finish true 'text'
close 2 by 0
Swoole\WebSocket\Frame opcode 1 flags 39 finish true 'hello hello'
Swoole\WebSocket\Frame opcode 2 flags 33 finish true 'plain'
close 3 by -1
--- ['open_websocket_ping_frame' => true, 'open_websocket_pong_frame' => true, 'open_websocket_close_frame' => true]
client: 1 'ok'
string(5) "4000 "
bool(true)
client: 1 'ok'
string(0) ""
bool(true)
Swoole\WebSocket\Frame opcode 9 flags 33 finish true 'are you there'
Swoole\WebSocket\Frame opcode 10 flags 33 finish true 'unasked'
Swoole\WebSocket\Frame opcode 1 flags 33 finish true 'text'
Swoole\WebSocket\CloseFrame opcode 8 flags 33 finish true '' code 4000 reason 'bye'
close 1 by 0
Swoole\WebSocket\Frame opcode 9 flags 33 finish true 'are you there'
Swoole\WebSocket\Frame opcode 10 flags 33 finish true 'unasked'
Swoole\WebSocket\Frame opcode 1 flags 33 finish true 'text'
Swoole\WebSocket\CloseFrame opcode 8 flags 33 finish true '' code 1000 reason ''
close 2 by 0
close 3 by -1
