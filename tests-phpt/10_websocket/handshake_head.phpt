--TEST--
The 101 response has its headers in their documented order; a frame in the same segment is not lost (weakness 18)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_subprotocol' => 'chat', 'websocket_compression' => true]);
$server->on('beforeHandshakeResponse', function (Swoole\Http\Request $request, Swoole\Http\Response $response) {
    $response->header('X-Fd', (string) $request->fd);
    $response->cookie('seen', '1');
});
$server->on('open', function ($server, $request) { $server->push($request->fd, 'welcome ' . $request->get['name'] . ' ' . $request->header['host']); });
$server->on('message', function ($server, $frame) { $server->push($frame->fd, $frame->data); });
PHP);
$client = $server->connect();
$client->send(handshake('/?name=ann', ['Sec-WebSocket-Protocol' => 'superchat, Chat', 'Sec-WebSocket-Extensions' => 'permessage-deflate']) . frame(1, 'early'));
echo preg_replace('~^(Date: ).*$~m', '$1...', str_replace("\r", '', $client->head()['raw'])), "\n";
echo $client->receive(), "\n", $client->receive(), "\n";
$server->stop();
echo $server->output();
?>
--EXPECT--
HTTP/1.1 101 Switching Protocols
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=
Sec-WebSocket-Version: 13
Sec-WebSocket-Protocol: chat
X-Fd: 1
Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover
Set-Cookie: seen=1
Server: swoole-http-server
Date: ...
welcome ann localhost
early
