--TEST--
SWOOLE_PROCESS: dispatch_func chooses the worker, discards, closes, or leaves it to the mode; unordered callbacks are dropped with a warning
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 3, 'log_level' => SWOOLE_LOG_WARNING, 'dispatch_func' => function ($server, $fd, $type, $data) {
    if ($type === 4) {
        echo "connect $fd from {$server->getClientInfo($fd)['remote_ip']} in the ", getmypid() === $server->master_pid ? 'master' : 'wrong process', "\n";
    }
    return match ($data) {
        'discard' => SWOOLE_DISPATCH_RESULT_DISCARD_PACKET,
        'close' => SWOOLE_DISPATCH_RESULT_CLOSE_CONNECTION,
        'fallback' => SWOOLE_DISPATCH_RESULT_USERFUNC_FALLBACK,
        'nobody' => 3,
        'throw' => throw new Exception('no opinion'),
        default => is_numeric($data) ? (int) $data : 0,
    };
}]);
$server->on('message', function ($server, $frame) { $server->push($frame->fd, $server->worker_id . ' ' . $frame->data); });
$server->on('close', function () { echo "close must not be called\n"; });
PHP);
$client = $server->websocket();
foreach (['0', '1', '2', 'discard', 'nobody', 'fallback', 'throw', '1'] as $text) {
    $client->text($text);
}
for ($i = 0; $i < 6; $i++) {
    $answers[] = $client->receive();
}
sort($answers);
echo implode("\n", $answers), "\n";
$client->text('close');
var_dump($client->close(), $client->closed());
var_dump($server->stop());
echo implode("\n", preg_grep('~WARNING|connect|Uncaught|must not~', explode("\n", $server->output()))), "\n";
?>
--EXPECTF--
0 0
1 1
1 1
1 fallback
1 throw
2 2
NULL
bool(true)
int(0)
[%s]	WARNING	Server::start() (ERRNO 9015): cannot set 'onClose' event when using dispatch_mode=6
connect 1 from 127.0.0.1 in the master
[%s]	WARNING	invalid target worker-id[3]
%AUncaught Exception: no opinion%a
