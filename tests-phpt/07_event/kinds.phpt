--TEST--
Event takes streams of all kinds, numbers of descriptors and sockets of ext-sockets; what is none of them is refused
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Event;

function watch(string $name, $fd, callable $close): void {
    Event::add($fd, function ($fd) use ($name, $close) {
        echo "$name is readable\n";
        Event::del($fd);
        $close($fd);
    });
    Event::wait();
}
$process = proc_open(['echo', 'hello'], [1 => ['pipe', 'w']], $pipes);
watch('a pipe', $pipes[1], fn($pipe) => print(fgets($pipe)));
proc_close($process);

$server = stream_socket_server('tcp://127.0.0.1:0');
$client = stream_socket_client('tcp://' . stream_socket_get_name($server, false));
watch('a listening socket', $server, fn($server) => fwrite(stream_socket_accept($server), "hi\n"));
watch('a connection', $client, fn($client) => print(fgets($client)));

[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
fwrite($b, "by number\n");
$number = Event::add($a, fn() => 1);
Event::del($a);
watch('a number', $number, fn() => print(fgets($a)));

if (function_exists('socket_create_pair')) {
    socket_create_pair(AF_UNIX, SOCK_STREAM, 0, $pair);
    socket_write($pair[1], 'x');
    watch('a socket', $pair[0], fn() => null);
} else {
    echo "a socket is readable\n";
}

var_dump(Event::add('no descriptor', fn() => 1));
var_dump(Event::add(new stdClass, fn() => 1));
var_dump(Event::add(987654, fn() => 1));
var_dump(Event::add(fopen(__FILE__, 'r'), fn() => 1));
var_dump(Event::add($a));
var_dump(Event::add($a, fn() => 1, null, SWOOLE_EVENT_WRITE));
var_dump(Event::add($a, fn() => 1, null, 0));
var_dump(Event::add($a, fn() => 1) > 0, Event::add($a, fn() => 1));
var_dump(Event::set($b, fn() => 1), Event::set($a, null, null, SWOOLE_EVENT_WRITE), Event::isset($b));
var_dump(Event::del($a), Event::del($a), Event::write($a, ''));
?>
--EXPECTF--
a pipe is readable
hello
a listening socket is readable
a connection is readable
hi
a number is readable
by number
a socket is readable

Warning: Swoole\Event::add(): unknown type in %s on line %d
bool(false)

Warning: Swoole\Event::add(): unknown type in %s on line %d
bool(false)

Warning: Swoole\Event::add(): unknown type in %s on line %d
bool(false)

Warning: Swoole\Event::add(): failed to watch socket[%d]: Operation not permitted (os error 1) in %s on line %d
bool(false)

Warning: Swoole\Event::add(): both read and write callbacks are empty in %s on line %d
bool(false)

Warning: Swoole\Event::add(): select write event, but the write callback is empty in %s on line %d
bool(false)

Warning: Swoole\Event::add(): $events must have SWOOLE_EVENT_READ or SWOOLE_EVENT_WRITE in %s on line %d
bool(false)

Warning: Swoole\Event::add(): socket[%d] already exists in the event loop in %s on line %d
bool(true)
bool(false)

Warning: Swoole\Event::set(): socket[%d] is not found in the event loop in %s on line %d

Warning: Swoole\Event::set(): an event is selected that has no callback in %s on line %d
bool(false)
bool(false)
bool(false)

Notice: Swoole\Event::write(): data empty in %s on line %d
bool(true)
bool(false)
bool(false)
