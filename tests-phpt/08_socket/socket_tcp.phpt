--TEST--
Coroutine\Socket over TCP: listen, accept, connect, send, recv, names, the end
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Socket;

Swoole\Coroutine\run(function () {
    $server = new Socket(AF_INET, SOCK_STREAM, IPPROTO_IP);
    var_dump($server->bind('127.0.0.1'), $server->listen());
    ['address' => $host, 'port' => $port] = $server->getsockname();
    var_dump($host, $port > 0, $server->getpeername(), $server->errMsg);
    go(function () use ($server) {
        while ($client = $server->accept()) {
            go(function () use ($client) {
                while (($data = $client->recv()) !== '') {
                    $client->sendAll(strtoupper($data));
                }
                var_dump($client->close());
            });
        }
        var_dump($server->errCode === SOCKET_ECANCELED);
    });
    $socket = new Socket(AF_INET, SOCK_STREAM);
    var_dump($socket->fd > 2, $socket->domain === AF_INET, $socket->type === SOCK_STREAM, $socket->protocol);
    var_dump($socket->connect('localhost', $port), $socket->errCode, $socket->checkLiveness());
    var_dump($socket->getpeername() === ['address' => '127.0.0.1', 'port' => $port]);
    var_dump($socket->send('hello'), $socket->recv(3), $socket->peek(1), $socket->recv());
    var_dump($socket->recv(10, 0.005), $socket->errCode === SOCKET_ETIMEDOUT, $socket->errMsg);
    // More than the buffers of the system hold: both ends wait for each other in turn.
    $big = str_repeat('abcdefgh', 500_000);
    $sender = go(fn() => var_dump($socket->sendAll($big)));
    $echo = $socket->recvAll(strlen($big));
    Co::join([$sender]);
    var_dump($echo === strtoupper($big), $socket->shutdown(1));
    var_dump($socket->recv(), $socket->checkLiveness(), $socket->close(), $socket->isClosed());
    var_dump($socket->recv(), $socket->errCode === SOCKET_EBADF, $socket->errMsg, $socket->close());
    $server->close();
    try {
        $socket->fd = 1;
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
});
?>
--EXPECT--
bool(true)
bool(true)
string(9) "127.0.0.1"
bool(true)
bool(false)
string(35) "Transport endpoint is not connected"
bool(true)
bool(true)
bool(true)
int(0)
bool(true)
int(0)
bool(true)
bool(true)
int(5)
string(3) "HEL"
string(1) "L"
string(2) "LO"
bool(false)
bool(true)
string(20) "Connection timed out"
int(4000000)
bool(true)
bool(true)
bool(true)
string(0) ""
bool(false)
bool(true)
bool(true)
bool(false)
bool(true)
string(19) "Bad file descriptor"
bool(false)
bool(true)
Cannot modify readonly property Swoole\Coroutine\Socket::$fd
