--TEST--
The opening handshake is checked as RFC 6455 section 4.2.1 says, and each refusal names its reason (weaknesses 15, 16, 20)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('open', function ($server, $request) { echo "open\n"; });
$server->on('message', function () {});
PHP);
$cases = [
    'good' => handshake(),
    'POST' => handshake(method: 'POST', headers: ['Content-Length' => 0]),
    'HTTP/1.0' => handshake(version: 'HTTP/1.0'),
    'no host' => handshake(headers: ['Host' => null]),
    'no connection' => handshake(headers: ['Connection' => null]),
    'connection close' => handshake(headers: ['Connection' => 'close']),
    'connection list' => handshake(headers: ['Connection' => 'keep-alive, UPGRADE']),
    'no version' => handshake(headers: ['Sec-WebSocket-Version' => null]),
    'version 8' => handshake(headers: ['Sec-WebSocket-Version' => '8']),
    'no key' => handshake(headers: ['Sec-WebSocket-Key' => null]),
    'key of 15 bytes' => handshake(headers: ['Sec-WebSocket-Key' => base64_encode(str_repeat('k', 15))]),
    'key of 24 letters' => handshake(headers: ['Sec-WebSocket-Key' => str_repeat('!', 24)]),
    'two keys' => handshake(headers: ['Sec-WebSocket-Key' => ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ==']]),
];
foreach ($cases as $name => $bytes) {
    $client = $server->connect();
    $client->send($bytes);
    $head = $client->head();
    echo str_pad($name, 18), $head['status'], isset($head['headers']['sec-websocket-version']) ? " version {$head['headers']['sec-websocket-version']}" : '', "\n";
}
$server->stop();
echo $server->output();
?>
--EXPECT--
good              101 version 13
POST              405
HTTP/1.0          400
no host           400
no connection     400
connection close  400
connection list   101 version 13
no version        400 version 13
version 8         426 version 13
no key            400
key of 15 bytes   400
key of 24 letters 400
two keys          400
open
open
