--TEST--
Datagrams over IPv6 and unix sockets, event_object's Packet, and what sendto() refuses
--EXTENSIONS--
swoole
--SKIPIF--
<?php
if (!@stream_socket_server('tcp://[::1]:0')) {
    die('skip needs IPv6');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$path = sys_get_temp_dir() . '/srs-dgram-' . getmypid();
$server = new ServerProcess("\$path = '$path';" . <<<'PHP'

$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['event_object' => true]);
$unix = $server->listen("$path.sock", 0, SWOOLE_SOCK_UNIX_DGRAM);
$six = $server->listen('::1', 0, SWOOLE_SOCK_UDP6);
$server->on('message', function () {});
$six->on('packet', function ($server, $packet) use ($six) {
    var_dump(get_class($packet), $packet->server_socket > 2, $packet->server_port === $six->port, $packet->dispatch_time > microtime(true) - 10);
    $server->sendto($packet->address, $packet->port, "$packet->data from $packet->address");
});
$unix->on('packet', function ($server, $packet) {
    echo basename($packet->address), " $packet->port $packet->server_port\n";
    var_dump($server->send($packet->address, "$packet->data again"));
    var_dump($server->sendto('/no/such/file', 0, 'x'), swoole_last_error());
    var_dump($server->sendto('127.0.0.1', 9, 'x'));
    var_dump($server->sendto('::1', 9, ''), swoole_last_error());
    var_dump($server->sendto('example', 9, 'x'), swoole_last_error());
    var_dump($server->sendto('::1', 70000, 'x'), swoole_last_error());
    echo "all\n";
});
PHP);
$server->websocket();
$six = stream_socket_client("udp://[::1]:{$server->ports[2]}");
fwrite($six, 'six');
echo fread($six, 100), "\n";
$one = Swoole\Coroutine\run(function () use ($path) {
    $socket = new Swoole\Coroutine\Socket(AF_UNIX, SOCK_DGRAM, 0);
    $socket->bind("$path.client");
    $socket->sendto("$path.sock", 0, 'unix');
    echo $socket->recvfrom($peer), ' ', basename($peer['address']) === basename($path) . '.sock' ? 'from the server' : 'from elsewhere', "\n";
});
$server->expect("all\n");
$server->stop();
unlink("$path.client");
var_dump(file_exists("$path.sock"));
echo preg_replace('~ in /\S+ on line \d+~', '', strtr($server->output(), [basename($path) => 'NAME']));
?>
--EXPECT--
six from ::1
unix again from the server
bool(false)
string(20) "Swoole\Server\Packet"
bool(true)
bool(true)
bool(true)
NAME.client 0 0
bool(true)
bool(false)
int(2)

Warning: Swoole\Server::sendto(): UDP listener has to be added before executing sendto
bool(false)

Warning: Swoole\Server::sendto(): data is empty
bool(false)
int(550)

Warning: Swoole\Server::sendto(): 'example' is not an address
bool(false)
int(722)

Warning: Swoole\Server::sendto(): invalid port [70000]
bool(false)
int(723)
all
