--TEST--
An uncaught exception outside of a connection's callback does not end a server that is alone; without coroutines it ends no process
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->on('message', function ($server, $frame) {
    $boom = fn () => throw new RuntimeException("boom in $frame->data");
    match ($frame->data) {
        'go' => go($boom),
        'defer' => Swoole\Coroutine::defer($boom),
        'after' => Swoole\Timer::after(1, $boom),
        'tick' => Swoole\Timer::tick(1, function ($id) use ($boom) { Swoole\Timer::clear($id); $boom(); }),
        'server defer' => $server->defer($boom),
        'later' => go(function () use ($boom) { Swoole\Coroutine::sleep(0.001); $boom(); }),
    };
    Swoole\Timer::after(10, fn () => $server->push($frame->fd, "after $frame->data"));
});
PHP);
$client = $server->websocket();
foreach (['go', 'defer', 'after', 'tick', 'server defer', 'later'] as $what) {
    $client->text($what);
    var_dump($client->receive());
    $server->expect("Uncaught RuntimeException: boom in $what");
}
var_dump($server->stop());

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'enable_coroutine' => false, 'task_worker_num' => 1]);
$server->on('workerError', fn () => print("worker error\n"));
$server->on('task', fn ($server, $id, $from, $data) => $data === 'throw' ? throw new RuntimeException('boom in a task') : getmypid());
$server->on('finish', function () {});
$server->on('message', function ($server, $frame) {
    static $count = 0;
    $count++;
    if ($frame->data === 'throw') {
        throw new RuntimeException('boom in a message');
    }
    $server->push($frame->fd, $frame->data === 'task' ? json_encode([$a = $server->taskwait('pid', 5), $server->taskwait('throw', 0.05), $server->taskwait('pid', 5) === $a]) : "$count");
});
PHP);
$client = $server->websocket();
foreach (['a', 'throw', 'throw', 'b'] as $text) {
    $client->text($text);
    echo $text === 'throw' ? '' : $client->receive() . "\n";
}
$client->text('task');
echo preg_replace('~\d+~', 'N', $client->receive()), "\n";
var_dump($server->stop(), substr_count($server->output(), 'Uncaught RuntimeException: boom in a message'), substr_count($server->output(), 'boom in a task') > 0, str_contains($server->output(), 'worker error'));
?>
--EXPECT--
string(8) "after go"
string(11) "after defer"
string(11) "after after"
string(10) "after tick"
string(18) "after server defer"
string(11) "after later"
int(0)
1
4
[N,false,true]
int(0)
int(2)
bool(true)
bool(false)
