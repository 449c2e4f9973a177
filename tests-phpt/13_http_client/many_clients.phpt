--TEST--
Hundreds of clients in one process, each in its coroutine, and a client inside a server's callback
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

use Swoole\Coroutine;
use Swoole\Coroutine\Http\Client as HttpClient;

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', fn ($server, $frame) => $server->push($frame->fd, $frame->data));
$server->on('request', function ($request, $response) use ($server) {
    if ($request->server['request_uri'] === '/through') {
        // The server asks itself.
        $client = new Swoole\Coroutine\Http\Client('127.0.0.1', $server->port);
        $client->get('/direct');
        return $response->end("through: $client->body");
    }
    $response->end('direct');
});
PHP);
// The port is bound before it listens.
$server->connect()->end();
Coroutine\run(function () use ($server) {
    $client = new HttpClient('localhost', $server->port);
    $client->get('/through');
    echo $client->body, "\n";
    $results = Coroutine\map(range(1, 300), function ($number) use ($server) {
        $client = new HttpClient('127.0.0.1', $server->port);
        $client->set(['connect_timeout' => 30, 'timeout' => 30]);
        $client->upgrade('/');
        $good = 0;
        for ($i = 0; $i < 5; $i++) {
            $client->push("$number-$i");
            $good += $client->recv()->data === "$number-$i" ? 1 : 0;
        }
        $client->close();
        return $good;
    });
    var_dump(array_sum($results));
});
?>
--EXPECT--
through: direct
int(1500)
