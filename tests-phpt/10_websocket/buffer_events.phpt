--TEST--
onBufferFull at the high watermark, onBufferEmpty at the low one, in this order and once each
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->set(['socket_buffer_size' => 64 << 20, 'buffer_high_watermark' => 1 << 20, 'buffer_low_watermark' => 1 << 10]);
$server->on('message', function ($server, $frame) {
    for ($i = 0; $i < 160; $i++) {
        $server->push($frame->fd, str_repeat('x', 100000));
    }
    $queued = $server->getClientInfo($frame->fd)['send_queued_bytes'];
    echo $queued > 1 << 20 ? "queued\n" : "queued only $queued\n";
});
$server->on('bufferFull', function ($server, $fd) { echo "full $fd ", Swoole\Coroutine::getCid() > 0 ? 'in' : 'outside of', " a coroutine\n"; });
$server->on('bufferEmpty', function ($server, $fd) {
    echo "empty $fd ", json_encode($server->getClientInfo($fd)['send_queued_bytes'] <= 1 << 10), "\n";
});
PHP);
$client = $server->websocket();
$client->text('go');
$server->expect('full');
for ($i = 0; $i < 160; $i++) {
    $client->receive();
}
$server->expect('empty');
$server->stop();
echo $server->output();
?>
--EXPECT--
queued
full 1 outside of a coroutine
empty 1 true
