--TEST--
The constructor refuses what it cannot listen on, with the codes of the original
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Server;

$probe = new Server("127.0.0.1");

function attempt(string $what, callable $do): void
{
    try {
        $do();
        echo "$what: fine\n";
    } catch (Throwable $thrown) {
        $text = preg_replace('~:\d{4,5}\]~', ':PORT]', $thrown->getMessage());
        echo "$what: ", get_class($thrown), " {$thrown->getCode()} '$text', last ", $GLOBALS["probe"]->getLastError(), "\n";
    }
}

attempt('no arguments', fn () => new Server());
attempt('mode 9', fn () => new Server('127.0.0.1', 0, 9));
attempt('mode 0', fn () => new Server('127.0.0.1', 0, 0));
attempt('port 65536', fn () => new Server('127.0.0.1', 65536));
attempt('port -1', fn () => new Server('127.0.0.1', -1));
$socket = stream_socket_server('tcp://127.0.0.1:0');
$taken = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
attempt('port in use', fn () => new Server('127.0.0.1', $taken));
attempt('TLS', fn () => new Server('127.0.0.1', 0, SWOOLE_BASE, SWOOLE_SOCK_TCP | SWOOLE_SSL));
attempt('not our address', fn () => new Server('192.0.2.1', 0));
attempt('host as array', fn () => new Server([]));

echo "port 0\n";
$server = new Server('127.0.0.1');
var_dump($server->port > 1023, $server->host, $server->mode === SWOOLE_BASE, $server->type === SWOOLE_SOCK_TCP);
var_dump(count($server->ports), $server->ports[0]->port === $server->port, $server->setting, $server->master_pid, $server->worker_id);
// Bound, but nobody listens before start().
var_dump(@stream_socket_client("tcp://127.0.0.1:{$server->port}"));
?>
--EXPECT--
no arguments: ArgumentCountError 0 'Swoole\Server::__construct() expects at least 1 argument, 0 given', last 0
mode 9: Error 0 'invalid $mode parameters 9', last 505
mode 0: Error 0 'invalid $mode parameters 0', last 505
port 65536: Swoole\Exception 9004 'failed to listen server port[127.0.0.1:PORT], Error: Server invalid listen port[9004]', last 9004
port -1: Swoole\Exception 9004 'failed to listen server port[127.0.0.1:-1], Error: Server invalid listen port[9004]', last 9004
port in use: Swoole\Exception 98 'failed to listen server port[127.0.0.1:PORT], Error: Address already in use[98]', last 98
TLS: Swoole\Exception 507 'failed to listen server port[127.0.0.1:0], Error: SWOOLE_SSL is not supported yet[507]', last 507
not our address: Swoole\Exception 99 'failed to listen server port[192.0.2.1:0], Error: Cannot assign requested address[99]', last 99
host as array: TypeError 0 'Swoole\Server::__construct(): Argument #1 ($host) must be of type string, array given', last 99
port 0
bool(true)
string(9) "127.0.0.1"
bool(true)
bool(true)
int(1)
bool(true)
array(0) {
}
int(0)
int(-1)
bool(false)
