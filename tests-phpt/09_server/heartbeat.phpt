--TEST--
heartbeat: silent connections are closed with 1001, protected ones stay, heartbeat() finds those between two rounds
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    $answer = match ($frame->data) {
        'protect' => $server->protect($frame->fd),
        'expose' => $server->protect($frame->fd, false),
        'look' => $server->heartbeat(),
        'sweep' => $server->heartbeat(true),
        default => $frame->data,
    };
    $server->push($frame->fd, json_encode($answer));
});
$server->on('close', function ($server, $fd, $reactor) { echo "close $fd $reactor\n"; });
PHP;

echo "closed by itself\n";
$server = new ServerProcess($code . '$server->set(["heartbeat_check_interval" => 1, "heartbeat_idle_time" => 1]);');
[$silent, $protected] = [$server->websocket(), $server->websocket()];
$protected->text('protect');
echo $protected->receive(), ' ', $silent->close(), ' ', json_encode($silent->closed()), "\n";
$server->expect('close 1 0');
$protected->text('here');
echo $protected->receive(), "\n";
$server->stop();

echo "heartbeat()\n";
// The next round is far away, so that whoever is silent waits for the script.
$server = new ServerProcess($code . '$server->set(["heartbeat_check_interval" => 600, "heartbeat_idle_time" => 1]);');
[$silent, $protected, $asking] = [$server->websocket(), $server->websocket(), $server->websocket()];
$protected->text('protect');
$protected->receive();
$ask = function (string $what) use ($asking) { $asking->text($what); return $asking->receive(); };
echo $ask('look'), "\n";
wait_until(fn () => $ask('look') === '[1]', 'the silent one to be found');
echo $ask('sweep'), ' ', json_encode($silent->closed()), "\n";
$server->expect('close 1 -1');
echo $ask('look'), "\n";
$protected->text('expose');
$protected->receive();
wait_until(fn () => $ask('look') === '[2]', 'the exposed one to be found');
$server->stop();

echo "off\n";
$server = new ServerProcess($code);
$client = $server->websocket();
$client->text('look');
echo $client->receive(), "\n";
$server->stop();
?>
--EXPECT--
closed by itself
true 1001 idle true
"here"
heartbeat()
[]
[1] true
[]
off
false
