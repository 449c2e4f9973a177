--TEST--
SWOOLE_PROCESS: sendfile() returns at once and the file waits on the disk for a slow reader, in coroutines or not
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$name = tempnam(sys_get_temp_dir(), 'srs');
$content = random_bytes(1000) . str_repeat(random_bytes(1 << 20), 24);
file_put_contents($name, $content);
foreach (['true', 'false'] as $coroutines) {
    $server = new ServerProcess("\$name = '$name'; \$coroutines = $coroutines;" . <<<'PHP'
    $server = new Swoole\Http\Server('127.0.0.1', 0, SWOOLE_PROCESS);
    $server->set(['worker_num' => 1, 'enable_coroutine' => $coroutines]);
    $server->on('request', function ($request, $response) use ($server, $name) {
        if ($request->server['request_uri'] === '/raw') {
            $fd = $response->fd;
            $response->detach();
            $server->send($fd, "HTTP/1.1 200 OK\r\n\r\n");
            // In order, and the end comes after all of it.
            echo json_encode([$server->sendfile($fd, $name), $server->send($fd, '!'), $server->sendfile($fd, $name, 1, 9), $server->close($fd)]), "\n";
            return;
        }
        if ($request->server['request_uri'] === '/queued') {
            $response->end((string) $server->getClientInfo(1)['send_queued_bytes']);
            return;
        }
        // It goes on behind the callback, and the file may go.
        $copy = tempnam(sys_get_temp_dir(), 'srs');
        copy($name, $copy);
        echo json_encode($response->sendfile($copy, (int) ($request->get['from'] ?? 0))), "\n";
        unlink($copy);
    });
    PHP);
    [$client, $watcher] = [$server->connect(), $server->connect()];
    $client->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    $queued = fn () => (int) $watcher->request("GET /queued HTTP/1.1\r\nHost: h")['body'];
    wait_until(fn () => $queued() > 0, 'bytes to wait');
    for ($most = $n = 0; $n < 100; $n++) {
        $most = max($most, $queued());
    }
    echo $most <= 1 << 20 ? 'bounded' : $most, "\n";
    var_dump($client->response()['body'] === $content);
    foreach ([5, strlen($content)] as $from) {
        $client->send("GET /?from=$from HTTP/1.1\r\nHost: h\r\n\r\n");
        var_dump($client->response()['body'] === substr($content, $from));
    }
    var_dump($server->connect()->request("GET /raw HTTP/1.1\r\nHost: h")['body'] === $content . '!' . substr($content, 1, 9));
    // Gone in the middle: nobody waits for it.
    $client->send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    $client->bytes(1000);
    fclose($client->socket);
    var_dump($server->stop());
}
unlink($name);
?>
--EXPECT--
bounded
bool(true)
bool(true)
bool(true)
bool(true)
int(0)
bounded
bool(true)
bool(true)
bool(true)
bool(true)
int(0)
