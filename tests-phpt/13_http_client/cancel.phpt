--TEST--
A canceled wait leaves nothing behind: HTTP gives the connection up, WebSocket keeps it with all its messages
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine;
use Swoole\Coroutine\Http\Client as HttpClient;

$silent = peer('function (Connection $connection) { $connection->request(); echo "asked\n"; echo $connection->rest() === "" ? "it hung up\n" : "?"; $connection->end(); }');
$chatty = peer(<<<'PHP'
function (Connection $connection) {
    $connection->accept();
    $half = frame(1, 'one message', true, 0, false);
    $connection->send(substr($half, 0, 5));
    // The client says when to go on.
    $connection->frame();
    $connection->send(substr($half, 5));
    $connection->rest();
    $connection->end();
}
PHP);
Coroutine\run(function () use ($silent, $chatty) {
    $client = new HttpClient('127.0.0.1', $silent->port);
    foreach ([false, true] as $throw) {
        $done = new Coroutine\Channel(1);
        $cid = go(function () use ($client, $done) {
            try {
                var_dump($client->get('/'), $client->errCode, $client->statusCode, $client->connected);
            } catch (Coroutine\CanceledException) {
                echo "canceled\n";
            }
            var_dump(Coroutine::isCanceled());
            $done->push(true);
        });
        $so_far = str_repeat("asked\nit hung up\n", (int) $throw);
        while ($silent->output() !== $so_far . "asked\n") {
            Coroutine::sleep(0.01);
        }
        var_dump(Coroutine::cancel($cid, $throw));
        $done->pop();
        $silent->expect($so_far . "asked\nit hung up\n");
    }

    $client = new HttpClient('127.0.0.1', $chatty->port);
    $client->upgrade('/');
    $done = new Coroutine\Channel(1);
    $cid = go(function () use ($client, $done) {
        var_dump($client->recv(), $client->errCode, $client->connected);
        $done->push(true);
    });
    Coroutine::sleep(0.05);
    Coroutine::cancel($cid);
    $done->pop();
    var_dump($client->push('go on'), $client->recv(5)->data);

    // Closing wakes whoever waits.
    go(function () use ($client, $done) {
        var_dump($client->recv(), $client->connected);
        $done->push(true);
    });
    Coroutine::sleep(0.01);
    var_dump($client->close());
    $done->pop();
    var_dump(Coroutine::stats()['event_num']);
});
?>
--EXPECT--
bool(false)
int(125)
int(-3)
bool(false)
bool(true)
bool(true)
canceled
bool(true)
bool(true)
bool(false)
int(125)
bool(true)
bool(true)
string(11) "one message"
bool(true)
string(0) ""
bool(false)
int(0)
