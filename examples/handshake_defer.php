<?php
// A custom handshake gets no open event; defer() runs its work once the answer is on its way.

$server = new Swoole\WebSocket\Server("0.0.0.0", (int) (getenv('PORT') ?: 9501));

$server->on('handshake', function (\Swoole\Http\Request $request, \Swoole\Http\Response $response) {
    $response->header('Upgrade', 'websocket');
    $response->header('Connection', 'Upgrade');
    $response->header('Sec-WebSocket-Accept', base64_encode(
        sha1($request->header['sec-websocket-key'] . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11', true)
    ));
    $response->status(101);
    $response->end();

    global $server;
    $fd = $request->fd;
    $server->defer(function () use ($fd, $server)
    {
      echo "Client connected\n";
      $server->push($fd, "hello, welcome\n");
    });
});

$server->on('message', function (Swoole\WebSocket\Server $server, $frame) {
    $server->push($frame->fd, "this is server");
});

$server->start();
