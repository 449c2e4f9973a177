--TEST--
A server's callbacks share the scheduler; what they left waiting is unwound when it ends
--EXTENSIONS--
swoole
--FILE--
<?php
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['log_level' => SWOOLE_LOG_NONE, 'max_wait_time' => 1]);
$server->on('message', function () {});
$server->on('workerStart', function ($server) {
    echo "in coroutine ", Co::getCid(), "\n";
    swoole_test_kernel_coroutine(3, 0.002);          // tasks on the server's own runtime
    Co::sleep(0.02);
    echo Co::stats()['coroutine_num'], " left\n";
    go(function () {
        try {
            Co::sleep(100);
        } finally {
            echo "unwound\n";
        }
    });
    Swoole\Timer::tick(5, function ($id) use ($server) {
        static $rounds = 0;
        echo "tick\n";
        if (++$rounds == 2) {
            Swoole\Timer::clear($id);
            $server->shutdown();
        }
    });
});
var_dump($server->start());
Swoole\Coroutine\run(function () { Co::sleep(0.001); echo "a coroutine after the server\n"; });
?>
--EXPECT--
in coroutine 1
1 left
tick
tick
unwound
bool(true)
a coroutine after the server
