--TEST--
Frame::unpack(): false for whatever a connection would be failed for, and for missing bytes
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Frame;

$bad = [
    'nothing' => '', 'one byte' => '81', 'half a length' => '817e01', 'half a mask' => '8185aabb',
    'missing payload' => '810548656c', 'a gigantic length' => '817f7fffffffffffffff00', 'top bit of the length' => '817fffffffffffffffff00',
    'length not minimal (16)' => '817e007d' . str_repeat('61', 125), 'length not minimal (64)' => '817f000000000000ffff',
    'reserved opcode 3' => '830161', 'reserved opcode 11' => '8b0161', 'RSV2' => 'a10161', 'RSV3' => '910161',
    'fragmented ping' => '090161', 'long ping' => '897e007e' . str_repeat('61', 126), 'RSV1 on a ping' => 'c90161',
    'RSV1 on a continuation' => 'c00161', 'close of one byte' => '880103', 'close code 999' => '880203e7',
    'close reason not UTF-8' => '880303e8ff',
];
foreach ($bad as $what => $hex) {
    if (Frame::unpack(hex2bin($hex)) !== false) {
        echo "$what was accepted\n";
    }
}
var_dump(Frame::unpack(hex2bin('c1021122')));

// 2 MiB of zeros are the most a frame may inflate to.
$most = str_repeat("\0", 2 * 1024 * 1024);
var_dump(Frame::unpack(Frame::pack($most, 2, 3))->data === $most);
var_dump(Frame::unpack(Frame::pack($most . "\0", 2, 3)));
?>
--EXPECTF--
[%s]	NOTICE	Frame::unpack() (ERRNO 8507): incomplete packet, expected length is 7, actual length is 5
[%s]	NOTICE	Frame::unpack() (ERRNO 8507): incomplete packet, expected length is 9223372036854775817, actual length is 11

Warning: Swoole\WebSocket\Frame::unpack(): inflate() failed, Error: data error[-3] in %s on line %d
bool(false)
bool(true)

Warning: Swoole\WebSocket\Frame::unpack(): inflate() failed, Error: more than 2097152 bytes in %s on line %d
bool(false)
