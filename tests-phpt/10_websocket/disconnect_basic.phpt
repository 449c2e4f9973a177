--TEST--
disconnect() sends Close, waits for the peer's Close, ends in onClose; bad codes and reasons are refused (weaknesses 8, 45)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    $fd = $frame->fd;
    foreach ([0, 5, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 70000, -1] as $code) {
        if (@$server->disconnect($fd, $code) !== false) {
            echo "sent $code\n";
        }
    }
    var_dump(@$server->disconnect($fd, 1000, str_repeat('x', 124)), @$server->disconnect($fd, 1000, "\xff"), $server->isEstablished($fd));
    var_dump($server->disconnect($fd, 4001, 'see you'), $server->isEstablished($fd));
    var_dump(@$server->push($fd, 'too late'), @$server->disconnect($fd));
});
$server->on('close', function ($server, $fd, $reactor) { echo "close $fd\n"; });
$server->on('disconnect', function ($server, $fd) { echo "disconnect $fd\n"; });
PHP);
$client = $server->websocket();
$client->text('go');
echo $client->close(), "\n";
// Still our turn: what we send before our Close is read and dropped, not answered by a reset.
$client->text('in flight');
$client->send(frame(8, pack('n', 4001)));
var_dump($client->closed());
$server->expect('close 1');
$server->stop();
echo $server->output();
?>
--EXPECT--
4001 see you
bool(true)
bool(false)
bool(false)
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
close 1
