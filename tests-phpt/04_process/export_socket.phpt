--TEST--
exportSocket(): a coroutine talks to the child over the process's pipe while others run
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine;
use Swoole\Coroutine\Socket;
use Swoole\Process;

$process = new Process(function (Process $process) {
    $socket = $process->exportSocket();
    while (($text = $socket->recv()) !== '') {
        $socket->send(strrev($text));
    }
}, false, SOCK_STREAM, true);
$process->start();
Coroutine\run(function () use ($process) {
    $socket = $process->exportSocket();
    var_dump($socket instanceof Socket, $socket === $process->exportSocket());
    Coroutine::create(function () {
        echo "meanwhile\n";
    });
    foreach (['abc', str_repeat('xy', 5)] as $text) {
        $socket->send($text);
        var_dump($socket->recv(65536, 5));
    }
    var_dump($socket->recv(10, 0.01), $socket->errCode === SOCKET_ETIMEDOUT);
});
// The pipe, and with it our end, goes: the child reads its end and ends.
var_dump($process->close());
unset($socket);
var_dump(Process::wait()['code']);
var_dump(@$process->exportSocket(), error_get_last()['message']);
?>
--EXPECT--
bool(true)
bool(true)
meanwhile
string(3) "cba"
string(10) "yxyxyxyxyx"
bool(false)
bool(true)
bool(true)
int(0)
bool(false)
string(61) "Swoole\Process::exportSocket(): no pipe, cannot export stream"
