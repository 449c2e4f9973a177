<?php
// Asks whether a connection is a WebSocket connection.

$server = new Swoole\WebSocket\Server("0.0.0.0", (int) (getenv('PORT') ?: 9501));
$server->on('message', function (Swoole\WebSocket\Server $server, $frame) {
    $client = $server->getClientInfo($frame->fd);
    // Alternatively, you can use $client = $server->connection_info($frame->fd);
    if (isset($client['websocket_status'])) {
        echo "It is a WebSocket connection";
    } else {
        echo "It is not a WebSocket connection";
    }
});

$server->start();
