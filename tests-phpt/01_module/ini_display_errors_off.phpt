--TEST--
swoole.display_errors=Off silences what bad data can cause; misuse is always shown
--EXTENSIONS--
swoole
--FILE--
<?php
$garbage = "\xc1\x03abc";
var_dump(Swoole\WebSocket\Frame::unpack($garbage));
ini_set('swoole.display_errors', 'Off');
swoole_clear_error();
var_dump(Swoole\WebSocket\Frame::unpack($garbage), swoole_last_error());
var_dump(Swoole\WebSocket\Frame::pack('x', 99));
?>
--EXPECTF--
Warning: Swoole\WebSocket\Frame::unpack(): inflate() failed%s in %s on line %d
bool(false)
bool(false)
int(508)

Warning: Swoole\WebSocket\Frame::pack(): opcode must be between 0 and 10 in %s on line %d
string(0) ""
