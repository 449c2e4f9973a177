--TEST--
recvPacket() cuts a stream by mark, by length, by a function; recvLine(), recvWithBuffer() read ahead
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Socket;

function pair(): array { return swoole_coroutine_socketpair(AF_UNIX, SOCK_STREAM, 0); }
function packets(string $name, array $settings, string $stream, int $piece): void {
    [$a, $b] = pair();
    $a->setProtocol($settings) || exit("no protocol");
    go(function () use ($b, $stream, $piece) {
        foreach (str_split($stream, $piece) as $bytes) {
            $b->sendAll($bytes);
            Co::sleep(0.001);
        }
        $b->close();
    });
    $got = [];
    while (($packet = $a->recvPacket(5)) != '') $got[] = addcslashes($packet, "\0..\37\177..\377");
    echo $name, ': ', implode(' | ', $got), $packet === '' ? ' end' : " failed with $a->errCode", "\n";
}
Swoole\Coroutine\run(function () {
    foreach ([1, 4, 1000] as $piece) {
        packets("mark by $piece", ['open_eof_check' => true, 'package_eof' => "\r\n"], "one\r\ntwo\r\n\r\nrest", $piece);
        packets("length by $piece", ['open_length_check' => 1, 'package_length_type' => 'n', 'package_length_offset' => 1, 'package_body_offset' => 3],
            "a\0\3one" . "b\0\0" . "c\0\5three", $piece);
        packets("function by $piece", ['open_length_check' => 1, 'package_length_func' => fn(string $data) => strlen($data) < 2 ? 0 : 1 + (int) $data[0]],
            '3one5three1x', $piece);
    }
    packets('too long by length', ['open_length_check' => 1, 'package_length_type' => 'N', 'package_body_offset' => 4, 'package_max_length' => 100], pack('N', 97), 9);
    packets('too long by mark', ['open_eof_check' => 1, 'package_eof' => "\n", 'package_max_length' => 10], 'longer than ten', 99);
    packets('negative', ['open_length_check' => 1, 'package_length_func' => fn() => -1], 'x', 9);
    packets('no rule', ['package_max_length' => 10], 'as it comes', 99);

    [$a, $b] = pair();
    var_dump($a->setProtocol(['open_eof_check' => 1, 'package_eof' => '']), $a->setProtocol(['open_length_check' => 1, 'package_length_type' => 'x']));
    var_dump($a->setProtocol(['open_length_check' => 1, 'package_length_func' => 'nothing']));

    $b->send("first\nsecond\r\nthird");
    var_dump($a->recvLine(), $a->recvLine(3), $a->recvLine(), $a->recvLine());
    var_dump($a->recvWithBuffer(2), $a->recvWithBuffer(100));
    $b->close();
    var_dump($a->recvLine(), $a->recvPacket());
    // A function of the script may wait, and throw.
    [$a, $b] = pair();
    $a->setProtocol(['open_length_check' => 1, 'package_length_func' => function () { Co::sleep(0.001); throw new Exception('from the function'); }]);
    $b->send('x');
    try {
        $a->recvPacket();
    } catch (Exception $e) {
        echo $e->getMessage(), "\n";
    }
});
?>
--EXPECTF--
mark by 1: one\r\n | two\r\n | \r\n end
length by 1: a\000\003one | b\000\000 | c\000\005three end
function by 1: 3one | 5three | 1x end
mark by 4: one\r\n | two\r\n | \r\n end
length by 4: a\000\003one | b\000\000 | c\000\005three end
function by 4: 3one | 5three | 1x end
mark by 1000: one\r\n | two\r\n | \r\n end
length by 1000: a\000\003one | b\000\000 | c\000\005three end
function by 1000: 3one | 5three | 1x end
too long by length:  failed with 1201
too long by mark:  failed with 1201
negative:  failed with 1204
no rule: as it comes end

Warning: Swoole\Coroutine\Socket::setProtocol(): package_eof cannot be an empty string in %s on line %d

Warning: Swoole\Coroutine\Socket::setProtocol(): unknown package_length_type, see pack(). Link: https://php.net/pack in %s on line %d
bool(false)
bool(false)

Warning: Swoole\Coroutine\Socket::setProtocol(): package_length_func is not callable: function "nothing" not found or invalid function name in %s on line %d
bool(false)
string(6) "first
"
string(3) "sec"
string(4) "ond%c"
string(1) "
"
string(2) "th"
string(3) "ird"
string(0) ""
string(0) ""
from the function
