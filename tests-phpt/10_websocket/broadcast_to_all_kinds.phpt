--TEST--
A broadcast reaches plain and compressing clients, and one in the middle of a message, each in its own way
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['websocket_compression' => true]);
$server->on('message', function ($server, $frame) {
    $fds = iterator_to_array($server->connections, false);
    // The third is in the middle of a message while the others get whole ones.
    $server->push($fds[2], 'beginning', WEBSOCKET_OPCODE_TEXT, 0);
    foreach (['short', str_repeat('long enough ', 30), 'short', str_repeat('apart ', 5000), ''] as $data) {
        foreach ($server->connections as $fd) {
            if ($server->isEstablished($fd) && !@$server->push($fd, $data)) {
                echo "$fd refused\n";
            }
        }
    }
    $server->push($fds[2], 'end', WEBSOCKET_OPCODE_CONTINUATION);
    // The same bytes with another opcode are another message.
    foreach ([WEBSOCKET_OPCODE_TEXT, WEBSOCKET_OPCODE_BINARY, WEBSOCKET_OPCODE_PING] as $opcode) {
        foreach ($server->connections as $fd) {
            $server->push($fd, 'same', $opcode);
        }
    }
});
PHP);
$deflate = ['Sec-WebSocket-Extensions' => 'permessage-deflate; server_no_context_takeover'];
$clients = [$server->websocket(), $server->websocket('/', $deflate), $server->websocket(), $server->websocket()];
$clients[0]->text('go');
foreach ($clients as $number => $client) {
    echo 'client ', $number + 1, ':';
    do {
        $frame = $client->frame();
        $text = $frame['rsv'] === 4 ? gzinflate($frame['payload'] . "\0\0\xff\xff\x03\0") : $frame['payload'];
        echo ' ', $frame['opcode'], $frame['fin'] ? '' : '+', $frame['rsv'] === 4 ? 'z' : '', '/', strlen($text);
    } while ($frame['opcode'] !== 9);
    echo "\n";
}
$server->stop();
echo $server->output();
?>
--EXPECT--
client 1: 1/5 1/360 1/5 1/30000 1/0 1/4 2/4 9/4
client 2: 1/5 1z/360 1/5 1z/30000 1/0 1/4 2/4 9/4
client 3: 1+/9 0/3 1/4 2/4 9/4
client 4: 1/5 1/360 1/5 1/30000 1/0 1/4 2/4 9/4
3 refused
3 refused
3 refused
3 refused
3 refused
