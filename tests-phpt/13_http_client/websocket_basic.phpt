--TEST--
upgrade, push, recv: messages of every kind and size to our own server and back
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

use Swoole\Coroutine\Http\Client as HttpClient;
use Swoole\WebSocket\Frame;

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_subprotocol' => 'chat']);
$server->on('open', fn ($server, $request) => $server->push($request->fd, 'welcome ' . ($request->cookie['who'] ?? 'stranger')));
$server->on('message', fn ($server, $frame) => $server->push($frame->fd, $frame->data, $frame->opcode));
$server->on('request', fn ($request, $response) => $response->end('a page'));
PHP);
// The port is bound before it listens.
$server->connect()->end();
Swoole\Coroutine\run(function () use ($server) {
    $client = new HttpClient('127.0.0.1', $server->port);
    var_dump($client->push('too early'), $client->errCode, $client->errMsg, $client->recv(), $client->errCode);
    $client->get('/');
    var_dump($client->body, $client->push('no handshake'), $client->errCode, $client->statusCode);

    $client->setHeaders(['Sec-WebSocket-Protocol' => 'other, chat']);
    $client->setCookies(['who' => 'me']);
    var_dump($client->upgrade('/room?x=1'), $client->statusCode, $client->headers['upgrade'], $client->headers['sec-websocket-protocol']);
    var_dump(array_keys($client->requestHeaders), $client->connected);
    $frame = $client->recv();
    var_dump($frame instanceof Frame, $frame->data, $frame->opcode, $frame->flags, $frame->finish, $frame->fd > 0);
    foreach ([0, 1, 125, 126, 65535, 65536, 2000000] as $length) {
        $message = $length ? random_bytes($length) : '';
        $client->push($message, SWOOLE_WEBSOCKET_OPCODE_BINARY) || print 'not pushed ';
        $frame = $client->recv();
        echo $length, ' ', $frame->data === $message && $frame->opcode === 2 ? 'ok' : 'wrong', "\n";
    }
    $frame = new Frame;
    $frame->data = 'grüße';
    var_dump($client->push($frame), $client->recv()->data);
    var_dump($client->push('in ', 1, 0), $client->push('three ', 0, 0), $client->push('parts', 0, SWOOLE_WEBSOCKET_FLAG_FIN), $client->recv()->data);
    var_dump($client->push('x', 3), $client->errCode, $client->errMsg);
    var_dump($client->push(str_repeat('x', 126), 9), $client->errCode);
    var_dump($client->push('unfinished', 1, 0), $client->push('another'), $client->push('.', 0), $client->recv()->data);
    var_dump($client->recv(0.05), $client->errCode, $client->statusCode, $client->connected);
    var_dump($client->push('still there'), $client->recv(5)->data);
    var_dump($client->close(), $client->connected, $client->recv(), $client->errCode);
    var_dump($client->upgrade('/'), $client->recv()->data, $client->disconnect(4000, 'bye'), $client->connected, $client->disconnect(), $client->errCode);
});
?>
--EXPECTF--
bool(false)
int(5001)
string(20) "Client no connection"
bool(false)
int(5001)

Warning: Swoole\Coroutine\Http\Client::push(): websocket handshake failed, cannot push data in %s on line %d
string(6) "a page"
bool(false)
int(8504)
int(-1)
bool(true)
int(101)
string(9) "websocket"
string(4) "chat"
array(5) {
  [0]=>
  string(22) "Sec-WebSocket-Protocol"
  [1]=>
  string(10) "Connection"
  [2]=>
  string(7) "Upgrade"
  [3]=>
  string(21) "Sec-WebSocket-Version"
  [4]=>
  string(17) "Sec-WebSocket-Key"
}
bool(true)
bool(true)
string(10) "welcome me"
int(1)
int(1)
bool(true)
bool(true)
0 ok
1 ok
125 ok
126 ok
65535 ok
65536 ok
2000000 ok
bool(true)
string(7) "grüße"
bool(true)
bool(true)
bool(true)
string(14) "in three parts"

Warning: Swoole\Coroutine\Http\Client::push(): opcode 3 is reserved in %s on line %d
bool(false)
int(8505)
string(21) "Websocket pack failed"

Warning: Swoole\Coroutine\Http\Client::push(): websocket control frame payload must not exceed 125 bytes in %s on line %d
bool(false)
int(8505)

Warning: Swoole\Coroutine\Http\Client::push(): a fragmented message is unfinished in %s on line %d
bool(true)
bool(false)
bool(true)
string(11) "unfinished."
bool(false)
int(110)
int(-3)
bool(true)
bool(true)
string(11) "still there"
bool(true)
bool(false)
bool(false)
int(5001)
bool(true)
string(10) "welcome me"
bool(true)
bool(false)
bool(false)
int(5001)
