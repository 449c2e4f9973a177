--TEST--
addProcess() with a coroutine: timers, sockets on the pipe, and messages from and to the workers
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'log_level' => SWOOLE_LOG_NONE]);
$process = new Swoole\Process(function ($process) use ($server) {
    $socket = $process->exportSocket();
    Swoole\Timer::tick(1, function ($timer) use ($server) {
        Swoole\Timer::clear($timer);
        $server->sendMessage('ticked', 0);
    });
    while (true) {
        [$worker, $text] = explode(' ', $socket->recv());
        $server->sendMessage("heard $text", (int) $worker);
    }
}, false, SOCK_DGRAM, true);
$server->addProcess($process);
$server->on('pipeMessage', function ($server, $from, $data) use (&$client) {
    $from = $from === 2 ? 'process' : 'worker';
    match (true) {
        $server->worker_id === 2 => $server->sendMessage("back $data[1]", $data[0]),
        $data === 'ticked' => print("$data by $from\n"),
        default => $server->push($client, "$from: $data"),
    };
});
$server->on('message', function ($server, $frame) use ($process, &$client) {
    $client = $frame->fd;
    $server->sendMessage([$server->worker_id, $frame->data], 2) or $server->push($client, 'not sent');
    $process->write("$server->worker_id $frame->data");
});
PHP);
$server->expect('ticked');
$client = $server->websocket();
foreach (['one', 'two'] as $text) {
    $client->text($text);
    $answers = [$client->receive(), $client->receive()];
    sort($answers);
    echo implode("\n", $answers), "\n";
}
echo $server->stop(), "\n";
echo $server->output();
?>
--EXPECT--
process: back one
process: heard one
process: back two
process: heard two
0
ticked by process
