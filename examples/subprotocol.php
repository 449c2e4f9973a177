<?php
// Names the subprotocol in the handshake's answer.

$server = new Swoole\WebSocket\Server("0.0.0.0", (int) (getenv('PORT') ?: 9501));

$server->set([
    'websocket_subprotocol' => 'chat',
]);

$server->on('message', function (Swoole\WebSocket\Server $server, $frame) {
    $server->push($frame->fd, "this is server");
});

$server->start();
