--TEST--
detach() leaves the answer to Response::create(); methods of other protocols refuse clearly
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->on('request', function ($request, $response) use ($server) {
    switch ($request->server['request_uri']) {
        case '/later':
            $fd = $response->fd;
            var_dump($response->detach(), $response->isWritable(), $response->end('no'), $response->detach());
            Swoole\Timer::after(1, function () use ($fd) {
                $response = Swoole\Http\Response::create($fd);
                var_dump($response instanceof Swoole\Http\Response, $response->fd === $fd, $response->isWritable());
                $response->header('X-Late', 'yes');
                var_dump($response->end('later'));
            });
            break;
        case '/server':
            $response->detach();
            Swoole\Http\Response::create($server, $response->fd)->end('with the server');
            break;
        case '/both':
            $response->detach();
            Swoole\Http\Response::create([$server, $request], $response->fd)->end('with both');
            break;
        case '/nobody':
            $response->detach();
            $server->close($response->fd);
            break;
        case '/others':
            var_dump(@Swoole\Http\Response::create(99999));
            echo error_get_last()['message'], "\n";
            foreach (["upgrade" => [], "push" => ["x"], "recv" => [], "disconnect" => [], "ping" => [], "goaway" => []] as $name => $arguments) {
                var_dump(@$response->$name(...$arguments));
                echo error_get_last()['message'], "\n";
            }
            $response->end('others');
            break;
    }
});
$server->on('close', function ($server, $fd) { echo "close $fd\n"; });
PHP);
$client = $server->connect();
foreach (['/later', '/server', '/both', '/others'] as $path) {
    $response = $client->request("GET $path HTTP/1.1\r\nHost: h");
    echo $response['status'], ' ', $response['headers']['x-late'] ?? '-', ' ', $response['body'], "\n";
}
// A detached response that nobody asks for is given up with its connection.
$client->send("GET /nobody HTTP/1.1\r\nHost: h\r\n\r\n");
var_dump($client->closed());
$server->expect('close 1');
$server->stop();
echo $server->output();
?>
--EXPECT--
200 yes later
200 - with the server
200 - with both
200 - others
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
Swoole\Http\Response::create(): parameter $2 (99999) must be valid connection session_id
bool(false)
Swoole\Http\Response::upgrade(): async server dose not support protocol upgrade
bool(false)
Swoole\Http\Response::push(): fd[1] is not a websocket conncetion
bool(false)
Swoole\Http\Response::recv(): fd[1] is not a websocket conncetion
bool(false)
Swoole\Http\Response::disconnect(): fd[1] is not a websocket conncetion
bool(false)
Swoole\Http\Response::ping(): fd[1] is not a HTTP2 conncetion
bool(false)
Swoole\Http\Response::goaway(): fd[1] is not a HTTP2 conncetion
close 1
