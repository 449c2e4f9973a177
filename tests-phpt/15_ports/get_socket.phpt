--TEST--
getSocket(): ext-sockets sees the sockets of the ports, and options set there count
--EXTENSIONS--
swoole
sockets
--FILE--
<?php
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$udp = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_UDP);
$path = sys_get_temp_dir() . '/srs-socket-' . getmypid();
$unix = $server->listen($path, 0, SWOOLE_SOCK_UNIX_STREAM);
foreach ($server->ports as $port) {
    $socket = $port->getSocket();
    socket_getsockname($socket, $address, $number);
    var_dump(get_class($socket), $address === $port->host, ($number ?? 0) === $port->port, socket_get_option($socket, SOL_SOCKET, SO_TYPE));
    unset($number);
}
socket_set_option($udp->getSocket(), SOL_SOCKET, SO_BROADCAST, 1);
var_dump(socket_get_option($server->getSocket($udp->port), SOL_SOCKET, SO_BROADCAST));
var_dump(socket_get_option($server->getSocket(), SOL_SOCKET, SO_TYPE) === SOCK_STREAM, $server->getSocket(1));
// What the script does to its own number does not reach ours.
socket_close($server->getSocket());
socket_getsockname($server->getSocket(), $address, $number);
var_dump($number === $server->port);
?>
--EXPECT--
string(6) "Socket"
bool(true)
bool(true)
int(1)
string(6) "Socket"
bool(true)
bool(true)
int(2)
string(6) "Socket"
bool(true)
bool(true)
int(1)
int(1)
bool(true)
bool(false)
bool(true)
