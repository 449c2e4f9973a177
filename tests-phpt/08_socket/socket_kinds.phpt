--TEST--
Coroutine\Socket of every kind: IPv6, UDP, unix streams and datagrams, pairs, imported streams
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Socket;

Swoole\Coroutine\run(function () {
    $server = new Socket(AF_INET6, SOCK_STREAM);
    $server->bind('::1');
    $server->listen();
    $six = new Socket(AF_INET6, SOCK_STREAM);
    var_dump($six->connect('::1', $server->getsockname()['port']), $server->accept()->getpeername()['address']);

    $one = new Socket(AF_INET, SOCK_DGRAM);
    $two = new Socket(AF_INET, SOCK_DGRAM);
    var_dump($one->bind('127.0.0.1'), $two->bind('127.0.0.1'));
    $reader = go(function () use ($one, $two) {
        var_dump($two->recvfrom($peer), $peer === $one->getsockname());
    });
    var_dump($one->sendto('127.0.0.1', $two->getsockname()['port'], 'datagram'));
    Co::join([$reader]);
    var_dump($two->recvfrom($peer, 0.005), $two->errCode === SOCKET_ETIMEDOUT);

    $path = sys_get_temp_dir() . '/srs' . getmypid() . '.sock';
    $server = new Socket(AF_UNIX, SOCK_STREAM);
    var_dump($server->bind($path), $server->listen(), $server->getsockname());
    $client = new Socket(AF_UNIX, SOCK_STREAM);
    var_dump($client->connect($path));
    $accepted = $server->accept();
    $client->send("over a path\n");
    var_dump($accepted->recv());
    unlink($path);
    $bound = new Socket(AF_UNIX, SOCK_DGRAM);
    $bound->bind($path);
    var_dump((new Socket(AF_UNIX, SOCK_DGRAM))->sendto($path, 0, 'unix'), $bound->recvfrom($peer));
    unlink($path);

    [$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    go(function () use ($a) { Co::sleep(0.001); $a->send('late'); });
    var_dump($b->recv());

    [$c, $d] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $imported = Socket::import($c);
    var_dump($imported->type === SOCK_STREAM, $imported->domain === AF_UNIX);
    fwrite($d, 'from a stream');
    var_dump($imported->recv());
    fclose($c);
    $imported->send('to a stream');
    var_dump(fread($d, 100));
    // Where a descriptor is wanted, a socket of ours is one.
    [$e, $f] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    Swoole\Event::add($e, function ($socket) use ($e) {
        var_dump($socket === $e, $socket->recv(), Swoole\Event::del($socket));
    });
    $f->send('for the event loop');
    var_dump(Co\System::waitEvent($e, SWOOLE_EVENT_WRITE) === SWOOLE_EVENT_WRITE);
    Co::sleep(0.001);
    var_dump(Socket::import(STDIN), Socket::import('none'));
});
try {
    new Socket(999, SOCK_STREAM);
} catch (Socket\Exception $e) {
    echo $e->getMessage(), ' ', $e->getCode() === SOCKET_EAFNOSUPPORT ? 'as its code' : $e->getCode(), "\n";
}
var_dump(@swoole_coroutine_socketpair(AF_INET, SOCK_STREAM, 0));
?>
--EXPECTF--
bool(true)
string(3) "::1"
bool(true)
bool(true)
int(8)
string(8) "datagram"
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
array(2) {
  ["address"]=>
  string(%d) "%s.sock"
  ["port"]=>
  int(0)
}
bool(true)
string(12) "over a path
"
int(4)
string(4) "unix"
string(4) "late"
bool(true)
bool(true)
string(13) "from a stream"
string(11) "to a stream"
bool(true)
string(18) "for the event loop"
bool(true)
bool(true)

Warning: Swoole\Coroutine\Socket::import(): the stream is no socket: %s in %s on line %d

Warning: Swoole\Coroutine\Socket::import(): the argument is no stream in %s on line %d
bool(false)
bool(false)
new Socket() failed. Error: Address family not supported by protocol [97] as its code
bool(false)
