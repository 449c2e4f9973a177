--TEST--
stats() no longer counts a task whose result is here, in whatever way it is given and answered
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([
    'in turn' => [],
    'shared' => ['task_ipc_mode' => 3],
    'in coroutines' => ['task_enable_coroutine' => true],
] as $name => $options) {
    $server = new ServerProcess(sprintf(<<<'PHP'
    $server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    $server->set(['worker_num' => 1, 'task_worker_num' => 2] + %s);
    $server->on('task', fn () => 'done');
    $server->on('message', function ($server, $frame) {
        for ($n = 0; $n < 2000; $n++) {
            $server->taskwait('x');
            $stats = $server->stats();
            if ($stats['tasking_num'] !== 0 || $stats['task_idle_worker_num'] !== 2) {
                $server->push($frame->fd, "task $n: " . json_encode($stats));
                return;
            }
        }
        $server->push($frame->fd, $server->stats()['task_count']);
    });
    PHP, var_export($options, true)));
    $client = $server->websocket();
    $client->text('go');
    echo $name, ': ', $client->receive(), "\n";
    $server->stop();
}
?>
--EXPECT--
in turn: 2000
shared: 2000
in coroutines: 2000
