--TEST--
SWOOLE_PROCESS: who calls what in which process, with which numbers
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 1, 'reactor_num' => 1, 'log_level' => SWOOLE_LOG_WARNING]);
function told($server, $event, ...$rest) {
    $own = getmypid();
    $process = match (true) {
        $own === $server->master_pid => 'master',
        $own === $server->manager_pid => 'manager',
        default => 'worker',
    };
    echo "$process: " . implode(' ', [$event, ...array_map('json_encode', $rest)]) . "\n";
}
$server->on('start', fn ($server) => told($server, 'start', $server->manager_pid > 0, $server->getMasterPid() === getmypid()));
$server->on('managerStart', fn ($server) => told($server, 'managerStart'));
$server->on('workerStart', fn ($server, $id) => told($server, 'workerStart', $id, $server->worker_id, $server->getWorkerPid() === getmypid()));
$server->on('connect', fn ($server, $fd, $reactor) => told($server, 'connect', $fd, $reactor));
$server->on('beforeHandshakeResponse', function ($server, $request, $response) {
    told($server, 'beforeHandshakeResponse', $server->isEstablished($request->fd), $server->push($request->fd, 'first'));
    $response->header('X-Hello', 'there');
});
$server->on('open', fn ($server, $request) => told($server, 'open', $request->fd, $request->server['server_addr'], $request->header['host']));
$server->on('message', function ($server, $frame) {
    $info = $server->getClientInfo($frame->fd);
    told($server, 'message', $frame->fd, $frame->data, $info['reactor_id'], isset($info['worker_id']), $info['websocket_status']);
    $server->push($frame->fd, 'echo');
});
$server->on('request', function ($request, $response) use ($server) {
    told($server, 'request', $request->get, $request->getContent());
    $response->header('X-Hello', 'you');
    $response->end('answer');
});
$server->on('close', fn ($server, $fd, $reactor, $code, $reason) => told($server, 'close', $fd, $reactor, $code, $reason, $server->exist($fd), $server->getClientInfo($fd)['remote_ip']));
$server->on('workerStop', fn ($server, $id) => told($server, 'workerStop', $id));
$server->on('managerStop', fn ($server) => told($server, 'managerStop'));
$server->on('beforeShutdown', fn ($server) => told($server, 'beforeShutdown'));
$server->on('shutdown', fn ($server) => told($server, 'shutdown'));
PHP, 'told($server, "after start()");');
$server->expect('workerStart');
$server->expect('master: start');
$client = $server->connect();
$answer = $client->request("POST /path?a=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4", 'body');
echo $answer['body'], ' ', $answer['headers']['x-hello'], "\n";
$client->end();
$server->expect('close 1');
$client = $server->websocket();
var_dump($client->receive());
$client->text('hi');
var_dump($client->receive());
$client->send(frame(8, pack('n', 4001) . 'enough'));
$server->expect('close 2');
$last = $server->websocket();
$last->receive();
$server->expect('open 3');
$server->signal(15);
var_dump($last->close());
$last->end();
var_dump($server->stop(0));
$lines = explode("\n", trim($server->output()));
// Three processes start at once; each of them starts in order.
$begin = array_splice($lines, 0, 3);
sort($begin);
echo implode("\n", [...$begin, ...$lines]), "\n";
?>
--EXPECT--
answer you
string(5) "first"
string(4) "echo"
string(20) "1001 server shutdown"
int(0)
manager: managerStart
master: start true true
worker: workerStart 0 0 true
worker: connect 1 0
worker: request {"a":"1"} "body"
worker: close 1 0 1006 "" false "127.0.0.1"
worker: connect 2 0
worker: beforeHandshakeResponse true true
worker: open 2 "127.0.0.1" "localhost"
worker: message 2 "hi" 0 false 3
worker: close 2 0 4001 "enough" false "127.0.0.1"
worker: connect 3 0
worker: beforeHandshakeResponse true true
worker: open 3 "127.0.0.1" "localhost"
master: beforeShutdown
worker: close 3 -1 1006 "" false "127.0.0.1"
worker: workerStop 0
manager: managerStop
master: shutdown
master: after start()
