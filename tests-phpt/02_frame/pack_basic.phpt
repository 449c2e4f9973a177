--TEST--
Frame::pack(): opcodes, flags, lengths; a Frame object brings its own opcode and flags
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Frame;

$hex = fn (string $bytes) => print(bin2hex(substr($bytes, 0, 16)) . ' ' . strlen($bytes) . "\n");

echo "opcodes\n";
foreach ([0, 1, 2, 9, 10] as $opcode) {
    $hex(Frame::pack('hi', $opcode));
}
echo "not the last fragment\n";
$hex(Frame::pack('hi', 1, 0));
$hex(Frame::pack('hi', 0, 0));
echo "control frames are always whole\n";
$hex(Frame::pack('hi', 9, 0));
echo "lengths\n";
foreach ([0, 1, 125, 126, 65535, 65536] as $length) {
    $hex(Frame::pack(str_repeat('a', $length)));
}
echo "compressed, a fragment is not, RSV1 by hand\n";
$hex(Frame::pack('hello', 1, 1 | 2));
$hex(Frame::pack('hello', 1, 2));
$hex(Frame::pack('', 1, 1 | 2));
$hex(Frame::pack('hello', 0, 1 | 2));
$hex(Frame::pack('hello', 1, 1 | 4));
echo "close: a string is the reason\n";
$hex(Frame::pack('', 8));
$hex(Frame::pack('bye', 8));
echo "values become strings\n";
$hex(Frame::pack(12));
$hex(Frame::pack(null));
$hex(Frame::pack(1.5));
echo "objects\n";
$frame = new Frame;
$frame->data = 'hi';
$frame->opcode = 2;
$hex($frame);
$hex(Frame::pack($frame, 1, 0));
$frame->finish = false;
$hex($frame);
$frame->finish = true;
$frame->flags = 0;
$hex($frame);
unset($frame->data, $frame->opcode, $frame->flags, $frame->finish);
$hex($frame);
?>
--EXPECT--
opcodes
80026869 4
81026869 4
82026869 4
89026869 4
8a026869 4
not the last fragment
01026869 4
00026869 4
control frames are always whole
89026869 4
lengths
8100 2
810161 3
817d6161616161616161616161616161 127
817e007e616161616161616161616161 130
817effff616161616161616161616161 65539
817f0000000000010000616161616161 65546
compressed, a fragment is not, RSV1 by hand
c107ca48cdc9c90700 9
010568656c6c6f 7
8100 2
800568656c6c6f 7
c10568656c6c6f 7
close: a string is the reason
880203e8 4
880503e8627965 7
values become strings
81023132 4
8100 2
8103312e35 5
objects
82026869 4
82026869 4
02026869 4
82026869 4
0000 2
