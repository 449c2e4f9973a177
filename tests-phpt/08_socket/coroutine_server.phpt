--TEST--
Coroutine\Server: packages, addresses in use, shutdown, a handler that is missing
--EXTENSIONS--
swoole
sockets
--FILE--
<?php
use Swoole\Coroutine;
use Swoole\Coroutine\Server;

Coroutine\run(function () {
    $server = new Server('127.0.0.1', 0);
    var_dump($server->port > 0, $server->fd > 0, $server->type === AF_INET, $server->setting);
    $server->set(['open_eof_check' => true, 'package_eof' => "\n"]);
    $server->handle(function (Server\Connection $connection) {
        while ($package = $connection->recv(1)) {
            $connection->send("got $package");
        }
        var_dump($package, $connection->exportSocket() instanceof Coroutine\Socket, $connection->close(), $connection->close(), $connection->send('x'));
    });
    go(function () use ($server) {
        $client = new Coroutine\Socket(AF_INET, SOCK_STREAM, 0);
        $client->connect('127.0.0.1', $server->port);
        $client->sendAll("a\nb\n");
        var_dump($client->recvAll(12, 1));
        $client->close();
        try {
            new Server('127.0.0.1', $server->port);
        } catch (Swoole\Exception $e) {
            var_dump($e->getMessage() === "bind(127.0.0.1:$server->port) failed", $e->getCode() === SOCKET_EADDRINUSE);
        }
        var_dump($server->shutdown(), $server->shutdown());
    });
    var_dump($server->start(), $server->errCode);

    $idle = new Co\Server('127.0.0.1');
    var_dump($idle->start(), $idle->errCode === SOCKET_EINVAL);
    try {
        $idle->handle('no such function');
    } catch (TypeError $e) {
        echo strstr($e->getMessage(), ', called', true), "\n";
    }
    $idle->handle(function () {});
    $idle->set(['open_eof_check' => true, 'package_eof' => '']);
    var_dump(@$idle->start(), $idle->errCode === SOCKET_EINVAL);

    $path = sys_get_temp_dir() . '/cs' . getmypid();
    $unix = new Server("unix:$path");
    var_dump($unix->host === $path, $unix->type === AF_UNIX, $unix->port);
    $unix->handle(function ($connection) use ($unix) { $connection->send($connection->recv(1)); $unix->shutdown(); });
    go(function () use ($path) {
        $client = new Coroutine\Client(SWOOLE_SOCK_UNIX_STREAM);
        $client->connect($path);
        $client->send('over unix');
        var_dump($client->recv(1));
    });
    var_dump($unix->start());
    unlink($path);

    $ports = [new Server('::1', 0, false, true)];
    $ports[] = new Server('::1', $ports[0]->port, false, true);
    var_dump($ports[0]->port === $ports[1]->port, $ports[0]->type === AF_INET6);
});
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
array(1) {
  ["open_ssl"]=>
  bool(false)
}
string(12) "got a
got b
"
bool(true)
bool(true)
bool(true)
int(0)
bool(false)
bool(true)
Swoole\Coroutine\Server::handle(): Argument #1 ($fn) must be of type callable, string given
bool(false)
bool(true)
bool(true)
bool(true)
int(0)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
string(0) ""
bool(true)
bool(true)
bool(false)
bool(false)
string(9) "over unix"
