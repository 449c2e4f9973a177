<?php
// Files are served without PHP; what is no file is for the request event, and the same port speaks WebSocket.

$server = new Swoole\WebSocket\Server("0.0.0.0", (int) (getenv('PORT') ?: 9501));
$server->set([
    'enable_static_handler' => true,
    'document_root' => __DIR__ . '/chat/public',
    'http_index_files' => ['index.html'],
    // Browsers may keep a versioned file for ever: /v3/app.js is app.js.
    'url_rewrite_rules' => ['~^/v\d+/(.*)$~' => '/$1'],
]);
$server->on('request', function (Swoole\Http\Request $request, Swoole\Http\Response $response) {
    $response->status(404);
    $response->end("There is no {$request->server['path_info']}.\n");
});
$server->on('message', function (Swoole\WebSocket\Server $server, $frame) {
    $server->push($frame->fd, $frame->data);
});
$server->start();
