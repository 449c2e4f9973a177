--TEST--
SIGTERM: clients get Close 1001, onClose runs for each, start() returns true and the script goes on (weaknesses 9, 46)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([15, 2] as $signal) {
    $server = new ServerProcess(<<<'PHP'
    $server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    foreach (['start', 'workerStart', 'beforeShutdown', 'workerStop', 'shutdown'] as $event) {
        $server->on($event, function () use ($event) { echo "$event\n"; });
    }
    $server->on('open', function ($server, $request) { echo "open $request->fd\n"; });
    $server->on('message', function () {});
    $server->on('close', function ($server, $fd, $reactor) { echo "close $fd $reactor\n"; });
    PHP, after: 'echo "after start\n";');
    $a = $server->websocket();
    $b = $server->websocket();
    $server->expect('open 2');
    $server->signal($signal);
    echo substr($a->close(), 0, 4), ' ', substr($b->close(), 0, 4), "\n";
    $a->send(frame(8, pack('n', 1001)));
    $b->send(frame(8, pack('n', 1001)));
    echo 'exit ', $server->stop(0), "\n";
    // The processes of SWOOLE_PROCESS start at once.
    echo str_replace("workerStart\nstart\n", "start\nworkerStart\n", $server->output());
}
?>
--EXPECT--
1001 1001
exit 0
start
workerStart
open 1
open 2
beforeShutdown
close 1 -1
close 2 -1
workerStop
shutdown
after start
1001 1001
exit 0
start
workerStart
open 1
open 2
beforeShutdown
close 1 -1
close 2 -1
workerStop
shutdown
after start
