--TEST--
Exceptions in callbacks end the script; what is still watched then is given up; exit() ends the loop
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Event;

[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($b, 'x');
Event::add($a, function ($a) {
    fread($a, 1);
    echo "Event::exit()\n";
    Event::exit();
});
Event::wait();
var_dump(Event::isset($a));
// A callback that suspends is called again while there is something to read.
fwrite($b, 'xy');
$calls = $reads = 0;
Event::set($a, function ($a) use (&$calls, &$reads) {
    $call = ++$calls;
    if ($call > 2) {
        return;
    }
    do {
        Co::sleep(0.001);
    } while ($calls < 2 || $reads < $call - 1);
    echo "call $call: ", fread($a, 1), "\n";
    $reads++;
    if ($call == 2) {
        Event::del($a);
    }
});
Event::wait();
Event::add($a, function () { throw new Exception('from a callback'); });
fwrite($b, 'z');
Event::wait();
echo "not reached\n";
?>
--EXPECTF--
Event::exit()
bool(true)
call 1: x
call 2: y

Fatal error: Uncaught Exception: from a callback in %s:%d
Stack trace:
#0 [internal function]: {closure%S}(Resource id #%d)
#1 {main}
  thrown in %s on line %d
