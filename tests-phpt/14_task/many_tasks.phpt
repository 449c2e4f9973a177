--TEST--
Ten thousand tasks on four task workers that are reloaded meanwhile: none is lost, in order per worker
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 4, 'task_max_request' => 700]);
$server->on('task', fn ($server, $id, $from, $data) => [$server->worker_id, $data]);
$server->on('finish', function ($server, $id, $data) use (&$seen, &$last, &$ordered, &$client) {
    [$worker, $number] = $data;
    $ordered = ($ordered ?? true) && $number > ($last[$worker] ?? -1);
    $last[$worker] = $number;
    $seen[$number] = true;
    if (count($seen) === 10_000) {
        // The last result may be here before its worker has counted the task as done.
        while ($server->stats()['tasking_num'] > 0) {
            Co::sleep(0.001);
        }
        $server->push($client, json_encode([count($seen), count($last), $ordered, $server->stats()['tasking_num']]));
    }
});
$server->on('message', function ($server, $frame) use (&$client) {
    $client = $frame->fd;
    for ($i = 0; $i < 10_000; $i++) {
        $server->task($i);
        if ($i === 5000) {
            $server->reload(true);
        }
    }
});
$server->on('afterReload', function () { echo "reloaded\n"; });
PHP);
$client = $server->websocket();
$client->text('go');
echo $client->receive(), "\n";
$server->expect('reloaded');
$client->text('again');
echo $server->stop(), "\n";
?>
--EXPECT--
[10000,4,true,0]
0
