--TEST--
taskwait() without coroutines blocks the worker; messages between workers, with and without event objects
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([false, true] as $objects) {
    $server = new ServerProcess('$objects = ' . var_export($objects, true) . ';' . <<<'PHP'
    $server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    $server->set(['worker_num' => 2, 'task_worker_num' => 1, 'enable_coroutine' => false, 'event_object' => $objects]);
    $server->on('task', $objects
        ? fn ($server, $task) => [$task->data, $task->worker_id < 2]
        : fn ($server, $id, $from, $data) => [$data, $from < 2]);
    $server->on('finish', function ($server, ...$result) use ($objects) {
        // One write: workers print at the same time.
        echo 'finish ' . ($objects ? "{$result[0]->task_worker_id} {$result[0]->data[0]}" : "2 {$result[1][0]}") . "\n";
    });
    $server->on('pipeMessage', function ($server, ...$message) use ($objects) {
        [$from, $text] = $objects ? [$message[0]->source_worker_id, $message[0]->data] : $message;
        echo "$from wrote to $server->worker_id: " . json_encode($text) . "\n";
        if ($server->worker_id === 2) {
            $server->sendMessage(['back'], $from);
        }
    });
    $server->on('message', function ($server, $frame) {
        $server->task('async');
        $server->push($frame->fd, json_encode([Co::getCid(), $server->taskwait('sync', 5), $server->taskwait(str_repeat('x', 500_000), 5)[1]]));
        $server->sendMessage('hello', 2);
    });
    PHP);
    $client = $server->websocket();
    $client->text('go');
    echo $client->receive(), "\n";
    foreach (['finish 2 async', '"hello"', '["back"]'] as $line) {
        $server->expect($line);
    }
    echo $server->stop(), "\n";
}
?>
--EXPECT--
[-1,["sync",true],true]
0
[-1,["sync",true],true]
0
