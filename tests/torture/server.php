<?php
/**
 * A server whose callbacks capture it, its frames and themselves, and collect each time they are called: WebSocket, HTTP,
 * raw TCP, tasks, letters, timers, a process of its own. TEST_PHP_EXECUTABLE runs it; PHPT_MODE says in which mode.
 * Argument: whether callbacks are coroutines.
 */
require __DIR__ . '/../../tests-phpt/inc/harness.inc';
$coroutines = $argv[1];
$code = <<<'PHP'
error_reporting(E_ALL & ~E_DEPRECATED);
function collect(mixed ...$held): mixed
{
    for ($i = 0; $i < 20; $i++) {
        $ring = new stdClass;
        $ring->self = [$ring, fn () => $ring];
    }
    unset($ring);
    foreach ($held as $one) {
        $also = $one;
        unset($also);
    }
    unset($one);
    gc_collect_cycles();
    gc_collect_cycles();
    return $held[0] ?? null;
}
final class Handler
{
    public array $seen = [];
    public function __construct(public object $server) { $this->seen[] = $this; }
    public function receive($server, $fd, $reactor, $data) { $this->seen[] = $data; collect($this, $server); $this->server->send($fd, collect($data)); }
    public function __call($name, $arguments) { $this->seen[] = $arguments; collect($this, ...$arguments); }
}
#[AllowDynamicProperties]
final class Own extends Swoole\WebSocket\Server { public $ring; }
$kept = 'kept ' . mt_rand();
$server = new Own('127.0.0.1', 0, SWOOLE_ANY_MODE);
$server->set(['worker_num' => 1, 'task_worker_num' => 1, 'enable_coroutine' => COROUTINES, 'task_enable_coroutine' => COROUTINES, 'log_level' => SWOOLE_LOG_WARNING]);
$raw = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$raw->set(['open_websocket_protocol' => false, 'open_http_protocol' => false, 'open_length_check' => true, 'package_length_func' => function ($data) use ($raw, $server, $kept) {
    collect($raw, $server, $kept);
    return strlen($data) < 4 ? 0 : 4;
}]);
$handler = new Handler($server);
$raw->on('connect', [$handler, 'connected']);
$raw->on('receive', [$handler, 'receive']);
$raw->on('close', function ($server, $fd) use ($raw, $handler) { collect($raw, $handler); });
$server->ring = [$server, $handler, $raw, &$server->ring];
foreach (['start', 'managerStart', 'managerStop', 'workerStart', 'workerStop', 'workerExit', 'beforeShutdown', 'shutdown', 'beforeReload', 'afterReload', 'disconnect', 'bufferFull'] as $event) {
    $server->on($event, function (...$arguments) use ($server, $kept, &$handler) {
        static $all = [];
        $all[] = $arguments;
        collect($kept, $server, $handler);
    });
}
$server->on('open', function ($s, $request) use ($server, $kept) {
    $request->ring = [$request, $s, fn () => $request];
    $s->last = $request;
    collect($request, $s);
    $s->push($request->fd, collect($kept) === $kept ? 'open' : 'changed');
});
$server->on('message', function ($s, $frame) use ($server, $kept, &$handler) {
    static $frames = [];
    $frame->ring = [$frame, $s, fn () => $frame];
    $frames[] = $frame;
    collect($frame, $s, $server);
    foreach ($s->connections as $fd) {
        collect($s->connections, $s->getClientInfo($fd));
    }
    if (COROUTINES) {
        go(function () use ($frame, $s) { Co::sleep(0.001); collect($frame, $s); });
    }
    match ($frame->data) {
        'task' => $s->task([$kept, $frame->fd], -1, function ($s, $id, $result) use ($frame, $kept) { collect($frame, $s); $s->push($frame->fd, $result === $kept ? 'task' : 'changed'); }),
        'letter' => $s->sendMessage([$kept, $frame->fd], 1),
        'timer' => $s->after(1, function () use ($s, $frame, $kept) { collect($s, $frame); $s->push($frame->fd, 'timer'); }),
        'defer' => $s->defer(function () use ($s, $frame, $kept) { collect($s, $frame); $s->push($frame->fd, 'defer'); }),
        default => $s->push($frame->fd, (fn () => collect($frame->data, $s))()),
    };
});
$server->on('close', function ($s, $fd) use ($server, $kept) { collect($s, $server, $kept); });
$server->on('request', function ($request, $response) use ($server, $kept) {
    $request->ring = [$request, $response, $server, fn () => $request];
    $response->ring = [$request, $response];
    collect($request, $response);
    $response->header('X-Kept', collect($kept));
    $response->end(collect($request->rawContent(), $request->post));
});
$server->on('task', function ($s, ...$arguments) use ($server, $kept) {
    $task = $arguments[0];
    $data = is_object($task) ? $task->data : $arguments[2];
    collect($task, $s, $server);
    is_object($task) ? $task->finish(collect($data[0])) : $s->finish(collect($data[0]));
});
$server->on('finish', function (...$arguments) use ($server, $kept) { collect($server, ...$arguments); });
$server->on('pipeMessage', function ($s, $from, $data) use ($server, $kept) {
    $server->letters[] = [$s, &$data];
    collect($s, $server, $data);
    if ($s->taskworker) {
        $s->sendMessage($data, 0);
    } else {
        $s->push($data[1], $data[0] === $kept ? 'letter' : 'changed');
    }
});
$process = new Swoole\Process(function ($process) use ($server, $kept, &$handler) {
    collect($process, $server, $kept);
    while ($process->read()) {
        collect($process, $server);
    }
});
$process->ring = [$process, $server];
$server->addProcess($process);
PHP;
$server = new ServerProcess(str_replace('COROUTINES', $coroutines, $code), 'collect($server, $raw, $process, $handler);');
$failed = 0;
function check(string $what, string $got, string $expected): void
{
    global $failed;
    if ($got !== $expected) {
        $failed++;
        echo "$what: $got\n";
    }
}
for ($round = 0; $round < 3; $round++) {
    $client = $server->websocket();
    check('open', $client->receive(), 'open');
    foreach (['one', 'task', 'letter', 'timer', 'defer', 'two'] as $order) {
        $client->text($order);
        check($order, $client->receive(), $order);
    }
    $raw = new Client($server->ports[1]);
    $raw->send('ping');
    check('raw', $raw->bytes(4), 'ping');
    $response = $server->connect()->request("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close", 'a=1');
    check('request', $response['body'], 'a=1');
    $client->end();
    $raw->end();
}
check('status', (string) $server->stop(), '0');
check('output', $server->output(), '');
echo $failed ? '' : "done\n";
exit($failed ? 1 : 0);
