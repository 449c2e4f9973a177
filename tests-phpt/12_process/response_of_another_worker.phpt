--TEST--
A response that one worker detaches may be ended by another; one that is made for nothing sends nothing
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'max_wait_time' => 1]);
$server->on('request', function ($request, $response) use ($server) {
    $response->detach();
    $server->sendMessage($response->fd, 1 - $server->worker_id);
});
$server->on('pipeMessage', function ($server, $from, $fd) {
    $response = Swoole\Http\Response::create($fd);
    $response->header('X-Worker', 'the other');
    $response->write('in ');
    $response->end("pieces");
});
$server->on('message', function ($server, $frame) {
    $response = Swoole\Http\Response::create($frame->fd);
    unset($response);
    $server->push($frame->fd, 'still WebSocket');
});
PHP);
$client = $server->connect();
$response = $client->request("GET / HTTP/1.1\r\nHost: h");
echo $response['headers']['x-worker'], ' ', $response['headers']['connection'], ' ', $response['body'], "\n";
// Nobody but the home of the request knows whether the client wants to keep its connection.
var_dump($client->closed());
$client = $server->websocket();
$client->text('?');
echo $client->receive(), "\n";
$server->stop();
?>
--EXPECT--
the other close in pieces
bool(true)
still WebSocket
