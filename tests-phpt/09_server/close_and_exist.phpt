--TEST--
exist(), isEstablished(), close() and disconnect() agree on who is still there
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
$state = fn ($fd) => json_encode([$server->exist($fd), $server->isEstablished($fd), $server->getClientInfo($fd)['websocket_status'] ?? null]);
$server->on('connect', function ($server, $fd, $reactor) use ($state) { echo "connect $fd from $reactor: {$state($fd)}\n"; });
$server->on('open', function ($server, $request) use ($state) { echo "open {$request->fd}: {$state($request->fd)}\n"; });
$server->on('request', function ($request, $response) use ($state) {
    if ($request->server['request_uri'] === '/close') {
        var_dump($response->close(), $response->end('late'));
        return;
    }
    $response->end("request {$request->fd}: {$state($request->fd)}");
});
$server->on('message', function ($server, $frame) use ($state) {
    $fd = $frame->fd;
    $done = match ($frame->data) {
        'close' => $server->close($fd),
        'reset' => $server->close($fd, true),
        'disconnect' => $server->disconnect($fd, 4001, 'enough'),
    };
    echo "{$frame->data} $fd: ", json_encode($done), " {$state($fd)}\n";
    var_dump($server->close(99), $server->getLastError());
    // A second time: the session is on its way out.
    echo 'again: ', json_encode(@$server->disconnect($fd)), ' ', json_encode(@$server->push($fd, 'x')), "\n";
});
$server->on('close', function ($server, $fd, $reactor) use ($state) { echo "close $fd by $reactor: {$state($fd)}\n"; });
$server->on('disconnect', function ($server, $fd, $reactor) use ($state) { echo "disconnect $fd by $reactor: {$state($fd)}\n"; });
PHP);
foreach (['close', 'reset', 'disconnect'] as $what) {
    $client = $server->websocket();
    $client->text($what);
    if ($what === 'disconnect') {
        echo "client: {$client->close()}\n";
        $client->send(frame(8, pack('n', 4001)));
    }
    var_dump($client->closed());
    $server->expect('close ' . ['close' => 1, 'reset' => 2, 'disconnect' => 3][$what] . ' by');
}
echo "plain HTTP\n";
$client = $server->connect();
echo $client->request("GET / HTTP/1.1\r\nHost: a")['body'], "\n";
echo $client->request("GET / HTTP/1.1\r\nHost: a")['body'], "\n";
$client->end();
$server->expect('disconnect 4');
$client = $server->connect();
$client->send("GET /close HTTP/1.1\r\nHost: a\r\n\r\n");
var_dump($client->closed());
$server->expect('disconnect 5');
echo "refused handshake\n";
$client = $server->connect();
$client->send(handshake('/', ['Sec-WebSocket-Key' => 'short']));
echo $client->response()['status'], "\n";
$client->end();
$server->expect('disconnect 6');
echo "a client that just goes\n";
$client = $server->websocket();
$client->end();
$server->expect('close 7');
$server->stop();
echo $server->output();
?>
--EXPECT--
bool(true)
bool(true)
client: 4001 enough
bool(true)
plain HTTP
request 4: [true,false,null]
request 4: [true,false,null]
bool(true)
refused handshake
400
a client that just goes
connect 1 from 0: [true,false,null]
open 1: [true,true,3]
close 1: true [false,false,3]
bool(false)
int(1005)
again: false false
close 1 by -1: [false,false,3]
connect 2 from 0: [true,false,null]
open 2: [true,true,3]
reset 2: true [false,false,3]
bool(false)
int(1005)
again: false false
close 2 by -1: [false,false,3]
connect 3 from 0: [true,false,null]
open 3: [true,true,3]
disconnect 3: true [true,false,4]
bool(false)
int(1005)
again: false false
close 3 by -1: [false,false,4]
connect 4 from 0: [true,false,null]
disconnect 4 by 0: [false,false,null]
connect 5 from 0: [true,false,null]
bool(true)
bool(false)
disconnect 5 by -1: [false,false,null]
connect 6 from 0: [true,false,null]
disconnect 6 by -1: [false,false,2]
connect 7 from 0: [true,false,null]
open 7: [true,true,3]
close 7 by 0: [false,false,3]
