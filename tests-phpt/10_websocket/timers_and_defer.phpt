--TEST--
$server->tick, after, clearTimer and defer run callbacks in the worker
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    $fd = $frame->fd;
    $server->defer(function () use ($server, $fd) { $server->push($fd, 'deferred'); });
    $server->push($fd, 'first');
    $server->after(20, function (string $what) use ($server, $fd) { $server->push($fd, $what); }, 'after');
    $n = 0;
    $server->tick(30, function (int $id) use ($server, $fd, &$n) {
        $server->push($fd, 'tick ' . ++$n);
        if ($n === 2) {
            var_dump($server->clearTimer($id), $server->clearTimer($id));
            $server->push($fd, 'over');
        }
    });
});
PHP);
$client = $server->websocket();
$client->text('go');
for ($i = 0; $i < 6; $i++) {
    echo $client->receive(), "\n";
}
echo $server->stop(), "\n", $server->output();
?>
--EXPECT--
first
deferred
after
tick 1
tick 2
over
0
bool(true)
bool(false)
