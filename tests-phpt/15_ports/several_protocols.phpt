--TEST--
listen(): WebSocket, HTTP and raw TCP on ports of one server; what a port has not it has from the first
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([[SWOOLE_BASE, 1], [SWOOLE_BASE, 2], [SWOOLE_PROCESS, 2]] as [$mode, $workers]) {
    echo $mode === SWOOLE_BASE ? 'BASE' : 'PROCESS', ", $workers worker(s)\n";
    $server = new ServerProcess(<<<PHP
    [\$mode, \$workers] = [$mode, $workers];
    PHP . <<<'PHP'

    $server = new Swoole\WebSocket\Server('127.0.0.1', 0, $mode);
    $server->set(['worker_num' => $workers]);
    // Nobody sets this one: it is what the first is.
    $same = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
    $raw = $server->addlistener('127.0.0.1', 0, SWOOLE_SOCK_TCP);
    $raw->set([]);
    $http = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
    $http->set(['open_http_protocol' => true]);

    $tell = function ($server, $fd) {
        $port = $server->getClientInfo($fd)['server_port'];
        $number = array_search($port, array_column($server->ports, 'port'), true);
        return "port $number " . json_encode(iterator_to_array($server->ports[$number]->connections) === [1 => $fd]);
    };
    $server->on('message', fn ($server, $frame) => $server->push($frame->fd, "$frame->data at {$tell($server, $frame->fd)}"));
    $server->on('request', fn ($request, $response) => $response->end("first at {$tell($server, $request->fd)}"));
    $server->on('close', function ($server, $fd) {
        echo "closed\n";
    });
    $http->on('request', fn ($request, $response) => $response->end("own at {$tell($server, $request->fd)}"));
    $raw->on('receive', function ($server, $fd, $reactor, $data) use ($tell) {
        $server->send($fd, "$data at {$tell($server, $fd)}.");
        $server->close($fd);
    });
    $raw->on('close', function ($server, $fd) {
        echo "closed raw\n";
    });
    PHP);
    foreach ([0, 1] as $number) {
        $client = new Client($server->ports[$number]);
        echo $client->request("GET / HTTP/1.1\r\nHost: h")['body'], "\n";
        $client->upgrade();
        $client->text('frame');
        echo $client->receive(), "\n";
        $client->end();
        wait_until(fn () => substr_count($server->output(), "closed\n") === $number + 1, 'onClose');
    }
    $client = new Client($server->ports[2]);
    $client->send("GET / HTTP/1.1\r\n\r\n");
    echo strtr($client->rest(), "\r\n", '  '), "\n";
    $server->expect("closed raw\n");
    $client = new Client($server->ports[3]);
    $client->send(handshake());
    echo $client->response()['body'], "\n";
    $server->stop();
}
?>
--EXPECT--
BASE, 1 worker(s)
first at port 0 true
frame at port 0 true
first at port 1 true
frame at port 1 true
GET / HTTP/1.1     at port 2 true.
own at port 3 true
BASE, 2 worker(s)
first at port 0 true
frame at port 0 true
first at port 1 true
frame at port 1 true
GET / HTTP/1.1     at port 2 true.
own at port 3 true
PROCESS, 2 worker(s)
first at port 0 true
frame at port 0 true
first at port 1 true
frame at port 1 true
GET / HTTP/1.1     at port 2 true.
own at port 3 true
