--TEST--
close() wakes a push that waits for a peer that does not read
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine;
use Swoole\Coroutine\Http\Client as HttpClient;

$peer = peer(<<<'PHP'
function (Connection $connection) {
    static $kept = [];
    $connection->accept();
    // Not a byte more is read from it, and it stays open.
    $kept[] = $connection;
}
PHP);
Coroutine\run(function () use ($peer) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    $client->upgrade('/');
    $done = new Coroutine\Channel(1);
    $cid = go(function () use ($client, $done) {
        // More than any socket takes.
        var_dump($client->push(str_repeat('x', 50000000), SWOOLE_WEBSOCKET_OPCODE_BINARY), $client->errCode, $client->connected);
        $done->push(true);
    });
    var_dump(Coroutine::exists($cid), $client->close());
    var_dump($done->pop(20));

    $client->upgrade('/');
    $client->set(['write_timeout' => 0.1]);
    var_dump($client->push(str_repeat('x', 50000000), SWOOLE_WEBSOCKET_OPCODE_BINARY), $client->errCode);
});
?>
--EXPECT--
bool(true)
bool(true)
bool(false)
int(32)
bool(false)
bool(true)
bool(false)
int(110)
