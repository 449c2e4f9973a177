<?php
// The server of the churn run: everything a callback may leave behind, and gauges that say whether it did.
// php -d extension=swoole.so churn.php PORT [WORKERS]
use Swoole\Coroutine;
use Swoole\Coroutine\Channel;
use Swoole\Http\Request;
use Swoole\Http\Response;
use Swoole\Timer;
use Swoole\WebSocket\Frame;
use Swoole\WebSocket\Server;

[, $port, $workers] = $argv + [1 => '9501', 2 => '1'];

/** What this worker knows of its connections. */
$rooms = [];

$server = new Server('127.0.0.1', (int) $port);
$server->set(['worker_num' => (int) $workers, 'max_connection' => 10_000, 'websocket_compression' => true]);

$server->on('open', function (Server $server, Request $request) use (&$rooms) {
    $channel = new Channel(4);
    $rooms[$request->fd] = ['channel' => $channel, 'timer' => Timer::after(60_000, fn () => null), 'request' => $request];
    // A coroutine for each connection, which ends with the channel.
    while (($text = $channel->pop()) !== false) {
        $server->push($request->fd, $text);
    }
});
$server->on('message', function (Server $server, Frame $frame) use (&$rooms) {
    if ((int) $frame->data % 5 === 0) {
        Coroutine::sleep(0.001);
    }
    if (isset($rooms[$frame->fd])) {
        $rooms[$frame->fd]['channel']->push($frame->data);
    }
});
$server->on('close', function (Server $server, int $fd) use (&$rooms) {
    if (isset($rooms[$fd])) {
        $rooms[$fd]['channel']->close();
        Timer::clear($rooms[$fd]['timer']);
        unset($rooms[$fd]);
    }
});
$server->on('request', function (Request $request, Response $response) use (&$rooms) {
    // Not captured: a callback of the server that holds the server is a cycle, which PHP does not free at its end.
    global $server;
    $response->end(json_encode([
        'connections' => count($server->connections) - 1,
        'coroutines' => Coroutine::stats()['coroutine_num'] - 1,
        'rooms' => count($rooms),
        'timers' => Timer::stats()['num'],
    ]));
});
$server->start();
