--TEST--
Raw TCP in packages: by mark, split or not, by length, by a function of the script, as MQTT
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
function talk(int $number, string $answer, string ...$pieces): void
{
    global $server;
    $client = new Client($server->ports[$number]);
    foreach ($pieces as $piece) {
        $client->send($piece);
        // The next piece must not come with this one.
        usleep(2000);
    }
    $got = $answer === '' ? $client->rest() : $client->bytes(strlen($answer));
    echo $number, ' ', $got === $answer ? 'ok' : "'$got' instead of '$answer'", "\n";
}

foreach ([SWOOLE_BASE, SWOOLE_PROCESS] as $mode) {
    $server = new ServerProcess("\$mode = $mode;" . <<<'PHP'

    $server = new Swoole\Server('127.0.0.1', 0, $mode);
    $server->set(['open_eof_check' => true, 'package_eof' => "\r\n", 'log_file' => '/dev/null']);
    function measure(string $data): int
    {
        return $data === '?' ? 0 : ($data[0] === '!' ? -1 : (int) $data[0] + 1);
    }
    foreach ([
        ['open_eof_split' => true, 'package_eof' => "\r\n"],
        ['open_length_check' => true, 'package_length_type' => 'n', 'package_length_offset' => 1, 'package_body_offset' => 3, 'package_max_length' => 70000],
        ['open_length_check' => true, 'package_length_func' => 'measure'],
        ['open_length_check' => true, 'package_length_func' => fn ($data) => strlen($data) < 3 ? 0 : 3],
        ['open_mqtt_protocol' => true],
        [],
        ['open_redis_protocol' => true],
    ] as $setting) {
        $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP)->set($setting);
    }
    $server->on('receive', fn ($server, $fd, $reactor, $data) => $server->send($fd, '<' . addcslashes($data, "\0..\37\177..\377") . '>'));
    $server->on('close', function ($server, $fd) {
        echo "closed $fd\n";
    });
    PHP);

    talk(0, '<a\r\nb\r\n>', "a\r", "\nb\r\n");
    talk(0, '<a\r\nb\r\n>', "a\r\nb\r", "\n");
    talk(1, '<a\r\n><b\r\n>', "a\r", "\n", "b\r\n", 'rest');
    talk(1, '<\r\n><\r\n>', "\r\n\r\n");
    talk(2, '<x\000\002hi><y\000\000>', "x\0", "\2h", "iy\0\0z");
    talk(2, '<x\377\377' . str_repeat('a', 65535) . '>', "x\xff\xff" . str_repeat('a', 65535));
    talk(3, '<2ab><0>', '?' ^ '?' ^ '2', 'ab0');
    talk(3, '', '!');
    talk(4, '<abc><def>', 'ab', 'cdef');
    talk(5, '<\300\000><0\003abc>', "\xc0", "\0\x30\3a", 'bc');
    talk(5, '', "\x30\xff\xff\xff\xff");
    talk(6, '<anything>', 'anything');
    talk(7, '<*1\r\n$4\r\nPING\r\n><*1\r\n:7\r\n>', "*1\r\n$4\r\nPI", "NG\r\n*1\r\n:7\r\n");
    talk(7, '', "PING\r\n");
    // Behind the limit nothing more is kept.
    talk(1, '', str_repeat('x', 2 << 20 | 1));
    $server->stop();
}
?>
--EXPECT--
0 ok
0 ok
1 ok
1 ok
2 ok
2 ok
3 ok
3 ok
4 ok
5 ok
5 ok
6 ok
7 ok
7 ok
1 ok
0 ok
0 ok
1 ok
1 ok
2 ok
2 ok
3 ok
3 ok
4 ok
5 ok
5 ok
6 ok
7 ok
7 ok
1 ok
