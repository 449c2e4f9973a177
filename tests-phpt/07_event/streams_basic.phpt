--TEST--
Event watches streams: callbacks in coroutines, level-triggered, until del(); the loop ends when nothing is left
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Event;

[$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$fd = Event::add($a, function ($stream) use ($a) {
    var_dump($stream === $a, Co::getCid() > 0);
    $data = fread($stream, 3);
    if ($data === '' && feof($stream)) {
        echo "closed\n";
        var_dump(Event::del($stream), Event::isset($stream), Event::del($stream));
        return;
    }
    echo "read '$data'\n";
}, function ($stream) use ($b) {
    echo "writable\n";
    Event::set($stream, null, null, SWOOLE_EVENT_READ);
    fwrite($b, 'abcde');
    Swoole\Timer::after(20, fn() => fclose($b));
}, SWOOLE_EVENT_READ | SWOOLE_EVENT_WRITE);
var_dump(is_int($fd), Event::isset($a), Event::isset($fd, SWOOLE_EVENT_WRITE), stream_get_meta_data($a)['blocked']);
Event::wait();
echo "done\n";
var_dump(Co::stats()['event_num'], Co::stats()['coroutine_num']);
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
writable
bool(true)
bool(true)
read 'abc'
bool(true)
bool(true)
read 'de'
bool(true)
bool(true)
closed
bool(true)
bool(false)
bool(false)
done
int(0)
int(0)
