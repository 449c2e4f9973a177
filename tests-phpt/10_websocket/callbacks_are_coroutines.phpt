--TEST--
Each callback is a coroutine: sleeping suspends only that callback; enable_coroutine => false calls directly
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('open', function ($server, $request) {
    $server->push($request->fd, 'open ' . (Swoole\Coroutine::getCid() > 0 ? 'in' : 'outside'));
});
$server->on('message', function ($server, $frame) {
    if ($frame->data === 'slow') {
        Swoole\Coroutine::sleep(0.2);
    }
    $server->push($frame->fd, $frame->data);
    go(function () use ($server, $frame) {
        Swoole\Coroutine::sleep(0.001);
        $server->push($frame->fd, "after $frame->data");
    });
});
PHP;
$server = new ServerProcess($code);
$client = $server->websocket();
echo $client->receive(), "\n";
$client->send(frame(1, 'slow') . frame(1, 'fast'));
for ($i = 0; $i < 4; $i++) {
    echo $client->receive(), "\n";
}
echo $server->stop(), "\n";

$server = new ServerProcess($code . "\n\$server->set(['enable_coroutine' => false]);");
$client = $server->websocket();
echo $client->receive(), "\n";
$client->text('fast');
echo $client->receive(), "\n", $client->receive(), "\n";
echo $server->stop(), "\n", $server->output();
?>
--EXPECT--
open in
fast
after fast
slow
after slow
0
open outside
fast
after fast
0
