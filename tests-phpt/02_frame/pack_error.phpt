--TEST--
Frame::pack(): what may not be sent is refused with a warning and an empty string
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (PHP_DEBUG) die('skip a debug build insists on declared types where this converts'); ?>
--FILE--
<?php
use Swoole\WebSocket\{CloseFrame, Frame};

foreach ([-1, 3, 7, 11, 300] as $opcode) {
    var_dump(Frame::pack('hi', $opcode));
}
var_dump(strlen(Frame::pack(str_repeat('a', 125), 9)), Frame::pack(str_repeat('a', 126), 9));
var_dump(strlen(Frame::pack(str_repeat('a', 123), 8)), Frame::pack(str_repeat('a', 124), 8));
var_dump(Frame::pack("\xff", 8));
$close = new CloseFrame;
foreach ([999, 1004, 1005, 1006, 1015, 5000, 70000] as $close->code) {
    var_dump((string) $close);
}
foreach ([[], ['a', 'b'], ['a', 1, []], ['a', 1, 1, 1], [new stdClass]] as $arguments) {
    try {
        Frame::pack(...$arguments);
    } catch (Error $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
var_dump(bin2hex(Frame::pack(['x'])));
?>
--EXPECTF--
Warning: Swoole\WebSocket\Frame::pack(): opcode must be between 0 and 10 in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): opcode 3 is reserved in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): opcode 7 is reserved in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): opcode must be between 0 and 10 in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): opcode must be between 0 and 10 in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): websocket control frame payload must not exceed 125 bytes in %s on line %d
int(127)
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): the max length of close reason is 123 in %s on line %d
int(127)
string(0) ""

Warning: Swoole\WebSocket\Frame::pack(): the close reason must be UTF-8 in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 999 may not be sent in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 1004 may not be sent in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 1005 may not be sent in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 1006 may not be sent in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 1015 may not be sent in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 5000 may not be sent in %s on line %d
string(0) ""

Warning: Swoole\WebSocket\Frame::__toString(): close code 70000 may not be sent in %s on line %d
string(0) ""
ArgumentCountError: Swoole\WebSocket\Frame::pack() expects at least 1 argument, 0 given
TypeError: Swoole\WebSocket\Frame::pack(): Argument #2 ($opcode) must be of type int, string given
TypeError: Swoole\WebSocket\Frame::pack(): Argument #3 ($flags) must be of type int, array given
ArgumentCountError: Swoole\WebSocket\Frame::pack() expects at most 3 arguments, 4 given
Error: Object of class stdClass could not be converted to string

Warning: Array to string conversion in %s on line %d
string(14) "81054172726179"
