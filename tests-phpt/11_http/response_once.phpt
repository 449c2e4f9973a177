--TEST--
A request without an answer gets one 500, with the keep-alive of the request; the next request is answered as usual
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0, SWOOLE_BASE);
$server->on('request', function ($request, $response) use (&$kept) {
    switch ($request->server['request_uri']) {
        case '/throw':
            throw new Exception('oops');
        case '/nothing':
            return;
        case '/keep':
            // Somebody else answers, although this callback fails.
            Swoole\Timer::after(1, fn () => $response->end('later'));
            throw new Exception('oops again');
        default:
            $response->end('fine');
    }
});
PHP);
foreach (['/throw', '/nothing', '/keep'] as $path) {
    $client = $server->connect();
    $client->send("GET $path HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    foreach ([0, 1] as $_) {
        $response = $client->response();
        echo "{$response['status']} {$response['headers']['connection']} '{$response['body']}'\n";
    }
    var_dump($client->closed());
}
$client = $server->connect();
$response = $client->request("GET /nothing HTTP/1.0\r\nHost: h");
echo "{$response['status']} {$response['headers']['connection']}\n";
var_dump($client->closed());
$server->stop();
?>
--EXPECT--
500 keep-alive ''
200 close 'fine'
bool(true)
500 keep-alive ''
200 close 'fine'
bool(true)
200 keep-alive 'later'
200 close 'fine'
bool(true)
500 close
bool(true)
