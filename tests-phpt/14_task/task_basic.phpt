--TEST--
task(), finish(), onFinish, taskwait(), taskWaitMulti(), taskCo(): any value, in coroutines, by one or many
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 6]);
$server->on('task', function ($server, $id, $from, $data) {
    if ($data === 'sleep') {
        usleep(300_000);
    }
    if ($data === 'finish twice') {
        $server->finish('first');
        return 'second';
    }
    if ($data === 'who') {
        return [$server->taskworker, $server->worker_id >= 1, $from, Co::getCid(), $server->getWorkerId() === $server->worker_id];
    }
    return $data === 'nothing' ? null : ['got' => $data];
});
$server->on('finish', function ($server, $id, $data) use (&$client) {
    $server->push($client, "finish $id " . json_encode($data));
});
$server->on('message', function ($server, $frame) use (&$client) {
    $client = $frame->fd;
    $say = fn ($what) => $server->push($frame->fd, json_encode($what));
    switch ($frame->data) {
        case 'task':
            $server->push($frame->fd, 'id ' . var_export($server->task('text'), true));
            break;
        case 'callback':
            $server->task(1.5, -1, fn ($server, $id, $data) => $server->push($frame->fd, "own callback $id " . json_encode($data)));
            break;
        case 'twice':
            $server->task('finish twice');
            break;
        case 'wait':
            $say([$server->taskwait('who', 5.0), $server->taskwait(['deep' => [1, null, true]], 5.0, 1)]);
            break;
        case 'timeout':
            $start = microtime(true);
            $say([$server->taskwait('sleep', 0.05), microtime(true) - $start < 0.29]);
            break;
        case 'multi':
            $say($server->taskWaitMulti(['a' => 1, 'b' => 'sleep', 'c' => 'x'], 0.1));
            $say($server->taskCo([1, 'sleep', 'nothing'], 0.1));
            break;
        case 'big':
            $say(strlen($server->taskwait(str_repeat('x', 3_000_000), 10)['got']));
            break;
    }
});
PHP);
$client = $server->websocket();
foreach (['task' => 2, 'callback' => 1, 'twice' => 2, 'wait' => 1, 'timeout' => 1, 'multi' => 2, 'big' => 1] as $what => $answers) {
    $client->text($what);
    for ($i = 0; $i < $answers; $i++) {
        echo $client->receive(), "\n";
    }
}
echo $server->stop(), "\n";
?>
--EXPECT--
id 0
finish 0 {"got":"text"}
own callback 1 {"got":1.5}
finish 2 "first"
finish 2 "second"
[[true,true,0,-1,true],{"got":{"deep":[1,null,true]}}]
[false,true]
{"a":{"got":1},"c":{"got":"x"}}
[{"got":1},false,false]
3000000
0
