--TEST--
permessage-deflate: with our server in every configuration, and with one that does not speak it
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine\Http\Client as HttpClient;

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set([
    'websocket_compression' => true,
    'websocket_compression_server_context_takeover' => true,
    'websocket_compression_client_context_takeover' => true,
]);
$server->on('message', fn ($server, $frame) => $server->push($frame->fd, "$frame->flags " . strlen($frame->data) . ' ' . md5($frame->data) . str_repeat(' and so on', 100)));
PHP);
// The port is bound before it listens.
$server->connect()->end();
Swoole\Coroutine\run(function () use ($server) {
    $text = str_repeat('the same words over and over; ', 100);
    foreach ([
        'plain' => ['websocket_compression' => false],
        'no takeover' => [],
        'takeover' => ['websocket_compression_server_context_takeover' => true, 'websocket_compression_client_context_takeover' => true],
        'small windows' => ['websocket_compression_server_max_window_bits' => 9, 'websocket_compression_client_max_window_bits' => 9],
        'level 9' => ['websocket_compression_level' => 9],
    ] as $name => $settings) {
        $client = new HttpClient('127.0.0.1', $server->port);
        $client->set($settings + ['websocket_compression' => true, 'timeout' => 5]);
        $client->upgrade('/');
        echo "$name: ", $client->headers['sec-websocket-extensions'] ?? 'none', "\n";
        for ($i = 0; $i < 3; $i++) {
            $message = "$i $text";
            $client->push($message, SWOOLE_WEBSOCKET_OPCODE_TEXT, SWOOLE_WEBSOCKET_FLAG_FIN | SWOOLE_WEBSOCKET_FLAG_COMPRESS);
            $frame = $client->recv();
            [$flags, $length, $hash] = explode(' ', $frame->data);
            echo "  $flags $frame->flags ", strlen($message) == $length && md5($message) === $hash ? 'ok' : 'wrong', "\n";
        }
        $client->push('short');
        echo '  short: ', strtok($client->recv()->data, ' '), "\n";
        $client->disconnect();
    }
});
$refuses = peer(<<<'PHP'
function (Connection $connection, int $number) {
    $connection->accept([
        "Sec-WebSocket-Extensions: x-other\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate; unheard-of\r\n",
        "Sec-WebSocket-Extensions: permessage-deflate\r\n",
        "Sec-WebSocket-Protocol: not-asked-for\r\n",
    ][$number - 1]);
    $connection->rest();
}
PHP);
Swoole\Coroutine\run(function () use ($refuses) {
    for ($i = 0; $i < 4; $i++) {
        $client = new HttpClient('127.0.0.1', $refuses->port);
        $client->set(['websocket_compression' => true, 'timeout' => 5]);
        var_dump($client->upgrade('/'));
        echo "$client->statusCode $client->errCode $client->errMsg\n";
    }
});
?>
--EXPECT--
plain: none
  33 1 ok
  33 1 ok
  33 1 ok
  short: 33
no takeover: permessage-deflate; server_no_context_takeover; client_no_context_takeover
  39 7 ok
  39 7 ok
  39 7 ok
  short: 33
takeover: permessage-deflate
  39 7 ok
  39 7 ok
  39 7 ok
  short: 33
small windows: permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9
  39 7 ok
  39 7 ok
  39 7 ok
  short: 33
level 9: permessage-deflate; server_no_context_takeover; client_no_context_takeover
  39 7 ok
  39 7 ok
  39 7 ok
  short: 33
bool(false)
-3 8504 Websocket handshake failed
bool(false)
-3 8504 Websocket handshake failed
bool(false)
-3 8504 Websocket handshake failed
bool(false)
-3 8504 Websocket handshake failed
