--TEST--
A WebSocket server without onRequest answers plain HTTP with the 400 page; with it, it serves
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function () {});
$server->on('close', function ($server, $fd, $reactor) { echo "close $fd $reactor\n"; });
PHP);
$client = $server->connect();
$response = $client->request("GET / HTTP/1.1\r\nHost: h");
echo str_replace("\r", '', $response['raw']), "\n\n", $response['body'], "\n";
var_dump($client->closed());
$server->expect('close 1 -1');
$server->stop();
?>
--EXPECT--
HTTP/1.1 400 Bad Request
Connection: close
Content-Type: text/html; charset=UTF-8
Cache-Control: must-revalidate,no-cache,no-store
Content-Length: 83
Server: swoole-http-server

<html><body><h2>HTTP 400 Bad Request</h2><hr><i>Powered by Swoole</i></body></html>
bool(true)
