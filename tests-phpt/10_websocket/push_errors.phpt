--TEST--
push() refuses what cannot be sent, with Swoole's warnings
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    set_error_handler(function ($level, $text) { echo "  $text\n"; return true; });
    $tries = [
        'unknown' => [999, 'x'], 'zero' => [0, 'x'], 'negative' => [-1, 'x'],
        'opcode 11' => [$frame->fd, 'x', 11], 'opcode -1' => [$frame->fd, 'x', -1],
        'ping of 126' => [$frame->fd, str_repeat('x', 126), 9], 'reason of 124' => [$frame->fd, str_repeat('x', 124), 8],
    ];
    foreach ($tries as $name => $args) {
        echo "$name\n";
        $result = $server->push(...$args);
        echo '  ', json_encode($result), ' ', $server->getLastError(), "\n";
    }
    restore_error_handler();
    var_dump($server->push($frame->fd, ''), $server->push($frame->fd, 'ok', 1, true));
});
PHP);
$client = $server->websocket();
$client->text('go');
var_dump($client->receive(), $client->receive());
$server->stop();
echo $server->output();
?>
--EXPECT--
string(0) ""
string(2) "ok"
unknown
  Swoole\WebSocket\Server::push(): session#999 does not exists
  false 1005
zero
  Swoole\WebSocket\Server::push(): session#0 does not exists
  false 1005
negative
  Swoole\WebSocket\Server::push(): session#-1 does not exists
  false 1005
opcode 11
  Swoole\WebSocket\Server::push(): opcode must be between 0 and 10
  false 8505
opcode -1
  Swoole\WebSocket\Server::push(): opcode must be between 0 and 10
  false 8505
ping of 126
  Swoole\WebSocket\Server::push(): websocket control frame payload must not exceed 125 bytes
  false 8505
reason of 124
  Swoole\WebSocket\Server::push(): the max length of close reason is 123
  false 8505
bool(true)
bool(true)
