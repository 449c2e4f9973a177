--TEST--
Swoole\Client blocks: TCP, UDP and unix sockets, packets, timeouts, errors
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Client;

/** An echo server in a process of its own; 'udp' and 'unix' by their transport. */
function serve(string $address): array {
    $code = <<<'PHP'
        $datagrams = str_starts_with($argv[1], 'ud');
        $server = stream_socket_server($argv[1], $e, $t, $datagrams ? STREAM_SERVER_BIND : STREAM_SERVER_BIND | STREAM_SERVER_LISTEN);
        echo stream_socket_get_name($server, false), "\n";
        while (true) {
            if ($datagrams) {
                $data = stream_socket_recvfrom($server, 65536, 0, $peer);
                stream_socket_sendto($server, "echo $data", 0, $peer);
                continue;
            }
            $client = stream_socket_accept($server, -1);
            while (($data = fread($client, 65536)) !== '' && $data !== false) fwrite($client, "echo $data");
            fclose($client);
        }
        PHP;
    $process = proc_open([PHP_BINARY, '-n', '-r', $code, $address], [1 => ['pipe', 'w']], $pipes);
    $name = trim(fgets($pipes[1]));
    return [(int) substr(strrchr($name, ':') ?: '', 1), $process];
}
[$port, $server] = serve('tcp://127.0.0.1:0');
$client = new Client(SWOOLE_SOCK_TCP);
var_dump($client->isConnected(), $client->send('x'), $client->errCode, $client->close());
var_dump($client->connect('127.0.0.1', $port, 5), $client->isConnected(), $client->sock > 2, $client->connect('127.0.0.1', $port));
var_dump($client->send('one'), $client->recv(), $client->getpeername()['port'] === $port);
var_dump($client->send('two'), $client->recv(4, Client::MSG_PEEK), $client->recv(8, Client::MSG_WAITALL));
var_dump($client->recv(10, Client::MSG_DONTWAIT), $client->errCode === SOCKET_EAGAIN);
var_dump($client->shutdown(Client::SHUT_WR), $client->recv(), $client->close(), $client->sock);

$client = new Client(SWOOLE_TCP);
$client->set(['open_eof_check' => true, 'package_eof' => '.', 'timeout' => 0.05]);
var_dump($client->connect('localhost', $port), $client->send('a.b.c'), $client->recv(), $client->recv(), $client->recv());
proc_terminate($server);
proc_close($server);
var_dump($client->recv(), $client->connect('127.0.0.1', $port));
$client->close();
var_dump($client->connect('127.0.0.1', $port), $client->errCode === SOCKET_ECONNREFUSED, $client->connect(''));

[$port, $server] = serve('udp://127.0.0.1:0');
$udp = new Client(SWOOLE_SOCK_UDP);
var_dump($udp->sendto('127.0.0.1', $port, 'datagram'), $udp->recv());
proc_terminate($server);
$path = sys_get_temp_dir() . '/srs' . getmypid() . '.sock';
[, $server] = serve("unix://$path");
$unix = new Client(SWOOLE_SOCK_UNIX_STREAM, SWOOLE_SOCK_SYNC, 'an id');
var_dump($unix->id, $unix->connect($path), $unix->sendfile(__FILE__, 6, 9), $unix->recv());
proc_terminate($server);
unlink($path);
var_dump((new Client(SWOOLE_SOCK_TCP | SWOOLE_SSL))->connect('127.0.0.1', 1), $unix->enableSSL());
?>
--EXPECTF--
Warning: Swoole\Client::send(): client is not connected to server in %s on line %d

Warning: Swoole\Client::close(): client is not connected to server in %s on line %d
bool(false)
bool(false)
int(5001)
bool(false)

Warning: Swoole\Client::connect(): connection to the server has already been established in %s on line %d
bool(true)
bool(true)
bool(true)
bool(false)
int(3)
string(8) "echo one"
bool(true)
int(3)
string(4) "echo"
string(8) "echo two"

Warning: Swoole\Client::recv(): recv() failed, Error: Resource temporarily unavailable[11] in %s on line %d
bool(false)
bool(true)
bool(true)
string(0) ""
bool(true)
int(-1)

Warning: Swoole\Client::recv(): recv() failed, Error: Connection timed out[110] in %s on line %d
bool(true)
int(5)
string(7) "echo a."
string(2) "b."
bool(false)

Warning: Swoole\Client::connect(): connection to the server has already been established in %s on line %d
string(0) ""
bool(false)

Warning: Swoole\Client::connect(): connect to server[127.0.0.1:%d] failed, Error: Connection refused[111] in %s on line %d

Warning: Swoole\Client::connect(): The host is empty in %s on line %d
bool(false)
bool(true)
bool(false)
bool(true)
string(13) "echo datagram"
string(5) "an id"
bool(true)
bool(true)
string(14) "echo use Swool"

Warning: Swoole\Client::connect(): connect to server[127.0.0.1:1] failed, Error: Operation not support[507] in %s on line %d

Warning: Swoole\Client::enableSSL(): TLS is not supported by this class in %s on line %d
bool(false)
bool(false)
