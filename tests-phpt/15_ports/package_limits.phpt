--TEST--
A package that is too long, or whose length makes no sense, ends its connection with a line in the log
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Server('127.0.0.1', 0);
$server->set(['open_length_check' => true, 'package_length_type' => 'N', 'package_max_length' => 1]);
$func = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$func->set(['open_length_check' => true, 'package_length_func' => function ($data) {
    if ($data === 'throw') {
        throw new Exception('from the length');
    }
    return (int) $data;
}]);
$server->on('receive', fn ($server, $fd, $reactor, $data) => $server->send($fd, strlen($data)));
$server->on('close', function ($server, $fd, $reactor) {
    echo "closed $fd $reactor\n";
});
PHP);
$client = $server->connect();
// Limits below 64 KiB are raised.
$client->send(pack('N', 65532) . str_repeat('x', 65532));
echo $client->bytes(5), "\n";
$client->send(pack('N', 65533));
var_dump($client->rest());
foreach (['65536', '3000000', '-1', 'throw'] as $length) {
    $client = new Client($server->ports[1]);
    $client->send($length);
    if ($length === '65536') {
        $client->send(str_repeat('x', 65531));
        echo $client->bytes(5), "\n";
        $client->end();
    } else {
        var_dump($client->rest());
    }
}
wait_until(fn () => substr_count($server->output(), 'closed') === 5, 'all to be closed');
$server->stop();
$output = preg_replace(['~^\[.*?\]\t~m', '~:\d+$~m'], ['', ':PORT'], $server->output());
// Who logs and who is told may be two processes.
foreach (['WARNING', 'closed'] as $beginning) {
    $lines = preg_grep("/^$beginning/", explode("\n", $output));
    sort($lines);
    echo implode("\n", $lines), "\n";
}
var_dump(str_contains($output, 'Uncaught Exception: from the length'));
?>
--EXPECT--
65536
string(0) ""
65536
string(0) ""
string(0) ""
string(0) ""
WARNING	(ERRNO 1201): the received packet length 3000000 is too large, remote_addr=127.0.0.1:PORT
WARNING	(ERRNO 1201): the received packet length 65537 is too large, remote_addr=127.0.0.1:PORT
WARNING	(ERRNO 1204): the received packet has a malformed length, remote_addr=127.0.0.1:PORT
WARNING	(ERRNO 1204): the received packet has a malformed length, remote_addr=127.0.0.1:PORT
closed 1 -1
closed 2 0
closed 3 -1
closed 4 -1
closed 5 -1
bool(true)
