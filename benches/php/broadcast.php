<?php
// The benchmark's broadcast, by the loop that the documentation shows: php -d extension=swoole.so broadcast.php PORT
use Swoole\WebSocket\Frame;
use Swoole\WebSocket\Server;

$server = new Server('127.0.0.1', (int) ($argv[1] ?? 9501));
$server->set(['worker_num' => 1, 'max_connection' => 100_000]);
$server->on('message', function (Server $server, Frame $frame) {
    foreach ($server->connections as $fd) {
        if ($server->isEstablished($fd)) {
            $server->push($fd, $frame->data, $frame->opcode);
        }
    }
});
$server->start();
