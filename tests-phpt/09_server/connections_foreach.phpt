--TEST--
foreach over $server->connections: nested loops, keys, the methods, and no references
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    $pairs = [];
    foreach ($server->connections as $key => $outer) {
        foreach ($server->connections as $inner) {
            $pairs[] = "$key:$outer-$inner";
        }
    }
    $walk = $server->connections;
    for ($walk->rewind(), $byHand = []; $walk->valid(); $walk->next()) {
        $byHand[$walk->key()] = $walk->current();
    }
    try {
        foreach ($server->connections as &$fd) {
        }
    } catch (Error $error) {
        $refused = $error->getMessage();
    }
    $generator = (fn () => yield from $server->connections)();
    $server->push($frame->fd, json_encode([
        $pairs, $byHand, count($walk), iterator_to_array($walk), iterator_to_array($generator), $refused,
    ]));
    foreach ($server->connections as $fd) {
        // Connections that go away under the loop are not seen any more; the walk goes on.
        $server->close($fd, true);
    }
});
PHP);
$first = $server->websocket();
$second = $server->websocket();
$first->text('go');
echo str_replace('],', "],\n", $first->receive()), "\n";
var_dump($second->closed());
echo $server->stop(), "\n";
?>
--EXPECT--
[["1:1-1","1:1-2","2:2-1","2:2-2"],
{"1":1,"2":2},2,{"1":1,"2":2},{"1":1,"2":2},"An iterator cannot be used with foreach by reference"]
bool(true)
0
