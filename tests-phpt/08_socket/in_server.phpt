--TEST--
Sockets, clients and System calls inside a server's worker wait beside its connections
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
    use Swoole\Coroutine\{Client, Socket, System};
    $server = new Swoole\Http\Server('127.0.0.1', 0);
    $server->on('request', function ($request, $response) {
        if ($request->server['path_info'] === '/inner') {
            Co::sleep(0.005);
            return $response->end('inner');
        }
        $client = new Client(SWOOLE_SOCK_TCP);
        $client->connect('localhost', $request->server['server_port']);
        $client->send("GET /inner HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        for ($body = ''; ($piece = $client->recv()) != ''; $body .= $piece);
        [$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
        $b->send('pair');
        $response->end(substr($body, -5) . ' ' . $a->recv() . ' ' . System::exec('echo exec')['output']);
    });
    PHP);
$clients = array_map(fn() => $server->connect(), range(1, 5));
foreach ($clients as $client) {
    $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
}
foreach ($clients as $client) {
    echo $client->response()['body'];
}
var_dump($server->stop());
echo $server->output();
?>
--EXPECT--
inner pair exec
inner pair exec
inner pair exec
inner pair exec
inner pair exec
int(0)
