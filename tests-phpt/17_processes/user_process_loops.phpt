--TEST--
addProcess(): a function may run loops of its own, or leave timers and coroutines to one; at its end the process is forked again
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['log_level' => SWOOLE_LOG_NONE]);
$server->on('workerStop', function ($server, $id) { echo "worker $id stops\n"; });
$say = fn (string $text) => print("$text\n");
$add = fn (callable $function, bool $coroutine = false) =>
    $server->addProcess(new Swoole\Process($function, false, 0, $coroutine));
$add(function () use ($say) {
    Swoole\Coroutine\run(function () use ($say) {
        Swoole\Coroutine::sleep(0.001);
        $say('run');
    });
    while (true) {
        sleep(1);
    }
});
$add(function () use ($say) {
    go(function () use ($say) {
        Swoole\Coroutine\System::waitSignal(SIGTERM, 0.001);
        $say('go');
    });
    Swoole\Event::wait();
    $say('waited');
    while (true) {
        sleep(1);
    }
});
$add(function () use ($say) {
    Swoole\Timer::tick(5, function () use ($say) {
        static $n = 0;
        $n++ < 3 and $say("tick $n");
    });
});
$add(function () use ($say) {
    Swoole\Process::signal(SIGTERM, function () use ($say) {
        $say('told to go');
        Swoole\Event::exit();
    });
});
$add(fn () => $say('again'));
$add(function () use ($say) {
    Swoole\Coroutine::sleep(0.001);
    $say('coroutine again');
}, true);
$server->on('message', fn () => null);
PHP);
foreach (['run', 'waited', 'tick 3'] as $text) {
    $server->expect($text);
}
foreach (["again\n", "coroutine again\n"] as $text) {
    wait_until(fn () => substr_count("\n" . $server->output(), "\n$text") > 2, $text);
}
echo $server->stop(), "\n";
$lines = array_unique(explode("\n", trim($server->output())));
sort($lines);
echo implode("\n", $lines), "\n";
?>
--EXPECT--
0
again
coroutine again
go
run
tick 1
tick 2
tick 3
told to go
waited
worker 0 stops
