--TEST--
The cycle collector frees nothing that a server, its ports, processes and callbacks hold
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

// A server that nobody has started.
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function () use ($server) {});
$server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP)->on('receive', function () use (&$server) {});
$process = new Swoole\Process(function () use ($server) {});
$socket = $process->exportSocket();
$server->addProcess($process);
$server->addCommand('c', SWOOLE_SERVER_COMMAND_MASTER, fn () => $server);
for ($i = 0; $i < 3; $i++) {
    // Nothing else shows an object to the collector as one that may be garbage.
    foreach ([$server, $process, $socket, ...$server->ports] as $held) {
        $also = $held;
        unset($also);
    }
    unset($held);
    gc_collect_cycles();
}
var_dump(count($server->ports), $server->ports[0]->port > 0, $process->pipe > 0, $socket->fd > 0);

// Two sockets that measure packages by one function.
[$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
$measure = function ($data) use (&$a, &$b) { return strlen($data); };
$a->setProtocol(['open_length_check' => true, 'package_length_func' => $measure]);
$b->setProtocol(['open_length_check' => true, 'package_length_func' => $measure]);
unset($measure);
for ($i = 0; $i < 3; $i++) {
    $also = $a;
    unset($also);
    gc_collect_cycles();
}
Swoole\Coroutine\run(function () use ($a, $b) {
    $a->send('packet');
    var_dump($b->recvPacket(1));
});

// A scheduler that is gone while what it was given runs.
(function () {
    $scheduler = new Swoole\Coroutine\Scheduler;
    $scheduler->add(function () use (&$scheduler) {
        $scheduler = null;
        Swoole\Coroutine::sleep(0.001);
        gc_collect_cycles();
        echo "the task goes on\n";
    });
    $scheduler->start();
})();

// Servers whose callbacks make garbage in rings and collect it.
$handlers = [
    'function ($s, $f) use ($x) { BODY }',
    'fn ($s, $f) => (function () use ($s, $f, $x) { BODY })()',
    'function ($s, $f) { static $x = null; $x ??= "abc" . rand(1, 1); BODY }',
    'function ($s, $f) use ($x, $server) { BODY }',
];
$body = 'for ($i = 0; $i < 3000; $i++) { $o = new stdClass; $o->self = $o; } gc_collect_cycles(); $s->push($f->fd, $x . $f->data);';
foreach ($handlers as $handler) {
    foreach (['true', 'false'] as $coroutines) {
        $handler = str_replace('BODY', $body, $handler);
        $process = new ServerProcess("
            \$server = new Swoole\\WebSocket\\Server('127.0.0.1', 0);
            \$server->set(['worker_num' => 1, 'enable_coroutine' => $coroutines]);
            \$x = 'abc' . rand(1, 1);
            \$server->on('open', function (\$s) use (\$x, \$server) { gc_collect_cycles(); });
            \$server->on('close', function (\$s) use (\$x, \$server) { gc_collect_cycles(); });
            \$server->on('message', $handler);
        ");
        $client = $process->websocket();
        $answers = [];
        for ($i = 0; $i < 8; $i++) {
            $client->text("$i");
            $answers[] = $client->receive();
        }
        $expected = array_map(fn ($i) => "abc1$i", range(0, 7));
        if ($answers !== $expected || $process->stop() !== 0 || $process->output() !== '') {
            echo "$handler, coroutines $coroutines: ", json_encode($answers), $process->output(), "\n";
        }
    }
}
echo "done\n";
?>
--EXPECT--
int(2)
bool(true)
bool(true)
bool(true)
string(6) "packet"
the task goes on
done
