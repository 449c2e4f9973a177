--TEST--
Settings belong to the port: compression, subprotocol, limits (weakness 19: compression is one for the whole server)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_compression' => false, 'websocket_subprotocol' => 'first', 'log_file' => '/dev/null']);
foreach ([
    ['websocket_compression' => true, 'websocket_subprotocol' => 'second'],
    ['websocket_compression' => false, 'websocket_allowed_origins' => ['https://example.org']],
    ['websocket_max_message_size' => 100, 'websocket_compression' => true],
] as $setting) {
    $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP)->set(['open_websocket_protocol' => true] + $setting);
}
$server->on('message', fn ($server, $frame) => $server->push($frame->fd, $frame->data));
PHP);
foreach ($server->ports as $number => $port) {
    $client = new Client($port);
    $client->send(handshake('/', [
        'Sec-WebSocket-Extensions' => 'permessage-deflate; client_no_context_takeover',
        'Sec-WebSocket-Protocol' => 'second, first',
        'Origin' => 'https://example.com',
    ]));
    $head = $client->head();
    echo "$number: {$head['status']} ", $head['headers']['sec-websocket-extensions'] ?? 'plain', ' ',
        $head['headers']['sec-websocket-protocol'] ?? 'none', "\n";
    if ($head['status'] === 101) {
        $client->text(str_repeat('a', 200));
        $frame = $client->frame();
        echo $frame['opcode'], ' ', $frame['rsv'], ' ', strlen($frame['payload']) < 200 ? 'short' : 'long', "\n";
    }
}
$server->stop();
?>
--EXPECT--
0: 101 plain first
1 0 long
1: 101 permessage-deflate; server_no_context_takeover; client_no_context_takeover second
1 4 short
2: 403 plain none
3: 101 permessage-deflate; server_no_context_takeover; client_no_context_takeover none
8 0 short
