--TEST--
What Coroutine::set() knows works in Server::set() too: hook_flags, timeouts by any of their names, the number of coroutines
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine;

$server = new Swoole\Server('127.0.0.1', 0);
$server->set([
    'hook_flags' => SWOOLE_HOOK_SLEEP,
    'socket_recv_timeout' => 0.01,
    'max_coro_num' => 2,
    'enable_deadlock_check' => false,
    'worker_num' => 1,
]);
var_dump(Swoole\Runtime::getHookFlags() === SWOOLE_HOOK_SLEEP);
var_dump(Coroutine::getOptions()['socket_recv_timeout'], isset(Coroutine::getOptions()['worker_num']));
Coroutine\run(function () {
    $socket = new Coroutine\Socket(AF_INET, SOCK_DGRAM, 0);
    $socket->bind('127.0.0.1');
    $began = microtime(true);
    var_dump($socket->recv(), $socket->errCode === SOCKET_ETIMEDOUT, microtime(true) - $began < 5);
    go(function () {
        var_dump(@go(fn () => null));
    });
});
// Waits for ever: no report.
go(fn () => Coroutine::yield());
?>
--EXPECT--
bool(true)
float(0.01)
bool(false)
bool(false)
bool(true)
bool(true)
bool(false)
