--TEST--
mailbox_limit: requests beyond worker_max_concurrency wait in the worker, up to so many bytes
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 1, 'worker_max_concurrency' => 1, 'mailbox_limit' => 65536]);
$first = null;
$server->on('request', function ($request, $response) use (&$first) {
    if (!$first) {
        $first = Swoole\Coroutine::getCid();
        echo "begin\n";
        Swoole\Coroutine::yield();
    }
    $response->end((string) strlen($request->getContent()));
});
$server->on('message', function () use (&$first) {
    Swoole\Coroutine::resume($first);
});
PHP);
$control = $server->websocket();
[$first, $second, $third] = [$server->connect(), $server->connect(), $server->connect()];
$post = fn (Client $client, int $length) => $client->send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: $length\r\n\r\n" . str_repeat('x', $length));
$post($first, 1);
$server->expect('begin');
$post($second, 40000);
$post($third, 40000);
// One of the two waits, and there is no room for the other.
$read = [$second->socket, $third->socket];
$none = null;
stream_select($read, $none, $none, 10);
$refused = $read === [$second->socket] ? $second : $third;
$waiting = $refused === $second ? $third : $second;
echo strtok($refused->rest(), "\r"), "\n";
$control->text('go');
echo $waiting->response()['body'], "\n";
$server->stop();
?>
--EXPECT--
HTTP/1.1 503 Service Unavailable
40000
