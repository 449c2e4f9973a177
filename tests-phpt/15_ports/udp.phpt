--TEST--
UDP: onPacket and sendto(), one worker or several, alone or beside TCP
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';

function talk(string $address, string $bytes): string
{
    $socket = stream_socket_client($address);
    stream_set_timeout($socket, (int) DEADLINE);
    fwrite($socket, $bytes);
    return fread($socket, 65536);
}

foreach ([1, 3] as $workers) {
    $server = new ServerProcess("\$workers = $workers;" . <<<'PHP'

    $server = new Swoole\Server('127.0.0.1', 0, SWOOLE_ANY_MODE, SWOOLE_SOCK_UDP);
    $server->set(['worker_num' => $workers, 'log_file' => '/dev/null']);
    $tcp = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
    $second = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_UDP);
    $server->on('packet', function ($server, $data, $info) {
        $right = [is_int($info['server_socket']), $info['server_port'] === $server->port, $info['dispatch_time'] > microtime(true) - 10];
        $keys = implode(' ', array_keys($info));
        $server->sendto($info['address'], $info['port'], strlen($data) . " $info[address] " . json_encode($right) . " $keys", $info['server_socket']);
    });
    $second->on('packet', function ($server, $data, $info) {
        // Leaves by the first port: a client that is connected to the second does not hear it.
        var_dump($server->sendto($info['address'], $info['port'], 'from the first'));
        Swoole\Coroutine::sleep(0.001);
        var_dump($server->sendto($info['address'], $info['port'], "second $data", $info['server_socket']));
    });
    $server->on('receive', fn ($server, $fd, $reactor, $data) => $server->send($fd, "tcp $data"));
    PHP);
    wait_until(function () use ($server) {
        $tcp = new Client($server->ports[1]);
        $tcp->send('x');
        return $tcp->bytes(5) === 'tcp x';
    }, 'the server to answer');
    echo talk("udp://127.0.0.1:$server->port", 'hello'), "\n";
    echo talk("udp://127.0.0.1:$server->port", str_repeat('x', 60000)), "\n";
    echo talk("udp://127.0.0.1:{$server->ports[2]}", 'hello'), "\n";
    for ($right = $i = 0; $i < 50; $i++) {
        $right += (int) str_starts_with(talk("udp://127.0.0.1:$server->port", str_repeat('x', $i + 1)), $i + 1 . ' ');
    }
    echo "$right\n";
    echo $server->stop(), "\n", $server->output();
}
?>
--EXPECT--
5 127.0.0.1 [true,true,true] server_socket server_port dispatch_time address port
60000 127.0.0.1 [true,true,true] server_socket server_port dispatch_time address port
second hello
50
0
bool(true)
bool(true)
5 127.0.0.1 [true,true,true] server_socket server_port dispatch_time address port
60000 127.0.0.1 [true,true,true] server_socket server_port dispatch_time address port
second hello
50
0
bool(true)
bool(true)
