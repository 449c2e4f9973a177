--TEST--
A peer that is silent is waited for as long as the options say, and no longer
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$peer = peer(<<<'PHP'
function (Connection $connection, int $number) {
    $request = $connection->request();
    if ($number === 2) {
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
    } elseif ($number === 3) {
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nquick");
    } elseif ($number === 4) {
        usleep(100000);
        $connection->send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
    }
    $connection->rest();
}
PHP);
Swoole\Coroutine\run(function () use ($peer) {
    $try = function (string $what, array $settings) use ($peer) {
        $client = new HttpClient('127.0.0.1', $peer->port);
        $client->set($settings);
        $start = microtime(true);
        $result = $client->get('/');
        $took = microtime(true) - $start;
        echo "$what: ", var_export($result, true), " $client->statusCode $client->errCode $client->errMsg '$client->body' ",
            $took < 5 ? 'in time' : "after $took s", $client->connected ? ', connected' : '', "\n";
    };
    $try('silence', ['timeout' => 0.1]);
    $try('half an answer', ['timeout' => 10, 'read_timeout' => 0.1]);
    $try('an answer', ['timeout' => 5]);
    $try('a slow answer', ['timeout' => -1]);
    Swoole\Coroutine::set(['socket_timeout' => 0.1]);
    $try('for all coroutines', ['keep_alive' => false]);
    // A full backlog: nobody takes the connection.
    $context = stream_context_create(['socket' => ['backlog' => 0]]);
    $listener = stream_socket_server('tcp://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
    $port = (int) substr(strrchr(stream_socket_get_name($listener, false), ':'), 1);
    $fill = [];
    for ($i = 0; $i < 4; $i++) {
        $fill[] = @stream_socket_client("tcp://127.0.0.1:$port", $code, $text, 0.05, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
    }
    $client = new HttpClient('127.0.0.1', $port);
    $client->set(['connect_timeout' => 0.1]);
    var_dump($client->get('/'), $client->statusCode, $client->errCode, $client->errMsg);
});
?>
--EXPECT--
silence: false -2 110 Connection timed out '' in time
half an answer: false -2 110 Connection timed out '' in time
an answer: true 200 0  'quick' in time, connected
a slow answer: true 200 0  'slow' in time, connected
for all coroutines: false -2 110 Connection timed out '' in time
bool(false)
int(-1)
int(110)
string(20) "Connection timed out"
