--TEST--
SWOOLE_PROCESS: a request that dies with its worker is answered 500, half an answer is cut off, the next request is served
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 1, 'reactor_num' => 1]);
$server->on('request', function ($request, $response) {
    if ($request->server['request_uri'] === '/half') {
        $response->header('Content-Length', '100');
        $response->write('half');
    }
    if ($request->server['request_uri'] !== '/') {
        Swoole\Process::kill(getmypid(), SIGKILL);
    }
    $response->end('served');
});
PHP);
$client = $server->connect();
$answer = $client->request("GET /die HTTP/1.1\r\nHost: h");
var_dump($answer['status'], $answer['headers']['connection']);
$client = $server->connect();
$client->send("GET /half HTTP/1.1\r\nHost: h\r\n\r\n");
try {
    var_dump(str_contains($client->rest(), 'served'));
} catch (RuntimeException) {
    // A reset.
    var_dump(false);
}
var_dump($server->connect()->request("GET / HTTP/1.1\r\nHost: h")['body']);
var_dump($server->stop());
?>
--EXPECT--
int(500)
string(5) "close"
bool(false)
string(6) "served"
int(0)
