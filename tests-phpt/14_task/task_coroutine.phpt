--TEST--
task_enable_coroutine: onTask gets a Task, may suspend, and runs beside others
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 1, 'task_enable_coroutine' => true]);
$server->on('task', function ($server, Swoole\Server\Task $task) {
    if ($task->data === 'server') {
        try {
            $server->finish(1);
        } finally {
            return;
        }
    }
    Co::sleep($task->data / 1000);
    $task->finish([$task->data, $task->id, $task->worker_id, is_float($task->dispatch_time), Co::getCid() > 0]);
});
$server->on('finish', fn ($server, $id, $data) => $server->push(1, json_encode($data)));
$server->on('message', function ($server, $frame) {
    $server->task(300);
    $server->task(100);
    $server->push($frame->fd, json_encode(array_column($server->taskCo([220, 20, 120], 5), 0)));
});
PHP);
$client = $server->websocket();
$client->text('go');
for ($i = 0; $i < 3; $i++) {
    echo $client->receive(), "\n";
}
echo $server->stop(), "\n";
?>
--EXPECT--
[100,1,0,true,true]
[220,20,120]
[300,0,0,true,true]
0
