--TEST--
A task worker that is killed inside a task: its other tasks are done, and none counts as waiting for ever
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 1, 'log_level' => SWOOLE_LOG_NONE]);
$server->on('task', fn ($server, $id, $from, $data) => $data === 'die' ? Swoole\Process::kill(getmypid(), SIGKILL) : strlen($data));
$server->on('message', function ($server, $frame) {
    // What it has read when it dies is lost with it: the first, and perhaps one more.
    foreach (['die', 'a', str_repeat('b', 100_000), 'die', ...array_fill(0, 20, 'c')] as $data) {
        $server->task($data);
    }
    while (($stats = $server->stats())['tasking_num'] > 0) {
        Swoole\Coroutine::sleep(0.002);
    }
    $server->push($frame->fd, json_encode([$stats['tasking_num'], $stats['task_idle_worker_num'], $stats['task_count'], $server->taskwait('last', 5)]));
});
$server->on('finish', fn () => null);
PHP);
$client = $server->websocket();
$client->text('go');
echo $client->receive(), "\n";
$server->stop();
echo $server->output();
?>
--EXPECT--
[0,1,24,4]
