--TEST--
pause() and resume(): a paused connection is not read; enable_delay_receive begins with a pause that confirm() ends
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('message', function ($server, $frame) {
    echo "$frame->fd: $frame->data\n";
    [$what, $fd] = explode(' ', $frame->data) + [1 => 0];
    $answer = match ($what) {
        'pause' => $server->pause((int) $fd),
        'resume' => $server->resume((int) $fd),
        default => $frame->data,
    };
    $server->push($frame->fd, json_encode($answer));
});
PHP);
[$one, $two] = [$server->websocket(), $server->websocket()];
$two->text('pause 1');
echo $two->receive(), "\n";
$one->text('held back');
// Whatever happens, happens before the next two messages are answered.
foreach (['a', 'b'] as $text) {
    $two->text($text);
    $two->receive();
}
var_dump(str_contains($server->output(), 'held back'));
$two->text('resume 1');
echo $two->receive(), ' ', $one->receive(), "\n";
$two->text('pause 99');
echo $two->receive(), "\n";
$server->stop();

$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['enable_delay_receive' => true]);
$server->on('connect', function ($server, $fd) {
    echo "connect $fd\n";
    if ($fd === 1) {
        $server->after(300, function () use ($server, $fd) { echo "confirm\n"; var_dump($server->confirm($fd)); });
    } else {
        $server->confirm($fd);
    }
});
$server->on('open', function ($server, $request) { echo "open $request->fd\n"; $server->push($request->fd, 'hi'); });
$server->on('message', function () {});
PHP);
$first = $server->connect();
$first->send(handshake());
$server->expect('connect 1');
echo $server->websocket()->receive(), "\n";
$first->head();
echo $first->receive(), "\n";
$server->stop();
echo $server->output();
?>
--EXPECT--
true
bool(false)
true "held back"
false
hi
hi
connect 1
connect 2
open 2
confirm
bool(true)
open 1
