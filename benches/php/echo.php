<?php
// The benchmark's echo server: php -d extension=swoole.so echo.php PORT [echo|deflate] [process]
use Swoole\WebSocket\Frame;
use Swoole\WebSocket\Server;

[, $port, $task, $mode] = $argv + [1 => '9501', 2 => 'echo', 3 => 'base'];

$server = new Server('127.0.0.1', (int) $port, $mode === 'process' ? SWOOLE_PROCESS : SWOOLE_BASE);
$server->set([
    'worker_num' => 1,
    'reactor_num' => 1,
    'max_connection' => 100_000,
    'package_max_length' => 64 << 20,
    'websocket_compression' => $task === 'deflate',
]);
$server->on('message', function (Server $server, Frame $frame) {
    $server->push($frame->fd, $frame->data, $frame->opcode);
});
$server->start();
