--TEST--
unix: hosts, and our own address by bind_address
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$peer = peer(<<<'PHP'
function (Connection $connection) {
    $connection->answer('HTTP/1.1 200 OK', 'hello');
    $connection->rest();
}
PHP);
$path = sys_get_temp_dir() . '/client-' . getmypid() . '.sock';
$listener = stream_socket_server("unix://$path");
Swoole\Coroutine\run(function () use ($peer, $path, $listener) {
    $client = new HttpClient('127.0.0.1', $peer->port);
    $client->set(['bind_address' => '127.0.0.3']);
    var_dump($client->get('/'), $client->body, $client->getsockname()['address'], $client->getpeername()['port'] === $peer->port);
    foreach (["unix:$path", "unix://$path"] as $host) {
        $client = new HttpClient($host);
        $client->set(['timeout' => 5]);
        go(function () use ($client) {
            var_dump($client->get('/x'), $client->body);
        });
        // The connection waits in the backlog until it is taken.
        Swoole\Coroutine::sleep(0.01);
        $accepted = stream_socket_accept($listener);
        echo fgets($accepted);
        fwrite($accepted, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nby way");
        Swoole\Coroutine::sleep(0.05);
    }
});
unlink($path);
?>
--EXPECT--
bool(true)
string(5) "hello"
string(9) "127.0.0.3"
bool(true)
GET /x HTTP/1.1
bool(true)
string(6) "by way"
GET /x HTTP/1.1
bool(true)
string(6) "by way"
