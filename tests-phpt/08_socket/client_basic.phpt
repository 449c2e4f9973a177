--TEST--
Coroutine\Client over TCP, UDP and unix sockets
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\{Client, Socket};

/** An echo server in a coroutine; gives its port, or listens on the path. */
function serve(int $domain, int $type, string $address): array {
    $server = new Socket($domain, $type);
    $server->bind($address);
    if ($type === SOCK_STREAM) {
        $server->listen();
        go(function () use ($server) {
            $client = $server->accept();
            while (($data = $client->recv()) != '') $client->sendAll("echo $data");
        });
    } else {
        go(function () use ($server) {
            while ($data = $server->recvfrom($peer)) $server->sendto($peer['address'], $peer['port'], "echo $data");
        });
    }
    return [$server, $server->getsockname()['port']];
}
Swoole\Coroutine\run(function () {
    [$server, $port] = serve(AF_INET, SOCK_STREAM, '127.0.0.1');
    $client = new Client(SWOOLE_SOCK_TCP);
    var_dump($client->isConnected(), $client->recv(), $client->errCode, $client->errMsg, $client->close());
    var_dump($client->connect('127.0.0.1', $port, 1.0), $client->connected, $client->fd > 2, $client->errCode);
    var_dump($client->connect('127.0.0.1', $port), $client->errCode === SOCKET_EISCONN);
    var_dump($client->send('one'), $client->recv(), $client->getpeername() === ['port' => $port, 'host' => '127.0.0.1']);
    var_dump($client->recv(0.005), $client->errCode === SOCKET_ETIMEDOUT, $client->isConnected());
    $client->send('two');
    Swoole\Coroutine\System::waitEvent($client);
    var_dump($client->peek(4), $client->exportSocket()->recv(), $client->socket === $client->exportSocket());
    var_dump($client->send(''), $client->close(), $client->isConnected(), $client->fd, $client->send('x'), $client->errCode);
    $server->close();
    var_dump($client->connect('127.0.0.1', $port), $client->errMsg, $client->connected);
    unset($client);

    [$server, $port] = serve(AF_INET, SOCK_DGRAM, '127.0.0.1');
    $udp = new Client(SWOOLE_SOCK_UDP);
    var_dump($udp->sendto('127.0.0.1', $port, 'datagram'), $udp->recvfrom(100, $host, $from), $host, $from === $port);
    var_dump($udp->connect('127.0.0.1', $port), $udp->send('connected'), $udp->recv());
    $server->close();

    $path = sys_get_temp_dir() . '/src' . getmypid() . '.sock';
    [$server] = serve(AF_UNIX, SOCK_STREAM, $path);
    $unix = new Client(SWOOLE_SOCK_UNIX_STREAM);
    var_dump($unix->connect($path), $unix->send('unix'), $unix->recv());
    var_dump($unix->sendfile(__FILE__, 6, 9), $unix->recv());
    $server->close();
    unlink($path);
    $unix->close();

    [$server, $port] = serve(AF_INET6, SOCK_STREAM, '::1');
    $six = new Client(SWOOLE_SOCK_TCP6);
    $six->set(['bind_address' => '::1', 'timeout' => 0.005]);
    var_dump($six->connect('::1', $port), $six->getsockname()['host'], $six->recv(), $six->errCode === SOCKET_ETIMEDOUT);
    $server->close();
    $ssl = new Client(SWOOLE_SOCK_TCP | SWOOLE_SSL);
    var_dump($ssl->connect('127.0.0.1', $port), $ssl->errCode);
});
new Client(99);
?>
--EXPECTF--
bool(false)
bool(false)
int(5001)
string(%d) "%s"
bool(false)
bool(true)
bool(true)
bool(true)
int(0)
bool(false)
bool(true)
int(3)
string(8) "echo one"
bool(true)
bool(false)
bool(true)
bool(true)
string(4) "echo"
string(8) "echo two"
bool(true)

Warning: Swoole\Coroutine\Client::send(): data to send is empty in %s on line %d
bool(false)
bool(true)
bool(false)
int(-1)
bool(false)
int(5001)
bool(false)
string(18) "Connection refused"
bool(false)
bool(true)
string(13) "echo datagram"
string(9) "127.0.0.1"
bool(true)
bool(true)
int(9)
string(14) "echo connected"
bool(true)
int(4)
string(9) "echo unix"
bool(true)
string(14) "echo use Swool"
bool(true)
string(3) "::1"
bool(false)
bool(true)

Warning: Swoole\Coroutine\Client::connect(): TLS is not supported by this class in %s on line %d
bool(false)
int(507)

Fatal error: Swoole\Coroutine\Client::__construct(): unknown client type 99 in %s on line %d
