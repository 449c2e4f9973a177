--TEST--
SWOOLE_SOCK_TCP6: a server on ::1
--EXTENSIONS--
swoole
--SKIPIF--
<?php
if (!@stream_socket_server('tcp://[::1]:0')) {
    die('skip needs IPv6');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([1, 2] as $workers) {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('::1', 0, SWOOLE_ANY_MODE, SWOOLE_SOCK_TCP6);
    \$server->set(['worker_num' => $workers]);
    \$server->on('request', function (\$request, \$response) {
        \$response->end(\$request->server['remote_addr'] . ' ' . \$request->server['server_addr']);
    });
    \$server->on('message', function (\$server, \$frame) {
        \$info = \$server->getClientInfo(\$frame->fd);
        \$server->push(\$frame->fd, "{\$info['remote_ip']} {\$info['socket_type']} " . json_encode(\$info['server_port'] === \$server->port));
    });
    PHP);
    echo (new Client($server->port, '[::1]'))->request("GET / HTTP/1.1\r\nHost: [::1]")['body'], "\n";
    $client = new Client($server->port, '[::1]');
    $client->upgrade('/', ['Host' => '[::1]']);
    $client->text('who');
    echo $client->receive(), "\n";
    echo $server->stop(), "\n";
}
?>
--EXPECT--
::1 ::1
::1 3 true
0
::1 ::1
::1 3 true
0
