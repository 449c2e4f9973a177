--TEST--
pack() and unpack() leave the last error; success leaves it alone
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\WebSocket\Frame;

function last(string $what): void
{
    echo $what, ' ', swoole_last_error(), "\n";
    swoole_clear_error();
}

last('nothing');
@Frame::pack('x', 11);
last('bad opcode');
@Frame::pack(str_repeat('x', 126), 9);
last('long ping');
Frame::unpack('');
last('no header');
swoole_ignore_error(SWOOLE_ERROR_WEBSOCKET_INCOMPLETE_PACKET);
Frame::unpack("\x81\x05Hel");
last('no payload');
Frame::unpack("\x83\x01a");
last('reserved opcode');
Frame::unpack("\xa1\x01a");
last('RSV2');
@Frame::unpack("\xc1\x02\x11\x22");
last('no deflate');
Frame::unpack('');
Frame::unpack(Frame::pack('fine'));
last('success after a failure');
?>
--EXPECT--
nothing 0
bad opcode 503
long ping 503
no header 8507
no payload 8507
reserved opcode 508
RSV2 508
no deflate 508
success after a failure 8507
