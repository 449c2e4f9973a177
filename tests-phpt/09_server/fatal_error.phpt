--TEST--
A fatal error ends a server in good order, wherever it happens: clients get a Close, files are removed, shutdown functions run
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (getenv('USE_ZEND_ALLOC') === '0') die('skip only the allocator of PHP knows memory_limit'); ?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$boom = 'trigger_error("boom", E_USER_ERROR);';
$where = [
    'onMessage' => "\$server->on('message', function () { $boom });",
    'memory' => "ini_set('memory_limit', '16M'); \$server->on('message', function () { str_repeat('x', 1 << 30); });",
    'a method that PHP calls back from' => "\$server->on('message', function () { array_map(function () { usort(\$GLOBALS['list'], function () { $boom }); }, [1]); });",
    'a timer' => "\$server->on('message', function () { Swoole\\Timer::after(1, function () { $boom }); });",
    'a destructor' => "class Last { public function __destruct() { $boom } } \$server->on('message', function () { new Last; });",
    'defer()' => "\$server->on('message', function () { Swoole\\Event::defer(function () { $boom }); });",
];
foreach ($where as $name => $code) {
    foreach (['true', 'false'] as $coroutines) {
        $file = tempnam(sys_get_temp_dir(), 'srs');
        $server = new ServerProcess(<<<PHP
            \$list = [2, 1];
            \$server = new Swoole\\WebSocket\\Server('127.0.0.1', 0, SWOOLE_BASE);
            \$server->set(['enable_coroutine' => $coroutines, 'pid_file' => '$file']);
            \$server->on('close', function () { echo "closed\\n"; });
            \$server->on('workerStop', function () { echo "stopped\\n"; });
            register_shutdown_function(function () { echo "shutdown function, ", (new Swoole\\Atomic(5))->get(), "\\n"; });
            $code
            PHP, 'echo "after start()\n";', ['display_errors' => 1, 'log_errors' => 0]);
        [$one, $other] = [$server->websocket(), $server->websocket()];
        $one->text('now');
        $goodbyes = [$one->close(), $other->close()];
        $status = $server->stop(0);
        clearstatcache();
        preg_match_all('~Fatal error: (?:Allowed memory|boom)|^(?:shutdown|closed|stopped|after).*~m', $server->output(), $lines);
        echo "$name: $status; ", implode(', ', $goodbyes), '; ', implode(', ', $lines[0]), '; ', file_exists($file) ? 'a file is left' : 'clean', "\n";
        @unlink($file);
    }
}

// Between callbacks: there is no memory for what has been received.
$file = tempnam(sys_get_temp_dir(), 'srs');
$server = new ServerProcess(<<<PHP
    \$server = new Swoole\\Server('127.0.0.1', 0, SWOOLE_BASE);
    \$server->set(['pid_file' => '$file', 'open_length_check' => true, 'package_length_type' => 'N', 'package_body_offset' => 4, 'package_max_length' => 1 << 24]);
    \$server->on('receive', function (\$server, \$fd) {
        ini_set('memory_limit', (string) memory_get_usage(true));
        \$server->send(\$fd, 'ok');
    });
    PHP, '', ['display_errors' => 1, 'log_errors' => 0]);
$one = $server->connect();
$one->send(pack('N', 0));
echo 'memory of the loop: ', $one->bytes(2);
$one->send(pack('N', 6 << 20) . str_repeat('x', 6 << 20));
$closed = $one->closed();
$status = $server->stop(0);
// Some builds of PHP end the process at once when a limit is hard; then nobody tidies up.
$hard = str_contains($server->output(), 'Hard memory limit');
echo $closed ? ', closed, ' : ', open, ', $status > 0 ? 'failed, ' : 'well, ', !$hard && file_exists($file) ? 'a file is left' : 'clean', "\n";
@unlink($file);
?>
--EXPECT--
onMessage: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
onMessage: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
memory: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: Allowed memory, shutdown function, 5; clean
memory: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: Allowed memory, shutdown function, 5; clean
a method that PHP calls back from: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
a method that PHP calls back from: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
a timer: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
a timer: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
a destructor: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
a destructor: 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
defer(): 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
defer(): 255; 1001 server shutdown, 1001 server shutdown; Fatal error: boom, shutdown function, 5; clean
memory of the loop: ok, closed, failed, clean
