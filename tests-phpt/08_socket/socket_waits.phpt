--TEST--
Waits of sockets: refused, timed out, canceled, closed, and two coroutines at one end
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Socket;

Swoole\Coroutine\run(function () {
    $closed = new Socket(AF_INET, SOCK_STREAM);
    $closed->bind('127.0.0.1');
    $socket = new Socket(AF_INET, SOCK_STREAM);
    var_dump($socket->connect('127.0.0.1', $closed->getsockname()['port']), $socket->errMsg, $socket->errCode === SOCKET_ECONNREFUSED);
    var_dump($socket->connect('127.0.0.1'), $socket->connect('127.0.0.1', 70000), $socket->connect('no such name', 80));
    var_dump($socket->bind('300.1.1.1'), $socket->errMsg);

    [$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    $reader = go(function () use ($a) {
        var_dump($a->recv(), $a->errCode === SOCKET_ECANCELED, Co::isCanceled());
    });
    var_dump($a->getBoundCid(SWOOLE_EVENT_READ) === $reader, $a->getBoundCid(SWOOLE_EVENT_WRITE));
    try {
        $a->recv();
    } catch (Swoole\Error $e) {
        echo $e->getMessage(), ' ', $e->getCode() === SWOOLE_ERROR_CO_HAS_BEEN_BOUND ? 'as its code' : '', "\n";
    }
    // The other end of the same socket is free.
    var_dump($a->send('still writable'), $b->recv());
    var_dump($a->cancel(SWOOLE_EVENT_WRITE), $a->cancel(), $a->cancel());
    var_dump($a->getBoundCid(SWOOLE_EVENT_READ));

    go(fn() => var_dump($a->recv(), $a->errMsg));
    var_dump($a->close());
    var_dump($b->recv());

    [$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    $cid = go(function () use ($a) {
        try {
            $a->recv();
        } catch (Swoole\Coroutine\CanceledException $e) {
            echo "canceled\n";
        }
        var_dump($a->recv());
    });
    Co::cancel($cid, true);
    $b->send('after the cancel');
    Co::join([$cid]);
    var_dump(Co::stats()['event_num'], $a->sslHandshake(), $a->errCode);
});
try {
    (new Socket(AF_INET, SOCK_STREAM))->recv();
} catch (Swoole\Error $e) {
    echo $e->getMessage(), "\n";
}
(new ReflectionClass(Socket::class))->newInstanceWithoutConstructor()->recv();
?>
--EXPECTF--
bool(false)
string(18) "Connection refused"
bool(true)

Warning: Swoole\Coroutine\Socket::connect(): Socket of type AF_INET/AF_INET6 requires port argument in %s on line %d

Warning: Swoole\Coroutine\Socket::connect(): Invalid port argument[70000] in %s on line %d
bool(false)
bool(false)
bool(false)
bool(false)
string(16) "Invalid argument"
bool(true)
int(0)
Socket#%d has already been bound to another coroutine#%d, reading of the same socket in coroutine#%d at the same time is not allowed as its code
int(14)
string(14) "still writable"
bool(false)
bool(true)
bool(true)
bool(false)
bool(true)
bool(false)
int(0)
bool(false)
string(18) "Operation canceled"
bool(true)
string(0) ""
canceled
string(16) "after the cancel"

Warning: Swoole\Coroutine\Socket::sslHandshake(): TLS is not supported by this class in %s on line %d
int(0)
bool(false)
int(507)
API must be called in the coroutine: make one with go() or Swoole\Coroutine\run()

Fatal error: Swoole\Coroutine\Socket::recv(): must call constructor first in %s on line %d
