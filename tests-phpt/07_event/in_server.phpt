--TEST--
Inside a server's worker Event watches beside the connections, and what is still watched does not keep it from stopping
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
    $server = new Swoole\Http\Server('127.0.0.1', 0);
    $server->set(['max_wait_time' => 1]);
    $server->on('request', function ($request, $response) {
        [$a, $b] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        Swoole\Event::add($a, function ($a) use ($response) {
            Swoole\Event::del($a);
            $response->end('read ' . fread($a, 100));
        });
        Swoole\Event::defer(fn() => Swoole\Event::write($b, 'what was written'));
        $GLOBALS['kept'][] = $b;
    });
    $server->on('workerStart', function () {
        $GLOBALS['pair'] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        Swoole\Event::add($GLOBALS['pair'][0], fn() => 1);
    });
    $server->on('workerExit', function () {
        Swoole\Event::del($GLOBALS['pair'][0]);
        echo "worker exit\n";
    });
    PHP);
$client = $server->connect();
for ($i = 0; $i < 3; $i++) {
    echo $client->request("GET / HTTP/1.1\r\nHost: x")['body'], "\n";
}
$client->end();
var_dump($server->stop());
echo $server->output();
?>
--EXPECT--
read what was written
read what was written
read what was written
int(0)
worker exit
