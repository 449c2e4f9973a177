--TEST--
Every port is served again after a reload and after the death of a worker; no packet is lost
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$path = sys_get_temp_dir() . '/srs-reload-' . getmypid() . '.sock';
$server = new ServerProcess("\$path = '$path';" . <<<'PHP'

$server = new Swoole\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'log_file' => '/dev/null']);
$server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$server->listen($path, 0, SWOOLE_SOCK_UNIX_STREAM);
$server->listen('127.0.0.1', 0, SWOOLE_SOCK_UDP);
$answer = fn ($server) => getmypid() . "\n";
$server->on('receive', fn ($server, $fd, $reactor, $data) => $server->send($fd, $answer($server)));
$server->on('packet', fn ($server, $data, $info) => $server->sendto($info['address'], $info['port'], $answer($server)));
PHP);

/** The processes that answer, by port. */
function ask(): array
{
    global $server, $path;
    $answers = [[], [], [], []];
    foreach ([$server->ports[0], $server->ports[1], "unix://$path"] as $number => $address) {
        for ($i = 0; $i < 10; $i++) {
            $client = new Client($address);
            $client->send('?');
            // A worker that stops has closed it; packets wait for its successor.
            $line = fgets($client->socket);
            $line && $answers[$number][trim($line)] = true;
        }
    }
    for ($i = 0; $i < 10; $i++) {
        $socket = stream_socket_client("udp://127.0.0.1:{$server->ports[3]}");
        stream_set_timeout($socket, (int) DEADLINE);
        fwrite($socket, '?');
        $answers[3][trim(fgets($socket))] = true;
    }
    return array_map(array_keys(...), $answers);
}

$before = ask();
echo implode(' ', array_map(fn ($pids) => count($pids) > 0 && count($pids) < 3 ? 'served' : 'strange', $before)), "\n";
$server->signal(10);
wait_until(function () use ($before) {
    $now = ask();
    return array_intersect(array_merge(...$now), array_merge(...$before)) === [];
}, 'new workers on every port');
$killed = ask()[1][0];
exec("kill -9 $killed");
wait_until(fn () => !in_array($killed, array_merge(...ask())), 'the others to answer');
echo $server->stop(), "\n";
?>
--EXPECT--
served served served served
0
