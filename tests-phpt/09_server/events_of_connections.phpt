--TEST--
Every way for a connection to begin and to end: its events, their order and arguments, with onDisconnect, onHandShake and without
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => WORKERS, 'log_level' => SWOOLE_LOG_NONE, 'package_max_length' => 70000, 'open_websocket_close_frame' => true]);
$tell = function (int $fd, string $event, ...$rest) { echo "> $fd " . implode(' ', [$event, ...array_map('json_encode', $rest)]) . "\n"; };
// A reactor is known by its number, the server's side by -1.
$by = fn ($reactor) => $reactor < 0 ? 'server' : 'client';
$server->on('connect', fn ($server, $fd, $reactor) => $tell($fd, 'connect'));
$server->on('beforeHandshakeResponse', function ($server, $request, $response) use ($tell) {
    $tell($request->fd, 'beforeHandshakeResponse');
    $request->server['path_info'] === '/unwanted' and $server->close($request->fd);
});
$server->on('open', fn ($server, $request) => $tell($request->fd, 'open', $request->server['path_info']));
$server->on('message', function ($server, $frame) use ($tell) {
    $close = $frame instanceof Swoole\WebSocket\CloseFrame;
    $tell($frame->fd, 'message', $frame->opcode, ...$close ? [$frame->code, $frame->reason] : [$frame->data]);
    match ($frame->data) {
        'close' => $server->close($frame->fd),
        'reset' => $server->close($frame->fd, true),
        'disconnect' => $server->disconnect($frame->fd, 4000, 'enough'),
        default => null,
    };
});
$server->on('request', function ($request, $response) use ($tell) {
    $tell($request->fd, 'request', $request->server['path_info']);
    $request->server['path_info'] === '/close' ? $response->close() : $response->end('page');
});
$server->on('close', fn ($server, $fd, $reactor, $code, $reason) => $tell($fd, 'close', $by($reactor), $code, $reason));

$handshake = function (Swoole\Http\Request $request, Swoole\Http\Response $response) use ($tell) {
    $tell($request->fd, 'handshake', $request->header['sec-websocket-key']);
    if ($request->server['path_info'] === '/refused') {
        $response->status(403);
        return $response->end('not you');
    }
    if ($request->server['path_info'] === '/forgotten') {
        return;
    }
    $accept = base64_encode(sha1($request->header['sec-websocket-key'] . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11', true));
    foreach (['Upgrade' => 'websocket', 'Connection' => 'Upgrade', 'Sec-WebSocket-Accept' => $accept] as $name => $value) {
        $response->header($name, $value);
    }
    $response->status(101);
    $response->end();
};
$disconnect = fn ($server, $fd, $reactor, $code, $reason) => $tell($fd, 'disconnect', $by($reactor), $code, $reason);
PHP;
$websocket = fn (string $sent) => function (ServerProcess $server) use ($sent) {
    $client = $server->websocket('/path');
    $client->send($sent);
    $frame = $client->frame();
    $frame && $client->send(frame(8, $frame['payload']));
};
$request = fn (string $bytes) => function (ServerProcess $server) use ($bytes) {
    $client = $server->connect();
    if ($bytes !== '') {
        $client->send($bytes);
        $status = str_contains($bytes, '/close') ? '' : $client->response()['status'] . ' ';
        echo $status;
        // The server ends what it has refused.
        in_array($status, ['200 ', '500 ']) || $client->rest();
    }
    $client->end();
};
$ways = [
    'the client closes' => $websocket(frame(8, pack('n', 3000) . 'bye')),
    'the client closes without a code' => $websocket(frame(8, '')),
    'everything at once' => function ($server) {
        $client = $server->connect();
        $client->send(handshake('/path') . frame(1, 'hello') . frame(8, pack('n', 1000)));
        $client->rest();
    },
    'the client breaks the protocol' => $websocket(frame(1, 'bare', mask: false)),
    'the client sends no UTF-8' => $websocket(frame(1, "\xff")),
    'the client sends too much' => $websocket(frame(2, str_repeat('x', 70001))),
    'the client goes' => fn ($server) => $server->websocket('/path')->end(),
    'close()' => $websocket(frame(1, 'close')),
    'close() with a reset' => $websocket(frame(1, 'reset')),
    'disconnect()' => $websocket(frame(1, 'disconnect')),
    'close() instead of a handshake' => function ($server) {
        $client = $server->connect();
        $client->send(handshake('/unwanted'));
        $client->rest();
    },
    'nothing is sent' => $request(''),
    'a page' => $request("GET /page HTTP/1.1\r\nHost: a\r\n\r\n"),
    'a page, and close()' => $request("GET /close HTTP/1.1\r\nHost: a\r\n\r\n"),
    'no HTTP' => $request("nonsense\r\n\r\n"),
    'a bad handshake' => $request(handshake('/path', ['Sec-WebSocket-Key' => 'short'])),
];
$story = function (array $ways, string $own, int $workers) use ($code) {
    $server = new ServerProcess(str_replace("WORKERS", (string) $workers, $code) . $own);
    $told = [];
    foreach (array_keys($ways) as $number => $way) {
        $fd = $number + 1;
        ob_start();
        $ways[$way]($server);
        $told[$way] = ob_get_clean();
        $end = "~^> $fd (close|disconnect) .*\n~m";
        wait_until(fn () => preg_match($end, $server->output()), $way, fn () => $server->output());
    }
    $server->stop();
    foreach (array_keys($ways) as $number => $way) {
        preg_match_all('~^> ' . $number + 1 . ' (.*)$~m', $server->output(), $events);
        $told[$way] .= implode(', ', $events[1]);
    }
    return $told;
};
$show = function (array $told) {
    foreach ($told as $way => $events) {
        echo "$way: $events\n";
    }
};
echo "--- onClose alone ---\n";
$alone = $story($ways, '', 1);
$show($alone);
// How many workers there are makes no difference.
$show(array_diff_assoc($story($ways, '', 3), $alone));
echo "--- onDisconnect makes a difference for those that have never been WebSocket ---\n";
$disconnect = '$server->on("disconnect", $disconnect);';
$show(array_diff_assoc($story($ways, $disconnect, 1), $alone));
echo "--- onHandShake ---\n";
$ways = [
    'accepted' => $websocket(frame(8, pack('n', 1000))),
    'refused' => $request(handshake('/refused')),
    'forgotten' => $request(handshake('/forgotten')),
    'a page' => $ways['a page'],
];
$show($story($ways, $disconnect . '$server->on("handshake", $handshake);', 1));
?>
--EXPECT--
--- onClose alone ---
the client closes: connect, beforeHandshakeResponse, open "\/path", message 8 3000 "bye", close "client" 3000 "bye"
the client closes without a code: connect, beforeHandshakeResponse, open "\/path", message 8 1000 "", close "client" 1005 ""
everything at once: connect, beforeHandshakeResponse, open "\/path", message 1 "hello", message 8 1000 "", close "client" 1000 ""
the client breaks the protocol: connect, beforeHandshakeResponse, open "\/path", close "server" 1002 ""
the client sends no UTF-8: connect, beforeHandshakeResponse, open "\/path", close "server" 1007 ""
the client sends too much: connect, beforeHandshakeResponse, open "\/path", close "server" 1009 ""
the client goes: connect, beforeHandshakeResponse, open "\/path", close "client" 1006 ""
close(): connect, beforeHandshakeResponse, open "\/path", message 1 "close", close "server" 1006 ""
close() with a reset: connect, beforeHandshakeResponse, open "\/path", message 1 "reset", close "server" 1006 ""
disconnect(): connect, beforeHandshakeResponse, open "\/path", message 1 "disconnect", close "server" 4000 "enough"
close() instead of a handshake: connect, beforeHandshakeResponse, close "server" 1006 ""
nothing is sent: connect, close "client" 1006 ""
a page: 200 connect, request "\/page", close "client" 1006 ""
a page, and close(): connect, request "\/close", close "server" 1006 ""
no HTTP: 400 connect, close "server" 1006 ""
a bad handshake: 400 connect, close "server" 1006 ""
--- onDisconnect makes a difference for those that have never been WebSocket ---
nothing is sent: connect, disconnect "client" 1006 ""
a page: 200 connect, request "\/page", disconnect "client" 1006 ""
a page, and close(): connect, request "\/close", disconnect "server" 1006 ""
no HTTP: 400 connect, disconnect "server" 1006 ""
a bad handshake: 400 connect, disconnect "server" 1006 ""
--- onHandShake ---
accepted: connect, handshake "dGhlIHNhbXBsZSBub25jZQ==", message 8 1000 "", close "client" 1000 ""
refused: 403 connect, handshake "dGhlIHNhbXBsZSBub25jZQ==", disconnect "server" 1006 ""
forgotten: 500 connect, handshake "dGhlIHNhbXBsZSBub25jZQ==", disconnect "client" 1006 ""
a page: 200 connect, request "\/page", disconnect "client" 1006 ""