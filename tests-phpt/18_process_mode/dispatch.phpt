--TEST--
SWOOLE_PROCESS: dispatch_mode decides which worker gets a connection or a message
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([SWOOLE_DISPATCH_ROUND, SWOOLE_DISPATCH_FDMOD, SWOOLE_DISPATCH_IDLE_WORKER, SWOOLE_DISPATCH_IPMOD, SWOOLE_DISPATCH_UIDMOD, SWOOLE_DISPATCH_CO_CONN_LB] as $mode) {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
    \$server->set(['worker_num' => 3, 'reactor_num' => 1, 'dispatch_mode' => $mode]);
    \$server->on('message', function (\$server, \$frame) {
        if (\$frame->data === 'bind') {
            \$server->bind(\$frame->fd, 7);
        }
        \$server->push(\$frame->fd, (string) \$server->worker_id);
    });
    PHP);
    $clients = [$server->websocket(), $server->websocket(), $server->websocket(), $server->websocket()];
    $asked = [];
    foreach ($clients as $client) {
        foreach (['a', 'bind', 'b', 'c'] as $text) {
            $client->text($text);
            $asked[] = $client->receive();
        }
    }
    $first = array_map(fn ($four) => $four[0], array_chunk($asked, 4));
    $last = array_map(fn ($four) => $four[3], array_chunk($asked, 4));
    $stays = array_filter(array_chunk($asked, 4), fn ($four) => count(array_unique($four)) > 1) === [];
    echo "$mode: ", match ($mode) {
        // The handshakes went round before.
        SWOOLE_DISPATCH_ROUND => count(array_unique($asked)) === 3 && !$stays ? 'messages go round' : implode($asked),
        SWOOLE_DISPATCH_FDMOD => $stays ? 'fd % worker_num is ' . implode($first) : implode($asked),
        SWOOLE_DISPATCH_IDLE_WORKER => count(array_unique($asked)) > 1 ? 'whoever is idle' : implode($asked),
        SWOOLE_DISPATCH_IPMOD => $stays && count(array_unique($first)) === 1 ? 'one address, one worker' : implode($asked),
        SWOOLE_DISPATCH_UIDMOD => 'fd % worker_num is ' . implode($first) . ', then uid % worker_num is ' . implode($last),
        SWOOLE_DISPATCH_CO_CONN_LB => $stays && count(array_unique($first)) === 3 ? 'evenly, and they stay' : implode($asked),
    }, "\n";
    $server->stop();
}
?>
--EXPECT--
1: messages go round
2: fd % worker_num is 1201
3: whoever is idle
4: one address, one worker
5: fd % worker_num is 1201, then uid % worker_num is 1111
8: evenly, and they stay
