--TEST--
Vectors, files and options of sockets
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Socket;

Swoole\Coroutine\run(function () {
    [$a, $b] = swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0);
    var_dump($a->writeVector(['one', 'two', 'three']), $b->readVector([3, 3, 100, 5]));
    go(function () use ($a) {
        $a->send('abc');
        Co::sleep(0.001);
        var_dump($a->writeVectorAll(['def', 'g']));
    });
    echo implode('|', $b->readVectorAll([2, 4, 1])), "\n";
    foreach ([fn() => $a->writeVector(['x', '']), fn() => $a->writeVector([1]), fn() => $b->readVector([0]), fn() => $b->readVector(['x']), fn() => $b->readVector([])] as $wrong) {
        try {
            $wrong();
        } catch (Socket\Exception $e) {
            echo $e->getMessage(), "\n";
        }
    }
    var_dump($b->recv(0));

    $size = filesize(__FILE__);
    var_dump($a->sendFile(__FILE__), $b->recvAll($size) === file_get_contents(__FILE__));
    var_dump($a->sendFile(__FILE__, 2, 3), $b->recv(), $a->sendFile(__FILE__, $size + 1), $a->sendFile('/no/such/file'), $a->errMsg);

    $tcp = new Socket(AF_INET, SOCK_STREAM);
    var_dump($tcp->setOption(SOL_SOCKET, SO_KEEPALIVE, 1), $tcp->getOption(SOL_SOCKET, SO_KEEPALIVE));
    var_dump($tcp->setOption(SOL_TCP, TCP_NODELAY, true), $tcp->getOption(SOL_TCP, TCP_NODELAY));
    var_dump($tcp->setOption(SOL_SOCKET, SO_LINGER, ['l_onoff' => 1, 'l_linger' => 7]));
    echo json_encode($tcp->getOption(SOL_SOCKET, SO_LINGER)), json_encode($tcp->getOption(SOL_SOCKET, SO_TYPE) === SOCK_STREAM), "\n";
    var_dump($tcp->setOption(SOL_SOCKET, 9999, 1), $tcp->errMsg, $tcp->setOption(SOL_SOCKET, SO_RCVTIMEO, 5));
    var_dump(strlen($tcp->getOption(SOL_TCP, TCP_INFO)) > 100);
    var_dump($a->setOption(SOL_SOCKET, SO_RCVTIMEO, ['sec' => 0, 'usec' => 5000]));
    echo json_encode($a->getOption(SOL_SOCKET, SO_RCVTIMEO)), "\n";
    var_dump($a->recv(), $a->errCode === SOCKET_ETIMEDOUT);
});
?>
--EXPECTF--
int(11)
array(3) {
  [0]=>
  string(3) "one"
  [1]=>
  string(3) "two"
  [2]=>
  string(5) "three"
}
int(4)
ab|cdef|g
Item #[1] cannot be empty string
Item #[0] must be of type string, int given
Item #[0] must be greater than 0
Item #[0] must be of type int, string given
The iov must have 1 to 1024 items

Warning: Swoole\Coroutine\Socket::recv(): the length must be greater than 0 in %s on line %d
bool(false)
bool(true)
bool(true)
bool(true)
string(3) "php"
bool(false)
bool(false)
string(25) "No such file or directory"
bool(true)
int(1)
bool(true)
int(1)
bool(true)
{"l_onoff":1,"l_linger":7}true
bool(false)
string(22) "Protocol not available"
bool(false)
bool(true)
bool(true)
{"sec":0,"usec":5000}
bool(false)
bool(true)
