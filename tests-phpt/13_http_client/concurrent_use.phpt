--TEST--
One coroutine may wait for messages while another sends; two that wait are a fatal error
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/peer.inc';

use Swoole\Coroutine;
use Swoole\Coroutine\Http\Client as HttpClient;

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', fn ($server, $frame) => $server->push($frame->fd, $frame->data));
PHP);
// The port is bound before it listens.
$server->connect()->end();
Coroutine\run(function () use ($server) {
    $client = new HttpClient('127.0.0.1', $server->port);
    $client->upgrade('/');
    $sum = 0;
    $reader = go(function () use ($client, &$sum) {
        for ($i = 0; $i < 200; $i++) {
            $sum += (int) $client->recv(5)->data === $i ? 1 : 0;
        }
    });
    for ($i = 0; $i < 200; $i++) {
        $client->push((string) $i . str_repeat(' ', $i * 500));
        $i % 20 || Coroutine::sleep(0.001);
    }
    Coroutine::join([$reader]);
    var_dump($sum);
    go(fn () => $client->recv());
    go(fn () => $client->recv());
});
?>
--EXPECTF--
int(200)

Fatal error: Swoole\Coroutine\Http\Client::recv(): Socket#%d has already been bound to another coroutine#%d, reading of the same socket in coroutine#%d at the same time is not allowed in %s on line %d
