--TEST--
A slow reader: push() suspends its coroutine until there is room, or fails with 1009 where send_yield is off
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    if ($frame->data === 'ping') {
        return $server->push($frame->fd, 'pong');
    }
    for ($i = $failed = 0; $i < 200; $i++) {
        if (!@$server->push($frame->fd, str_pad((string) $i, 100000, '.'), WEBSOCKET_OPCODE_BINARY)) {
            $failed++ || print('first error ' . $server->getLastError() . "\n");
        }
    }
    echo $failed ? "some failed\n" : "all sent\n";
});
PHP;
$server = new ServerProcess($code . "\n\$server->set(['socket_buffer_size' => 1 << 20]);");
$slow = $server->websocket();
$slow->text('go');
// Meanwhile others are served.
$other = $server->websocket();
$other->text('ping');
echo $other->receive(), "\n";
$right = true;
for ($i = 0; $i < 200; $i++) {
    $right = $right && $slow->receive() === str_pad((string) $i, 100000, '.');
}
var_dump($right);
$server->expect('all sent');
echo $server->stop(), "\n";

$server = new ServerProcess($code . "\n\$server->set(['socket_buffer_size' => 1 << 20, 'send_yield' => false]);");
$slow = $server->websocket();
$slow->text('go');
$server->expect('some failed');
echo $server->output();
?>
--EXPECT--
pong
bool(true)
0
first error 1009
some failed
