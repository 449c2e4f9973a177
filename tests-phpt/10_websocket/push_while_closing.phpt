--TEST--
push() to a connection on its way out warns, whoever closes it (weakness 44)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_BASE);
set_error_handler(function ($level, $text) { echo "warning: $text\n"; return true; });
$server->on('message', function ($server, $frame) {
    match ($frame->data) {
        'close' => $server->close($frame->fd),
        'disconnect' => $server->disconnect($frame->fd),
        // A pushed Close begins to close, too.
        'push' => $server->push($frame->fd, 'bye', WEBSOCKET_OPCODE_CLOSE),
        'frame' => $server->push($frame->fd, new Swoole\WebSocket\CloseFrame()),
    };
    var_dump($server->push($frame->fd, 'late'), swoole_last_error());
});
$server->on('close', function ($server, $fd) {
    var_dump($server->push($fd, 'too late'), swoole_last_error());
});
PHP);
foreach (['close', 'disconnect', 'push', 'frame'] as $i => $what) {
    $client = $server->websocket();
    $client->text($what);
    var_dump($client->close());
    $client->end();
    // onClose has run.
    $server->expect('session#' . ($i + 1) . ' does');
}
$server->stop();
echo $server->output();
?>
--EXPECT--
NULL
string(5) "1000 "
string(8) "1000 bye"
string(5) "1000 "
warning: Swoole\WebSocket\Server::push(): session#1 does not exists
bool(false)
int(1005)
warning: Swoole\WebSocket\Server::push(): session#1 does not exists
bool(false)
int(1005)
warning: Swoole\WebSocket\Server::push(): the connected client of connection[2] is not a websocket client or closed
bool(false)
int(8503)
warning: Swoole\WebSocket\Server::push(): session#2 does not exists
bool(false)
int(1005)
warning: Swoole\WebSocket\Server::push(): the connected client of connection[3] is not a websocket client or closed
bool(false)
int(8503)
warning: Swoole\WebSocket\Server::push(): session#3 does not exists
bool(false)
int(1005)
warning: Swoole\WebSocket\Server::push(): the connected client of connection[4] is not a websocket client or closed
bool(false)
int(8503)
warning: Swoole\WebSocket\Server::push(): session#4 does not exists
bool(false)
int(1005)
