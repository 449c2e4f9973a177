--TEST--
taskwait() outside of a coroutine, behind tasks that wait for room in the pipe: each arrives once
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 1, 'enable_coroutine' => false]);
$go = new Swoole\Atomic;
$server->on('task', function ($server, $id, $from, $data) use ($go) {
    $go->wait(10);
    $go->set(1);
    return (int) $data;
});
$server->on('finish', function ($server, $id, $number) use (&$seen) { $seen[] = $number; });
$server->on('message', function ($server, $frame) use ($go, &$seen) {
    $frame->data === 'wait' and $go->wakeup();
    $server->push($frame->fd, match ($frame->data) {
        'give' => (function () use ($server) {
            for ($i = 0; $i < 200; $i++) {
                $server->task(str_pad("$i ", 30_000, '.'));
            }
            return 'given';
        })(),
        'wait' => (string) $server->taskwait('200', 10),
        'count' => json_encode([count($seen), $seen === range(0, 199)]),
    });
});
PHP);
$client = $server->websocket();
// The second wait is there so that whatever came before it has come.
foreach (['give', 'wait', 'wait', 'count'] as $order) {
    $client->text($order);
    echo $client->receive(), "\n";
}
?>
--EXPECT--
given
200
200
[200,true]
