--TEST--
Host SYSTEMD, port 0: the sockets that systemd hands over (LISTEN_FDS) are the ports, for all workers
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$so = getenv('SWOOLE_SO') ?: loaded_extension();
$script = tempnam(sys_get_temp_dir(), 'srs');
file_put_contents($script, <<<'PHP'
<?php
$server = new Swoole\WebSocket\Server('SYSTEMD', 0);
$server->set(['worker_num' => 2, 'log_level' => SWOOLE_LOG_WARNING]);
echo json_encode(array_map(fn ($port) => [$port->host, $port->port === (int) getenv("PORT_$port->type"), $port->type], $server->ports)), "\n";
$server->on('message', fn ($server, $frame) => $server->push($frame->fd, "$frame->data {$server->getClientInfo($frame->fd)['socket_type']}"));
$server->on('packet', fn ($server, $data, $info) => $server->sendto($info['address'], $info['port'], "packet $data"));
$server->start();
PHP);
/** Runs the script with these sockets from descriptor 3 on. */
function start(array $sockets, string $environment)
{
    global $so, $script, $log;
    $log = "$script.log";
    $out = fopen($log, 'w');
    $command = "$environment exec " . implode(' ', array_map(escapeshellarg(...), [PHP_BINARY, '-n', '-d', "extension=$so", $script]));
    return proc_open(['/bin/sh', '-c', $command], [['file', '/dev/null', 'r'], $out, $out, ...$sockets], $pipes);
}
$tcp = stream_socket_server('tcp://127.0.0.1:0');
$udp = stream_socket_server('udp://127.0.0.1:0', $code, $text, STREAM_SERVER_BIND);
[$one, $two] = array_map(fn ($socket) => (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1), [$tcp, $udp]);
$process = start([$tcp, $udp], "PORT_1=$one PORT_2=$two LISTEN_PID=$$ LISTEN_FDS=2");
fclose($tcp);
fclose($udp);
for ($i = 0; $i < 4; $i++) {
    $client = new Client($one);
    $client->upgrade();
    $client->text("client $i");
    echo $client->receive(), "\n";
}
$socket = stream_socket_client("udp://127.0.0.1:$two");
fwrite($socket, 'hi');
echo fread($socket, 100), "\n";
// One that stays would be waited for.
$client->end();
proc_terminate($process);
proc_close($process);
echo file_get_contents($log);

foreach (['', 'LISTEN_PID=1 LISTEN_FDS=1', 'LISTEN_PID=$$', 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDS_START=77'] as $environment) {
    proc_close(start([], $environment));
    preg_match_all('~WARNING\t(.*)|Uncaught (.*) in ~', file_get_contents($log), $lines);
    echo preg_replace('~got pid \d+~', 'got pid N', implode(' / ', array_map(fn ($a, $b) => $a . $b, ...array_slice($lines, 1)))), "\n";
}
array_map(unlink(...), [$script, $log]);
?>
--EXPECT--
client 0 1
client 1 1
client 2 1
client 3 1
packet hi
[["127.0.0.1",true,1],["127.0.0.1",true,2]]
invalid LISTEN_PID / Swoole\Exception: failed to add systemd socket
expecting systemd sockets for pid 1, but got pid N / Swoole\Exception: failed to add systemd socket
invalid LISTEN_FDS / Swoole\Exception: failed to add systemd socket
systemd socket 77: Bad file descriptor (os error 9) / Swoole\Exception: failed to add systemd socket
