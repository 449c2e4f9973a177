--TEST--
push, exist, isEstablished, getClientInfo, iteration, count, disconnect and close work on every worker's connections (weaknesses 36, 37, 37b)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 3]);
$server->on('open', function ($server, $request) { $server->push($request->fd, "$request->fd $server->worker_id"); });
$server->on('message', function ($server, $frame) {
    [$command, $fd] = explode(' ', $frame->data) + [1 => 0];
    $fd = (int) $fd;
    switch ($command) {
        case 'all':
            foreach ($server->connections as $to) {
                if ($server->isEstablished($to)) {
                    $server->push($to, "from $frame->fd");
                }
            }
            break;
        case 'look':
            $info = $server->getClientInfo($fd);
            $server->push($frame->fd, json_encode([$server->exist($fd), $server->isEstablished($fd), $info['websocket_status'] ?? null, $info['remote_ip'] ?? null, isset($server->connections[$fd]), count($server->connections), count(iterator_to_array($server->connections)), count($server->getClientList(0, 100))]));
            break;
        case 'close':
            $server->push($frame->fd, json_encode($server->close($fd)));
            break;
        case 'disconnect':
            $server->push($frame->fd, json_encode($server->disconnect($fd, 4000, 'by a friend')));
            break;
    }
});
PHP);
$clients = $workers = [];
for ($i = 0; $i < 60 && (count($workers) < 3 || $i < 12); $i++) {
    $client = $server->websocket();
    [$fd, $worker] = explode(' ', $client->receive());
    $clients[(int) $fd] = $client;
    $workers[$worker][] = (int) $fd;
}
$count = count($clients);
echo 'workers: ', count($workers), "\n";
// One of each worker, seen from one.
[$me, $b, $c] = array_column($workers, 0);
$clients[$me]->text('all');
$reached = 0;
foreach ($clients as $client) {
    $reached += $client->receive() === "from $me";
}
var_dump($reached === $count);
foreach ([$me, $b, $c] as $fd) {
    $clients[$me]->text("look $fd");
    var_dump($clients[$me]->receive() === json_encode([true, true, 3, '127.0.0.1', true, $count, $count, $count]));
}
$clients[$me]->text('look 99999');
var_dump($clients[$me]->receive() === json_encode([false, false, null, null, false, $count, $count, $count]));
$clients[$me]->text("disconnect $b");
echo $clients[$me]->receive(), ' ', $clients[$b]->close(), "\n";
$clients[$b]->send(frame(8, pack('n', 4000)));
var_dump($clients[$b]->closed());
$clients[$me]->text("close $c");
echo $clients[$me]->receive(), "\n";
var_dump($clients[$c]->closed());
echo $server->stop(), "\n";
?>
--EXPECT--
workers: 3
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
true 4000 by a friend
bool(true)
true
bool(true)
0
