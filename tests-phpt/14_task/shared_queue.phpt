--TEST--
task_ipc_mode 3: a task waits for no worker in particular, small or large
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 1, 'task_worker_num' => 2, 'task_ipc_mode' => 3]);
$go = new Swoole\Atomic;
$server->on('task', function ($server, $id, $from, $data) use ($go) {
    if ($data === 'wait') {
        echo "waits\n";
        $go->wait(10);
    }
    return $server->worker_id . ' ' . strlen($data);
});
$server->on('finish', function ($server, $id, $result) use (&$client) {
    $server->push($client, $result);
});
$server->on('message', function ($server, $frame) use ($go, &$client) {
    $client = $frame->fd;
    match ($frame->data) {
        'wait' => $server->task('wait'),
        'small' => array_map(fn ($size) => $server->task(str_repeat('x', $size), 0), range(1, 50)),
        'large' => $server->task(str_repeat('x', 200_000), 1),
        'go' => $go->wakeup(),
        'stats' => $server->push($frame->fd, json_encode(array_intersect_key($server->stats(), ['tasking_num' => 0, 'task_count' => 0]))),
    };
});
PHP);
$client = $server->websocket();
$client->text('wait');
$server->expect('waits');
// Whoever is idle does all of them, whatever index they were given.
$client->text('small');
$workers = [];
for ($n = 1; $n <= 50; $n++) {
    [$worker, $size] = explode(' ', $client->receive());
    $workers[$worker] = true;
    $n == $size || print "$size instead of $n\n";
}
var_dump(count($workers));
$client->text('go');
var_dump(array_key_first($workers) !== (int) $client->receive());
$client->text('large');
var_dump($client->receive());
$client->text('stats');
echo $client->receive(), "\n";
$server->stop();
?>
--EXPECT--
int(1)
bool(true)
string(8) "2 200000"
{"tasking_num":0,"task_count":52}
