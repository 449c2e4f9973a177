--TEST--
max_idle_time, websocket_idle_timeout and websocket_ping_interval (weakness 38: the server pings by itself and says why it closes)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = function (string $options): ServerProcess {
    return new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set([$options]);
    \$server->on('message', function (\$server, \$frame) { \$server->push(\$frame->fd, \$frame->data); });
    \$server->on('close', function (\$server, \$fd, \$reactor, \$code, \$reason) { echo "close \$reactor \$code\n"; });
    PHP);
};
foreach (["'max_idle_time' => 0.2", "'websocket_idle_timeout' => 0.2", "'websocket_ping_interval' => 0.2"] as $options) {
    $one = $server($options);
    $client = $one->websocket();
    $pings = 0;
    while (($frame = $client->frame()) && $frame['opcode'] === 9) {
        // The first ping is answered, the next is not.
        $pings++ || $client->send(frame(10, $frame['payload']));
    }
    echo "$options: pings ", $pings, ", opcode {$frame['opcode']} ", unpack('n', $frame['payload'])[1], ' ', substr($frame['payload'], 2), "\n";
    $client->send(frame(8, $frame['payload']));
    var_dump($client->closed());
    $one->stop();
    echo $one->output();
}
$one = $server("'websocket_ping_interval' => 0.1, 'websocket_pong_timeout' => 8");
$client = $one->websocket();
for ($i = 0; $i < 3; $i++) {
    echo 'opcode ', $client->frame()['opcode'], "\n";
    $client->send(frame(10, ''));
}
$one->stop();
?>
--EXPECT--
'max_idle_time' => 0.2: pings 0, opcode 8 1001 idle
bool(true)
close 0 1006
'websocket_idle_timeout' => 0.2: pings 0, opcode 8 1001 idle
bool(true)
close -1 1001
'websocket_ping_interval' => 0.2: pings 2, opcode 8 1001 idle
bool(true)
close 0 1006
opcode 9
opcode 9
opcode 9
