--TEST--
System::waitEvent() tells which of reading and writing is possible
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\System;

Swoole\Coroutine\run(function () {
    [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    var_dump(System::waitEvent($a, SWOOLE_EVENT_READ, 0.005));
    var_dump(System::waitEvent($a, SWOOLE_EVENT_READ | SWOOLE_EVENT_WRITE, 1) === SWOOLE_EVENT_WRITE);
    // Two wait for one stream.
    $readers = [];
    for ($i = 0; $i < 2; $i++) {
        $readers[] = go(fn() => var_dump(System::waitEvent($a) === SWOOLE_EVENT_READ));
    }
    fwrite($b, 'x');
    Co::join($readers);
    var_dump(System::waitEvent($a, SWOOLE_EVENT_READ | SWOOLE_EVENT_WRITE));
    fread($a, 10);
    // The end of the stream can be read, too; the descriptor may be closed while somebody waits.
    go(function () use ($b) { Co::sleep(0.001); fclose($b); });
    var_dump(Co::waitEvent($a) === SWOOLE_EVENT_READ);
    [$c, $d] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    go(function () use (&$c) { Co::sleep(0.001); fclose($c); });
    var_dump(System::waitEvent($c, SWOOLE_EVENT_READ, 0.01));
    var_dump(System::waitEvent('none'), System::waitEvent($d, 0));
});
?>
--EXPECTF--
bool(false)
bool(true)
bool(true)
bool(true)
int(1536)
bool(true)
bool(false)

Warning: Swoole\Coroutine\System::waitEvent(): unknown type in %s on line %d

Warning: Swoole\Coroutine\System::waitEvent(): $events must have SWOOLE_EVENT_READ or SWOOLE_EVENT_WRITE in %s on line %d
bool(false)
bool(false)
