--TEST--
max_request: a worker is replaced after so many messages and some grace; its clients are told with 1012
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$run = function (string $options): array {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
    \$server->set(['worker_num' => 2, $options]);
    \$server->on('workerStart', function (\$server, \$id) { echo "start \$id\n"; });
    \$server->on('workerStop', function (\$server, \$id) { echo "stop \$id\n"; });
    \$server->on('message', function (\$server, \$frame) { \$server->push(\$frame->fd, "\$server->worker_id " . getmypid()); });
    PHP);
    $client = $server->websocket();
    $client->text('who');
    [$id, $pid] = explode(' ', $client->receive());
    // The handshake and the first message count.
    for ($count = 2; ; $count++) {
        $client->text('who');
        $frame = $client->frame();
        if ($frame['opcode'] === 8) {
            echo unpack('n', $frame['payload'])[1], "\n";
            break;
        }
    }
    $client->send(frame(8, $frame['payload']));
    wait_until(fn () => substr_count($server->output(), "start $id") === 2, 'the successor');
    // The other worker has not been disturbed.
    $other = 1 - (int) $id;
    echo substr_count($server->output(), "start $other"), ' ', substr_count($server->output(), 'stop'), ' ', $server->stop(), "\n";
    return [$count];
};
[$count] = $run("'max_request' => 10, 'max_request_grace' => 0");
echo $count, "\n";
[$count] = $run("'max_request' => 20");
var_dump($count >= 20 && $count <= 30);
?>
--EXPECT--
1012
1 1 0
10
1012
1 1 0
bool(true)
