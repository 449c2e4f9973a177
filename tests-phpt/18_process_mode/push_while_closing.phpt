--TEST--
SWOOLE_PROCESS: push() to a connection that is being closed is false and says why, at once
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['log_level' => SWOOLE_LOG_NONE]);
set_error_handler(function ($level, $text) { echo 'warning ', str_contains($text, 'push(): ') ? 'of push' : $text, "\n"; return true; });
$server->on('message', function ($server, $frame) {
    match ($frame->data) {
        'close' => $server->close($frame->fd),
        'disconnect' => $server->disconnect($frame->fd),
        'push' => $server->push($frame->fd, 'bye', WEBSOCKET_OPCODE_CLOSE),
    };
    // A quick client may have answered the Close by now, and then the session is gone.
    $pushed = $server->push($frame->fd, 'late');
    echo "$frame->data: ", json_encode([$server->isEstablished($frame->fd), $pushed, in_array($server->getLastError(), [1005, 8503], true)]), "\n";
});
PHP);
foreach (['close', 'disconnect', 'push'] as $what) {
    $client = $server->websocket();
    $client->text($what);
    $client->close();
    $client->end();
    $server->expect("$what: ");
}
$server->stop();
echo $server->output();
?>
--EXPECT--
warning of push
close: [false,false,true]
warning of push
disconnect: [false,false,true]
warning of push
push: [false,false,true]
