--TEST--
SWOOLE_SOCK_UNIX_STREAM: HTTP and WebSocket over a unix socket, one worker or several; the file goes with the server
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$path = tempnam(sys_get_temp_dir(), 'srs') . '.sock';
foreach ([1, 2] as $workers) {
    // A file left over by a killed server is no obstacle.
    file_put_contents($path, '');
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('$path', 0, SWOOLE_ANY_MODE, SWOOLE_SOCK_UNIX_STREAM);
    \$server->set(['worker_num' => $workers]);
    \$server->on('request', function (\$request, \$response) {
        \$response->end(\$request->server['request_uri'] . " {\$request->server['remote_addr']} {\$request->server['remote_port']}");
    });
    \$server->on('message', function (\$server, \$frame) {
        \$info = \$server->getClientInfo(\$frame->fd);
        \$server->push(\$frame->fd, "\$frame->data {\$info['socket_type']} \$server->port \$server->host" . " \$server->type");
    });
    PHP);
    $client = new Client("unix://$path");
    echo $client->request("GET /here HTTP/1.1\r\nHost: h")['body'], "\n";
    for ($i = 0; $i < 5; $i++) {
        $client = new Client("unix://$path");
        $client->upgrade();
        $client->text('hello');
        echo $i ? '' : str_replace($path, 'PATH', $client->receive()) . "\n";
    }
    $big = str_repeat('x', 300000);
    $client->receive();
    $client->text($big);
    var_dump($client->receive() === "$big 5 0 $path 5");
    var_dump($server->stop(), file_exists($path));
}
try {
    new Swoole\WebSocket\Server('/no/such/folder/a.sock', 0, SWOOLE_BASE, SWOOLE_SOCK_UNIX_STREAM);
} catch (Swoole\Exception $e) {
    echo $e->getCode(), ' ', $e->getMessage(), "\n";
}
@unlink(substr($path, 0, -5));
?>
--EXPECT--
/here 127.0.0.1 0
hello 5 0 PATH 5
bool(true)
int(0)
bool(false)
/here 127.0.0.1 0
hello 5 0 PATH 5
bool(true)
int(0)
bool(false)
2 failed to listen server port[/no/such/folder/a.sock:0], Error: No such file or directory[2]
