--TEST--
SWOOLE_PROCESS: timers and coroutines of onStart reach every connection and every worker
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 2, 'reactor_num' => 3, 'task_worker_num' => 1, 'log_level' => SWOOLE_LOG_NONE]);
$server->addCommand('double', SWOOLE_SERVER_COMMAND_EVENT_WORKER, fn ($server, $json) => json_encode(['worker' => $server->worker_id, 'is' => 2 * json_decode($json)]));
$server->on('start', function ($server) {
    $own = [$server->getWorkerId(), $server->worker_id, @$server->stop(), count($server->connections), @$server->push(1, '')];
    echo 'onStart ', json_encode($own), "\n";
    go(function () use ($server) {
        Swoole\Coroutine::sleep(0.001);
        echo 'command ', json_encode($server->command('double', 1, SWOOLE_SERVER_COMMAND_EVENT_WORKER, 21)), "\n";
        echo 'task ', $server->taskwait('work', 5), "\n";
    });
    $server->tick(2, function ($timer) use ($server) {
        $fds = iterator_to_array($server->connections, false);
        $open = array_filter($fds, fn ($fd) => $server->isEstablished($fd) && $server->exist($fd));
        if (count($open) < 8) {
            return;
        }
        $server->clearTimer($timer);
        $reactors = array_map(fn ($fd) => $server->getClientInfo($fd)['reactor_id'], $fds);
        sort($fds);
        echo json_encode([$fds, max($reactors) < 3, $server->getClientList(0, 100) == $fds, $server->stats()['connection_num']]), "\n";
        foreach ($fds as $fd) {
            $server->push($fd, "hello $fd");
        }
        echo json_encode([$server->disconnect(1, 4001, 'enough'), $server->close(2), $server->send(3, "\x81\x03raw")]), "\n";
        echo json_encode([$server->isEstablished(1), $server->exist(2), @$server->push(1, 'late'), $server->getLastError(), @$server->push(99, 'nobody')]), "\n";
        $large = str_repeat('x', 300_000);
        for ($i = 0; $i < 20; $i++) {
            foreach ([4, 5, 6, 7, 8] as $fd) {
                $server->push($fd, $large);
            }
        }
        echo "all pushed\n";
    });
});
$server->on('task', fn ($server, $id, $from, $data) => "$data done");
$server->on('message', fn ($server, $frame) => null);
PHP);
$server->expect('task');
$clients = [];
for ($i = 0; $i < 8; $i++) {
    $clients[] = $server->websocket();
}
foreach ($clients as $client) {
    echo $client->receive(), "\n";
}
var_dump($clients[0]->close(), $clients[1]->close(), $clients[2]->receive());
for ($i = 0; $i < 20; $i++) {
    foreach (array_slice($clients, 3) as $client) {
        $length = strlen($client->receive());
        $length === 300_000 || print "only $length\n";
    }
}
$server->expect('all pushed');
echo $server->stop(), "\n";
echo $server->output();
?>
--EXPECT--
hello 1
hello 2
hello 3
hello 4
hello 5
hello 6
hello 7
hello 8
string(11) "4001 enough"
NULL
string(3) "raw"
0
onStart [false,-1,false,0,false]
command {"worker":1,"is":42}
task work done
[[1,2,3,4,5,6,7,8],true,true,8]
[true,true,true]
[false,false,false,8503,false]
all pushed
