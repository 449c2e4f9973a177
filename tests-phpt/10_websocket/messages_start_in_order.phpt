--TEST--
Messages of one connection start in order, each behind onOpen; a lock makes them end in order too (weakness 41)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$turns = [];
$server->on('open', function ($server, $request) use (&$turns) {
    $turns[$request->fd] = new Swoole\Coroutine\Channel(1);
    echo "open\n";
});
$server->on('message', function ($server, $frame) use (&$turns) {
    echo "start $frame->data\n";
    // One at a time: who waits for a channel is served in the order of arrival.
    $turns[$frame->fd]->push(true);
    Swoole\Coroutine::sleep((4 - (int) $frame->data) / 50);
    echo "end $frame->data\n";
    $turns[$frame->fd]->pop();
    $server->push($frame->fd, $frame->data);
});
PHP);
$client = $server->connect();
$client->send(handshake() . frame(1, '1') . frame(1, '2') . frame(1, '3'));
$client->head();
for ($i = 0; $i < 3; $i++) {
    echo $client->receive(), "\n";
}
$server->stop();
echo $server->output();
?>
--EXPECT--
1
2
3
open
start 1
start 2
start 3
end 1
end 2
end 3
