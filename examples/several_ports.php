<?php
// One server, three ports: lines over TCP and packets over UDP reach every WebSocket. For instance:
//   printf 'disk full\n' | nc 127.0.0.1 PORT        or        printf 'disk full' | nc -u 127.0.0.1 PORT

use Swoole\WebSocket\Server;

$server = new Server('127.0.0.1', (int) (getenv('PORT') ?: 9501), SWOOLE_BASE);
$server->on('message', function (Server $server, $frame) {
});

function tell(Server $server, string $text): int
{
    $told = 0;
    // The first port's connections are the WebSockets.
    foreach ($server->ports[0]->connections as $fd) {
        $told += (int) ($server->isEstablished($fd) && $server->push($fd, $text));
    }
    return $told;
}

$lines = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$lines->set(['open_eof_split' => true, 'package_eof' => "\n"]);
$lines->on('receive', function (Server $server, int $fd, int $reactor, string $line) {
    $server->send($fd, 'told ' . tell($server, rtrim($line)) . "\n");
});

$packets = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_UDP);
$packets->on('packet', function (Server $server, string $data, array $client) {
    $server->sendto($client['address'], $client['port'], 'told ' . tell($server, $data));
});

echo "lines on $lines->port, packets on $packets->port\n";
$server->start();
