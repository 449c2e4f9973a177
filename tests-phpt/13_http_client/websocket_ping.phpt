--TEST--
Pings are answered and hidden, pongs hidden unless the script pushed the ping; the options show both
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;
use Swoole\WebSocket\Frame;

$peer = peer(<<<'PHP'
function (Connection $connection) {
    $connection->accept();
    $connection->text('are you there?', 9);
    $connection->text('unasked', 10);
    $connection->text('after both');
    // Tells what it gets, and answers pings.
    while ($frame = $connection->frame()) {
        if ($frame['opcode'] === 9) {
            $connection->text($frame['payload'], 10);
        }
        $connection->text("got $frame[opcode] $frame[payload]");
    }
}
PHP);
Swoole\Coroutine\run(function () use ($peer) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    $client->set(['timeout' => 5]);
    $client->upgrade('/');
    var_dump($client->recv()->data, $client->recv()->data);
    var_dump($client->ping('by method'), $client->recv()->data);
    $ping = new Frame;
    $ping->opcode = WEBSOCKET_OPCODE_PING;
    $ping->data = 'by frame';
    $client->push($ping);
    $pong = $client->recv();
    var_dump($pong->opcode === WEBSOCKET_OPCODE_PONG, $pong->data, $client->recv()->data);
    $client->close();

    $client = new HttpClient('127.0.0.1', $peer->port);
    $client->set(['timeout' => 5, 'open_websocket_ping_frame' => true, 'open_websocket_pong_frame' => true]);
    $client->upgrade('/');
    for ($i = 0; $i < 3; $i++) {
        $frame = $client->recv();
        echo "$frame->opcode $frame->data\n";
    }
    // Shown pings are the script's to answer.
    $client->push('mine', SWOOLE_WEBSOCKET_OPCODE_PONG);
    var_dump($client->recv()->data);
});
?>
--EXPECT--
string(10) "after both"
string(21) "got 10 are you there?"
bool(true)
string(15) "got 9 by method"
bool(true)
string(8) "by frame"
string(14) "got 9 by frame"
9 are you there?
10 unasked
1 after both
string(11) "got 10 mine"
