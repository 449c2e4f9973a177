--TEST--
sendfile() of a large file goes in pieces that wait for the reader; HEAD has its length alone; Server::sendfile() sends bytes
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$name = tempnam(sys_get_temp_dir(), 'srs');
$content = random_bytes(1000) . str_repeat(random_bytes(1 << 20), 24);
file_put_contents($name, $content);
$code = "\$name = '$name';" . <<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->on('request', function ($request, $response) use ($server, $name) {
    if ($request->server['request_uri'] === '/raw') {
        $fd = $response->fd;
        $response->detach();
        echo json_encode([$server->send($fd, "HTTP/1.1 200 OK\r\nContent-Length: 4000001\r\n\r\n"),
            $server->sendfile($fd, $name, 1, 4000000), $server->sendwait($fd, '!'), @$server->sendfile(999, $name), @$server->sendfile($fd, '/nope')]), "\n";
        return;
    }
    if ($request->server['request_uri'] === '/queued') {
        $response->end(json_encode($GLOBALS['queued'] <= 2 << 20 ?: $GLOBALS['queued']));
        return;
    }
    // It goes on behind the callback, and the file may go.
    $copy = tempnam(sys_get_temp_dir(), 'srs');
    copy($name, $copy);
    echo json_encode($response->sendfile($copy, (int) ($request->get['from'] ?? 0))), "\n";
    unlink($copy);
});
$queued = 0;
$server->on('workerStart', fn ($server) => $server->tick(2, function () use ($server) {
    foreach ($server->connections as $fd) {
        $GLOBALS['queued'] = max($GLOBALS['queued'], $server->getClientInfo($fd)['send_queued_bytes'] ?? 0);
    }
}));
$server->on('workerExit', fn () => Swoole\Timer::clearAll());
PHP;
foreach (['true', 'false'] as $coroutines) {
    $server = new ServerProcess($code . "\$server->set(['socket_buffer_size' => 1 << 20, 'enable_coroutine' => $coroutines]);");
    $client = $server->connect();
    foreach (['' => $content, '?from=5' => substr($content, 5), '?from=' . strlen($content) => ''] as $query => $wanted) {
        $client->send("GET /$query HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n");
        var_dump($client->response()['body'] === $wanted);
    }
    echo $client->request("GET /queued HTTP/1.1\r\nHost: h")['body'], " bounded\n";
    echo $client->request("HEAD / HTTP/1.1\r\nHost: h")['headers']['content-length'] == strlen($content) ? "HEAD\n" : "no HEAD\n";
    var_dump($client->request("GET /raw HTTP/1.1\r\nHost: h")['body'] === substr($content, 1, 4000000) . '!');
    $server->expect(']');
    $server->stop();
    echo $server->output();
}
unlink($name);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
true bounded
HEAD
bool(true)
true
true
true
true
[true,true,true,false,false]
bool(true)
bool(true)
bool(true)
true bounded
HEAD
bool(true)
true
true
true
true
[true,true,true,false,false]
