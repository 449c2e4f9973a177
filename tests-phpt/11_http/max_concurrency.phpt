--TEST--
max_concurrency answers 503 beyond it, worker_max_concurrency lets requests wait; WebSocket messages do not count
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$waiting = [];
$server->on('request', function ($request, $response) use (&$waiting) {
    $path = $request->server['request_uri'];
    echo "begin $path\n";
    $waiting[] = Swoole\Coroutine::getCid();
    Swoole\Coroutine::yield();
    $response->end("end $path");
});
$server->on('message', function ($server, $frame) use (&$waiting) {
    Swoole\Coroutine::resume(array_shift($waiting));
    $server->push($frame->fd, 'ok');
});
PHP;
$get = fn (Client $client, string $path) => $client->send("GET $path HTTP/1.1\r\nHost: h\r\n\r\n");

echo "refused\n";
$server = new ServerProcess($code . '$server->set(["max_concurrency" => 2]);');
$control = $server->websocket();
[$a, $b, $c] = [$server->connect(), $server->connect(), $server->connect()];
foreach (['/a' => $a, '/b' => $b] as $path => $client) {
    $get($client, $path);
    $server->expect("begin $path");
}
$get($c, '/c');
echo json_encode($c->rest()), "\n";
$control->text('go');
echo $a->response()['body'], "\n";
// A place is free again.
$get($a, '/d');
$server->expect('begin /d');
$control->text('go');
$control->text('go');
echo $b->response()['body'], ' ', $a->response()['body'], "\n";
$server->stop();

echo "waiting\n";
$server = new ServerProcess($code . '$server->set(["worker_max_concurrency" => 1]);');
$control = $server->websocket();
[$a, $b, $c] = [$server->connect(), $server->connect(), $server->connect()];
$get($a, '/a');
$server->expect('begin /a');
$get($b, '/b');
// Gives up while it waits.
$get($c, '/c');
$control->text('go');
echo $a->response()['body'], "\n";
$server->expect('begin /b');
$c->end();
$control->text('go');
echo $b->response()['body'], "\n";
$server->stop();
?>
--EXPECT--
refused
"HTTP\/1.1 503 Service Unavailable\r\n\r\n"
end /a
end /b end /d
waiting
end /a
end /b
