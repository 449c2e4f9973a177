--TEST--
Ends of a conversation: by the peer, by us, without a word, shown as a CloseFrame
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;
use Swoole\WebSocket\CloseFrame;

// What the path asks for; at the end it prints what it got.
$peer = peer(<<<'PHP'
function (Connection $connection) {
    $request = $connection->accept();
    $path = explode(' ', $request['line'])[1];
    match ($path) {
        '/close' => $connection->text(pack('n', 4001) . 'enough', 8),
        '/empty' => $connection->text('', 8),
        '/end' => $connection->end(),
        '/last' => $connection->send(frame(1, 'last words', true, 0, false) . frame(8, pack('n', 1001), true, 0, false)),
        '/wait' => null,
    };
    if ($path === '/end') {
        return;
    }
    $frame = $connection->frame();
    if ($path === '/wait' && $frame) {
        $connection->text($frame['payload'], 8);
    }
    echo "$path: ", $frame ? "$frame[opcode] " . json_encode(bin2hex($frame['payload'])) : 'nothing', ' ', json_encode(bin2hex($connection->rest())), "\n";
    $connection->end();
}
PHP);
Swoole\Coroutine\run(function () use ($peer) {
    $open = function (string $path, array $settings = []) use ($peer) {
        $client = new HttpClient('127.0.0.1', $peer->port);
        $client->set($settings + ['timeout' => 5]);
        $client->upgrade($path);
        return $client;
    };
    foreach (['/close', '/empty', '/end'] as $path) {
        $client = $open($path);
        var_dump($client->recv(), $client->connected, $client->errCode, $client->recv(), $client->errCode);
    }
    $client = $open('/last');
    var_dump($client->recv()->data, $client->recv(), $client->connected);

    $client = $open('/close', ['open_websocket_close_frame' => true]);
    $frame = $client->recv();
    var_dump($frame instanceof CloseFrame, $frame->code, $frame->reason, $client->recv(), $client->connected);
    $client = $open('/empty', ['open_websocket_close_frame' => true]);
    $frame = $client->recv();
    var_dump($frame->code, $frame->reason, $client->push('too late'), $client->errCode, $client->recv());

    $client = $open('/wait');
    $start = microtime(true);
    var_dump($client->disconnect(SWOOLE_WEBSOCKET_CLOSE_GOING_AWAY, 'off'), microtime(true) - $start < 1.5);
    $client = $open('/wait');
    $close = new CloseFrame;
    $close->code = 4002;
    $close->reason = 'frame';
    var_dump($client->push($close), $client->push('more'), $client->recv(), $client->connected);
    $client = $open('/wait');
    var_dump($client->disconnect(1005), $client->disconnect(1000, str_repeat('x', 124)), $client->errCode, $client->connected);
    $client->close();
    $peer->expect("/wait: nothing");
});
echo $peer->output();
?>
--EXPECTF--
string(0) ""
bool(false)
int(0)
bool(false)
int(5001)
string(0) ""
bool(false)
int(0)
bool(false)
int(5001)
string(0) ""
bool(false)
int(0)
bool(false)
int(5001)
string(10) "last words"
string(0) ""
bool(false)
bool(true)
int(4001)
string(6) "enough"
string(0) ""
bool(false)
int(1000)
string(0) ""
bool(false)
int(5001)
string(0) ""
bool(true)
bool(true)
bool(true)
bool(false)
string(0) ""
bool(false)

Warning: Swoole\Coroutine\Http\Client::disconnect(): close code 1005 may not be sent in %s on line %d

Warning: Swoole\Coroutine\Http\Client::disconnect(): the max length of close reason is 123 in %s on line %d
bool(false)
bool(false)
int(8505)
bool(true)
/close: 8 "0fa1" ""
/empty: 8 "" ""
/last: 8 "03e9" ""
/close: 8 "0fa1" ""
/empty: 8 "" ""
/wait: 8 "03e96f6666" ""
/wait: 8 "0fa26672616d65" ""
/wait: nothing ""
