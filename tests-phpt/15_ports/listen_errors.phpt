--TEST--
listen() answers false for what it cannot listen on; start() wants the callbacks of every port
--EXTENSIONS--
swoole
--FILE--
<?php
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function () {});
function attempt(string $what, callable $do): void
{
    try {
        $port = $do();
        echo "$what: ", is_object($port) ? get_class($port) : json_encode($port), ', last ', swoole_last_error(), "\n";
    } catch (Throwable $e) {
        echo "$what: ", get_class($e), " {$e->getMessage()}\n";
    }
    swoole_clear_error();
}
$server->set(['log_file' => '/dev/null']);
$udp = stream_socket_server('udp://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND);
$taken = (int) substr(strrchr(stream_socket_get_name($udp, false), ':'), 1);
attempt('its own port', fn () => $server->listen('127.0.0.1', $server->port, SWOOLE_SOCK_TCP));
attempt('a taken port', fn () => $server->listen('127.0.0.1', $taken, SWOOLE_SOCK_UDP));
$path = sys_get_temp_dir() . '/srs-taken-' . getmypid();
attempt('a path', fn () => $server->listen($path, 0, SWOOLE_SOCK_UNIX_STREAM));
attempt('the same again', fn () => $server->listen($path, 0, SWOOLE_SOCK_UNIX_DGRAM));
var_dump(filetype($path));
attempt('port 65536', fn () => $server->listen('127.0.0.1', 65536, SWOOLE_SOCK_TCP));
attempt('kind 99', fn () => $server->listen('127.0.0.1', 0, 99));
attempt('TLS', fn () => $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP | SWOOLE_SSL));
attempt('no address', fn () => $server->listen('no such host', 0, SWOOLE_SOCK_TCP));
attempt('no folder', fn () => $server->listen('/no/such/folder/a.sock', 0, SWOOLE_SOCK_UNIX_DGRAM));
attempt('two arguments', fn () => $server->listen('127.0.0.1', 0));
var_dump(count($server->ports));
for ($made = 2; @$server->listen('127.0.0.1', 0, SWOOLE_SOCK_UDP); $made++) {
}
var_dump($made, count($server->ports), swoole_last_error());

foreach ([
    'require onPacket callback' => [SWOOLE_SOCK_UDP, null],
    'require onReceive callback' => [SWOOLE_SOCK_TCP, []],
    'require onRequest callback' => [SWOOLE_SOCK_TCP, ['open_http_protocol' => true]],
] as $wanted => [$kind, $setting]) {
    $code = '$server = new Swoole\WebSocket\Server("127.0.0.1"); $server->on("message", function () {});'
        . "\$port = \$server->listen('127.0.0.1', 0, $kind);"
        . ($setting === null ? '' : '$port->set(' . var_export($setting, true) . ');') . '$server->start();';
    $so = getenv('SWOOLE_SO') ?: ini_get('extension_dir') . '/swoole.so';
    $out = shell_exec(escapeshellarg(PHP_BINARY) . " -n -d extension=$so -r " . escapeshellarg($code) . ' 2>&1');
    echo $wanted, ': ', json_encode(str_contains($out, "Swoole\Server::start(): $wanted")), "\n";
}
?>
--EXPECT--
its own port: false, last 98
a taken port: false, last 98
a path: Swoole\Server\Port, last 0
the same again: false, last 98
string(6) "socket"
port 65536: false, last 9004
kind 99: false, last 724
TLS: false, last 507
no address: false, last 722
no folder: false, last 2
two arguments: ArgumentCountError Swoole\Server::listen() expects exactly 3 arguments, 2 given
int(2)
int(256)
int(256)
int(9005)
require onPacket callback: true
require onReceive callback: true
require onRequest callback: true
