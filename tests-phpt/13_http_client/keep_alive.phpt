--TEST--
One connection for many requests; a new one when the old one is gone, and only where that is safe
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

// Says which connection and which request it was, and ends each connection after two, without having said so.
$peer = peer(<<<'PHP'
function (Connection $connection, int $number) {
    for ($request = 1; $got = $connection->request(); $request++) {
        if ($request === 3) {
            // It came too late.
            break;
        }
        $close = ($got['headers']['connection'] ?? '') === 'close';
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n$number/$request");
        if ($close) {
            break;
        }
    }
    $connection->end();
}
PHP);
Swoole\Coroutine\run(function () use ($peer) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    foreach (range(1, 5) as $_) {
        var_dump($client->get('/') ? $client->body : $client->statusCode);
    }
    // Whether a POST was done nobody knows: it is not sent twice.
    $client->get('/');
    var_dump($client->body, $client->post('/', 'x'), $client->statusCode, $client->errCode, $client->connected);
    var_dump($client->post('/', 'x'), $client->body);
    $client->set(['keep_alive' => false]);
    var_dump($client->get('/'), $client->body, $client->connected);
    var_dump($client->get('/'), $client->body, $client->connected);
});
$said = peer(<<<'PHP'
function (Connection $connection, int $number) {
    $connection->request();
    $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n$number");
    $connection->rest();
}
PHP);
Swoole\Coroutine\run(function () use ($said) {
    $client = new HttpClient('127.0.0.1', $said->port);
    var_dump($client->get('/'), $client->body, $client->connected, $client->get('/'), $client->body);
});
?>
--EXPECT--
string(3) "1/1"
string(3) "1/2"
string(3) "2/1"
string(3) "2/2"
string(3) "3/1"
string(3) "3/2"
bool(false)
int(-3)
int(104)
bool(false)
bool(true)
string(3) "4/1"
bool(true)
string(3) "4/2"
bool(false)
bool(true)
string(3) "5/1"
bool(false)
bool(true)
string(1) "1"
bool(false)
bool(true)
string(1) "2"
