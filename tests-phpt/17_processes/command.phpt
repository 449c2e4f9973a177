--TEST--
addCommand() and command(): workers, task workers, the master, the manager and oneself are asked, in JSON both ways; what is refused
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
const MASTER = SWOOLE_SERVER_COMMAND_MASTER, WORKER = SWOOLE_SERVER_COMMAND_EVENT_WORKER, TASK = SWOOLE_SERVER_COMMAND_TASK_WORKER, MANAGER = SWOOLE_SERVER_COMMAND_MANAGER;
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'task_worker_num' => 1, 'log_level' => SWOOLE_LOG_NONE]);
$server->on('task', fn () => null);
$who = fn ($server, $json) => json_encode(['worker' => $server->worker_id, 'said' => json_decode($json)]);
var_dump($server->addCommand('who', MASTER | WORKER | TASK | SWOOLE_SERVER_COMMAND_REACTOR_THREAD, $who));
var_dump($server->addCommand('who', WORKER, $who));
$process = fn ($server, $json) => match (getmypid()) {
    $server->manager_pid => 'manager',
    $server->master_pid => 'master',
    default => 'worker',
};
$server->addCommand('process', MASTER | MANAGER | WORKER, fn (...$args) => json_encode([$process(...$args), strlen(json_decode($args[1]))]));
$server->addCommand('fail', MASTER | MANAGER, fn () => throw new Exception('no answer'));
var_dump($server->addCommand('list', WORKER, fn () => ['not' => 'a string']));
var_dump($server->addCommand('large', WORKER, fn ($server, $json) => $json));
var_dump($server->addCommand('throw', WORKER, fn () => throw new Exception('boom')));
var_dump(@$server->command('who', 0, WORKER, null));
echo error_get_last()['message'], "\n";
$server->on('workerError', function ($server, $id, $pid, $code) { echo "error $id $code\n"; });
$server->on('message', function ($server, $frame) {
    $other = 1 - $server->worker_id;
    $data = ['a' => [1, "\u{e4}"]];
    $result = match ($frame->data) {
        'other' => $server->command('who', $other, WORKER, $data) === ['worker' => $other, 'said' => $data],
        'self' => $server->command('who', $server->worker_id, WORKER, null) === ['worker' => $server->worker_id, 'said' => null],
        'task' => $server->command('who', 0, TASK, 'text'),
        'text' => $server->command('who', 0, TASK, 1.5, false),
        'master' => $server->command('process', 7, MASTER, str_repeat('x', 200_000)),
        'manager' => $server->command('process', 7, MANAGER, str_repeat('x', 200_000)),
        'many' => array_count_values(array_column(Swoole\Coroutine\map(range(1, 30), fn ($n) => $server->command('process', 0, $n % 2 ? MASTER : MANAGER, '')), 0)),
        'fail' => [$server->command('fail', 0, MANAGER, 1), $server->mode === SWOOLE_BASE ?: $server->command('fail', 0, MASTER, 1) !== false],
        'reactor' => $server->command('who', 1, SWOOLE_SERVER_COMMAND_REACTOR_THREAD, true) === ($server->mode === SWOOLE_BASE ? ['worker' => 1, 'said' => true] : false),
        'at once' => array_column(Swoole\Coroutine\map([0, 1, 0, 1], fn ($to) => $server->command('who', $to, WORKER, $to)), 'said'),
        'large' => strlen($server->command('large', $other, WORKER, str_repeat('x', 200_000))),
        'list' => $server->command('list', $other, WORKER, 1),
        'throw' => $server->command('throw', $other, WORKER, 1),
        'unknown' => [$server->command('nobody', 0, WORKER, 1), swoole_last_error()],
        'wrong kind' => [$server->command('list', 0, TASK, 1), swoole_last_error()],
        'late' => [@$server->addCommand('late', WORKER, fn () => ''), swoole_last_error()],
        'wrong id' => [$server->command('who', 2, WORKER, 1), $server->command('who', -1, TASK, 1), swoole_last_error()],
    };
    $server->push($frame->fd, json_encode($result));
});
PHP);
$client = $server->websocket();
foreach (['other', 'self', 'task', 'text', 'master', 'manager', 'many', 'fail', 'reactor', 'at once', 'large', 'list', 'unknown', 'wrong kind', 'wrong id', 'late', 'throw'] as $case) {
    $client->text($case);
    echo "$case: ", $client->receive(), "\n";
}
wait_until(fn () => preg_match('/^error \d 255/m', $server->output()), 'the end of the worker');
echo $server->stop(), "\n";
echo preg_replace(['/^(PHP )?Fatal.*?thrown in [^\n]*\n/ms', '/^\n/m', '/error \d/'], ['', '', 'error N'], $server->output());
?>
--EXPECT--
other: true
self: true
task: {"worker":2,"said":"text"}
text: "{\"worker\":2,\"said\":1.5}"
master: ["master",200000]
manager: ["manager",200000]
many: {"master":15,"manager":15}
fail: [{"data":"failed to call function","code":-1},true]
reactor: true
at once: [0,1,0,1]
large: 200000
list: {"data":"wrong return type","code":-2}
unknown: [false,9012]
wrong kind: [false,507]
wrong id: [false,false,505]
late: [false,503]
throw: {"data":"failed to call function","code":-1}
0
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
bool(false)
Swoole\Server::command(): server is not running
error N 255
