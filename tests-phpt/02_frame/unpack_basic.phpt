--TEST--
Frame::unpack(): frames, flags, masks, compression, closes
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\{CloseFrame, Frame};

function show(string $bytes): void
{
    $frame = Frame::unpack($bytes);
    echo $frame::class, ' ', json_encode($frame), "\n";
}

echo "RFC 6455, 5.7\n";
show(hex2bin('810548656c6c6f'));
show(hex2bin('818537fa213d7f9f4d5158'));
show(hex2bin('010348656c'));
show(hex2bin('80026c6f'));
show(hex2bin('890548656c6c6f'));
show(hex2bin('8a8537fa213d7f9f4d5158'));
echo "RFC 7692, 7.2.3.1\n";
show(hex2bin('c107f248cdc9c90700'));
echo "compressed and masked\n";
show(Frame::pack('hello', 1, 1 | 2 | 32));
echo "the first fragment of a compressed message stays as it is\n";
echo Frame::unpack(hex2bin('4103f248cd'))->flags, "\n";
echo "closes\n";
show(hex2bin('8800'));
show(hex2bin('880203e9'));
show(Frame::pack('bye', 8, 32));
echo "more bytes than one frame\n";
show(Frame::pack('one') . Frame::pack('two'));
echo "lengths 0, 1, 2: shared strings stay whole\n";
for ($i = 0; $i < 300; $i++) {
    foreach (['', 'a', 'ab'] as $data) {
        foreach ([1, 1 | 32] as $flags) {
            if (Frame::unpack(Frame::pack($data, 1, $flags))->data !== $data) {
                echo "wrong\n";
            }
        }
    }
}
var_dump('' . chr(97));
echo "the input stays as it is\n";
$bytes = Frame::pack('hello', 1, 1 | 2 | 32);
$copy = bin2hex($bytes);
Frame::unpack($bytes);
var_dump(bin2hex($bytes) === $copy);
echo "masks are random\n";
var_dump(Frame::pack('hello', 1, 33) !== Frame::pack('hello', 1, 33));
?>
--EXPECT--
RFC 6455, 5.7
Swoole\WebSocket\Frame {"fd":0,"data":"Hello","opcode":1,"flags":1,"finish":true}
Swoole\WebSocket\Frame {"fd":0,"data":"Hello","opcode":1,"flags":33,"finish":true}
Swoole\WebSocket\Frame {"fd":0,"data":"Hel","opcode":1,"flags":0,"finish":false}
Swoole\WebSocket\Frame {"fd":0,"data":"lo","opcode":0,"flags":1,"finish":true}
Swoole\WebSocket\Frame {"fd":0,"data":"Hello","opcode":9,"flags":1,"finish":true}
Swoole\WebSocket\Frame {"fd":0,"data":"Hello","opcode":10,"flags":33,"finish":true}
RFC 7692, 7.2.3.1
Swoole\WebSocket\Frame {"fd":0,"data":"Hello","opcode":1,"flags":7,"finish":true}
compressed and masked
Swoole\WebSocket\Frame {"fd":0,"data":"hello","opcode":1,"flags":39,"finish":true}
the first fragment of a compressed message stays as it is
4
closes
Swoole\WebSocket\CloseFrame {"fd":0,"data":"","opcode":8,"flags":1,"finish":true,"code":1000,"reason":""}
Swoole\WebSocket\CloseFrame {"fd":0,"data":"","opcode":8,"flags":1,"finish":true,"code":1001,"reason":""}
Swoole\WebSocket\CloseFrame {"fd":0,"data":"","opcode":8,"flags":33,"finish":true,"code":1000,"reason":"bye"}
more bytes than one frame
Swoole\WebSocket\Frame {"fd":0,"data":"one","opcode":1,"flags":1,"finish":true}
lengths 0, 1, 2: shared strings stay whole
string(1) "a"
the input stays as it is
bool(true)
masks are random
bool(true)
