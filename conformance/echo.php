<?php
// The server that the conformance suite talks to: php -d extension=swoole.so echo.php PORT
use Swoole\WebSocket\Frame;
use Swoole\WebSocket\Server;

$server = new Server('127.0.0.1', (int) ($argv[1] ?? 9001));
$server->set([
    // The suite's largest message has 16 MiB.
    'package_max_length' => 32 * 1024 * 1024,
    'websocket_compression' => true,
]);
$server->on('message', function (Server $server, Frame $frame) {
    $server->push($frame->fd, $frame->data, $frame->opcode);
});
$server->start();
