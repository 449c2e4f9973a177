--TEST--
addProcess(): a process of the script's behind the workers: its pipe, the server's methods, killed and forked again, no reload, the end
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'task_worker_num' => 1, 'log_level' => SWOOLE_LOG_NONE]);
$process = new Swoole\Process(function ($process) use ($server) {
    // Blocks for ever, as most of them do.
    while ($fd = $process->read()) {
        $server->push($fd, json_encode([
            'id' => [$process->id, $server->worker_id, $server->getWorkerId()],
            'pid' => $process->pid === getmypid() && $server->getWorkerPid() === getmypid(),
            'others' => [$server->manager_pid === (int) explode(' ', file_get_contents('/proc/self/stat'))[3], in_array($server->master_pid, $server->mode === SWOOLE_BASE ? [$server->getWorkerPid(0)] : [$server->getMasterPid(), (int) explode(' ', file_get_contents("/proc/$server->manager_pid/stat"))[3]])],
            'user_worker_num' => $server->stats()['user_worker_num'],
            'exist' => $server->exist($fd),
            'taskworker' => $server->taskworker,
        ]));
    }
});
$number = $server->addProcess($process);
$server->on('start', fn () => printf("number %d, id %d\n", $number, $process->id));
$server->on('workerError', function ($server, $id, $pid, $code, $signal) { echo "error $id $code $signal\n"; });
$server->on('afterReload', function () { echo "reloaded\n"; });
$server->on('task', fn () => null);
$server->on('message', function ($server, $frame) use ($process) {
    match ($frame->data) {
        'pid' => $server->push($frame->fd, (string) $server->getWorkerPid(3)),
        'call' => $process->write((string) $frame->fd),
    };
});
PHP);
function ask(string $order) {
    global $client;
    $client->text($order);
    return $client->receive();
}
$client = $server->websocket();
echo ask('call'), "\n";
$first = (int) ask('pid');
// What it has not read is there for its successor.
exec("kill -STOP $first");
wait_until(fn () => explode(' ', file_get_contents("/proc/$first/stat"))[2] === 'T', 'it to stop');
$client->text('call');
exec("kill -KILL $first");
echo $client->receive(), "\n";
$server->expect('error');
$second = (int) ask('pid');
$server->signal(10);
$server->expect('reloaded');
$client = $server->websocket();
wait_until(fn () => (int) ask('pid') > 0, 'its pid');
var_dump($second !== $first, (int) ask('pid') === $second);
echo $server->stop(), "\n";
var_dump(is_dir("/proc/$second"));
echo $server->output();
?>
--EXPECT--
{"id":[3,3,3],"pid":true,"others":[true,true],"user_worker_num":1,"exist":true,"taskworker":false}
{"id":[3,3,3],"pid":true,"others":[true,true],"user_worker_num":1,"exist":true,"taskworker":false}
bool(true)
bool(true)
0
bool(false)
number 0, id 0
error 3 0 9
reloaded
