--TEST--
Tasks: what is refused, and with which words
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 1]);
$server->on('task', function ($server, $id, $from, $data) {
    if ($data === 'nested') {
        return [@$server->task(1), error_get_last()['message']];
    }
    throw new Exception('a task failed');
});
$server->on('workerError', function ($server, $id, $pid, $code) { echo "worker $id ended with $code\n"; });
$server->on('pipeMessage', fn () => null);
$server->on('message', function ($server, $frame) {
    $say = fn (...$what) => $server->push($frame->fd, json_encode($what));
    $say(@$server->task(1, 1), error_get_last()['message']);
    $say(@$server->finish(1), error_get_last()['message']);
    $say(@$server->taskCo(array_fill(0, 1025, 1)), error_get_last()['message']);
    $say(@$server->sendMessage(1, 0), error_get_last()['message']);
    $say(@$server->sendMessage(1, 99), error_get_last()['message']);
    try {
        $server->task(fn () => 1);
    } catch (Exception $exception) {
        $say($exception->getMessage());
    }
    $say($server->taskwait('nested', 5));
    $say($server->taskwait('throw', 1));
    $say($server->taskwait('nested', 5)[0]);
});
PHP);
$client = $server->websocket();
$client->text('go');
for ($i = 0; $i < 9; $i++) {
    echo $client->receive(), "\n";
}
// Without coroutines the exception is reported, and the process goes on.
var_dump(str_contains($server->output(), 'Uncaught Exception: a task failed') && !str_contains($server->output(), 'worker 1 ended'));
echo $server->stop(), "\n";

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    $say = fn (...$what) => $server->push($frame->fd, json_encode($what));
    $say(@$server->task(1), error_get_last()['message']);
    $say(@$server->sendMessage(1, 1), error_get_last()['message']);
});
PHP);
$client = $server->websocket();
$client->text('go');
echo $client->receive(), "\n", $client->receive(), "\n";
echo $server->stop(), "\n";

$server = new Swoole\Server('127.0.0.1', 0);
$server->set(['task_worker_num' => 1]);
$server->on('receive', fn () => null);
var_dump(@$server->task(1), error_get_last()['message']);
try {
    (new Swoole\Server\Task)->finish(1);
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}
foreach (['text', 7, [1, ['x' => null]]] as $value) {
    var_dump(Swoole\Server\Task::unpack(Swoole\Server\Task::pack($value)) === $value);
}
var_dump(Swoole\Server\Task::unpack(''), Swoole\Server\Task::unpack("\xff"));
$server->start();
?>
--EXPECTF--
[false,"Swoole\\Server::task(): worker_id must be less than task_worker_num[1]"]
[false,"Swoole\\Server::finish(): Server->finish() can only be used in the task-worker, inside of onTask"]
[false,"Swoole\\Server::taskCo(): too many concurrent tasks"]
[false,"Swoole\\Server::sendMessage(): can't send messages to self"]
[false,"Swoole\\Server::sendMessage(): worker_id[99] is invalid"]
["Serialization of 'Closure' is not allowed"]
[[false,"Swoole\\Server::task(): Server->task() cannot use in the task-worker"]]
[false]
[false]
bool(true)
0
[false,"Swoole\\Server::task(): task method can't be executed without task worker"]
[false,"Swoole\\Server::sendMessage(): onPipeMessage is null, can't use sendMessage"]
0
bool(false)
string(44) "Swoole\Server::task(): server is not running"
the task was not given by a server: only onTask's can be finished
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
[%s]	WARNING	Server::start_check() (ERRNO 9015): require 'onTask' callback

Fatal error: Swoole\Server::start(): failed to start server. Error: Server::start_check() (ERRNO 9015): require 'onTask' callback in %s on line %d
