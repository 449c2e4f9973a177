--TEST--
addProcess(): what is refused, and processes that end with an exception, a fatal error or exit()
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$quiet = new Swoole\Process(function () { while (true) sleep(1); });
try {
    $server->addProcess(new stdClass);
} catch (TypeError $e) {
    echo $e->getMessage(), "\n";
}
class Raw extends Swoole\Process { public function __construct() {} }
try {
    $server->addProcess(new Raw);
} catch (Error $e) {
    echo $e->getMessage(), "\n";
}
var_dump($server->addProcess($quiet), @$server->addProcess($quiet));
echo error_get_last()['message'], "\n";
foreach (['throw new Exception("boom")', 'throw new Exception("in a coroutine")', 'exit(3)', 'undefined_function()'] as $i => $code) {
    $n = new Swoole\Atomic;
    $server->addProcess(new Swoole\Process(function () use ($code, $n) {
        if ($n->add() === 1) {
            eval("$code;");
        }
        while (true) {
            sleep(1);
        }
    }, false, 0, $i === 1));
}
$server->on('workerError', function ($server, $id, $pid, $code, $signal) { echo "error $id $code $signal\n"; });
$server->on('workerStart', function ($server) use ($quiet) {
    var_dump(@$server->addProcess($quiet), swoole_last_error());
    echo error_get_last()['message'], "\n";
});
$server->on('message', fn () => null);
PHP);
$server->expect('error 2');
wait_until(fn () => substr_count($server->output(), "\nerror ") === 4, 'four ends');
echo $server->stop(), "\n";
$lines = preg_grep('/^(Swoole|must|bool|int|error|Fatal|.*abnormal)/', explode("\n", $server->output()));
foreach ($lines as $line) {
    $said[] = preg_replace(['/^\[.*WARNING\t/', '/pid=\d+/', '/ in \/.*/'], ['', 'pid=N', ''], $line);
}
sort($said);
echo implode("\n", $said), "\n";
?>
--EXPECT--
0
Fatal error: Uncaught Error: Call to undefined function undefined_function()
Fatal error: Uncaught Exception: boom
Fatal error: Uncaught Exception: in a coroutine
Swoole\Server::addProcess(): Argument #1 ($process) must be of type Swoole\Process, stdClass given
Swoole\Server::addProcess(): process has already been started
Swoole\Server::addProcess(): server is running, can't add process
Worker::report_error(): worker(pid=N, id=2) abnormal exit, status=255, signal=0
Worker::report_error(): worker(pid=N, id=3) abnormal exit, status=255, signal=0
Worker::report_error(): worker(pid=N, id=4) abnormal exit, status=3, signal=0
Worker::report_error(): worker(pid=N, id=5) abnormal exit, status=255, signal=0
bool(false)
bool(false)
error 2 255 0
error 3 255 0
error 4 3 0
error 5 255 0
int(0)
int(503)
must call constructor first
