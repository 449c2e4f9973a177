--TEST--
SWOOLE_PROCESS: sleep(5) in a callback: every ping meanwhile has its pong within a second, every message its answer afterwards, once
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 1]);
$server->on('message', function ($server, $frame) {
    if ($frame->data === 'sleep') {
        echo "sleeping\n";
        sleep(5);
    }
    $server->push($frame->fd, "answer to $frame->data");
});
PHP);
$client = $server->websocket();
$client->text('sleep');
$server->expect('sleeping');
$began = microtime(true);
$client->text('meanwhile');
$texts = $slow = [];
for ($pings = 0; count($texts) < 2; $pings++) {
    $client->send(frame(9, "ping $pings"));
    $sent = microtime(true);
    while (($frame = $client->frame())['opcode'] === 1) {
        $texts[] = $frame['payload'];
    }
    $took = microtime(true) - $sent;
    if ($frame['payload'] !== "ping $pings" || $took > 1.0) {
        $slow[] = [$frame, $took];
    }
    usleep(200000);
}
$slept = microtime(true) - $began;
var_dump($slow, $texts, $slept > 4.9, $pings > 5);
// Nothing comes twice.
$client->text('after');
var_dump($client->receive(), $server->stop());
?>
--EXPECT--
array(0) {
}
array(2) {
  [0]=>
  string(15) "answer to sleep"
  [1]=>
  string(19) "answer to meanwhile"
}
bool(true)
bool(true)
string(15) "answer to after"
int(0)
