--TEST--
SWOOLE_PROCESS: output_buffer_size is the longest single send
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 1, 'output_buffer_size' => 1000]);
$server->on('message', function ($server, $frame) {
    var_dump($server->push($frame->fd, str_repeat('a', 1000)));
    var_dump(@$server->push($frame->fd, str_repeat('b', 1001)), swoole_last_error() === SWOOLE_ERROR_DATA_LENGTH_TOO_LARGE);
    $server->push($frame->fd, error_get_last()['message']);
});
PHP);
$client = $server->websocket();
$client->text('go');
var_dump(strlen($client->receive()));
echo $client->receive(), "\n";
$server->stop();
echo preg_replace('~^\[.*\tServer is shutdown now\n~m', '', $server->output());
?>
--EXPECT--
int(1000)
Swoole\WebSocket\Server::push(): the length of the data exceeds the output buffer size, please use the sendfile, chunked transfer mode or adjust the output_buffer_size
bool(true)
bool(false)
bool(true)
