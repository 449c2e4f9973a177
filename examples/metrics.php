<?php
// GET /metrics shows the server's numbers to Prometheus and whoever else reads OpenMetrics.

$server = new Swoole\WebSocket\Server("0.0.0.0", (int) (getenv('PORT') ?: 9501));
$server->set(['worker_num' => 2]);
$server->on('message', function (Swoole\WebSocket\Server $server, $frame) {
    $server->push($frame->fd, $frame->data);
});
$server->on('request', function (Swoole\Http\Request $request, Swoole\Http\Response $response) use ($server) {
    if ($request->server['path_info'] !== '/metrics') {
        $response->status(404);
        $response->end();
        return;
    }
    $response->header('Content-Type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    $response->end($server->stats(SWOOLE_STATS_OPENMETRICS));
});
$server->start();
