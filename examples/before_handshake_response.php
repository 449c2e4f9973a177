<?php
// Adds a header to the answer of the built-in handshake.

$server = new Swoole\WebSocket\Server("0.0.0.0", (int) (getenv('PORT') ?: 9501));

$server->on('beforeHandshakeResponse', function (Swoole\Http\Request $request, Swoole\Http\Response $response) {
    $response->header('X-Room', $request->get['room'] ?? 'lobby');
});

$server->on('message', function (Swoole\WebSocket\Server $server, $frame) {
    $server->push($frame->fd, "this is server");
});

$server->start();
