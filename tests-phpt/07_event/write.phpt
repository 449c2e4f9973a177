--TEST--
Event::write() keeps what does not fit and writes it in order when there is room
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Event;

[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$want = '';
for ($i = 0; $i < 20; $i++) {
    $want .= $piece = str_repeat(chr(65 + $i), 100_000);
    Event::write($a, $piece) || exit('not written');
}
fclose($a);
$got = '';
Event::add($b, function ($b) use (&$got) {
    $got .= $piece = fread($b, 65536);
    if ($piece === '') {
        Event::del($b);
    }
});
Event::wait();
var_dump(strlen($got), $got === $want);

[$c, $d] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fclose($d);
var_dump(Event::write($c, 'nobody reads'));
?>
--EXPECTF--
int(2000000)
bool(true)

Warning: Swoole\Event::write(): failed to write to socket[%d]: Broken pipe (os error 32) in %s on line %d
bool(false)
