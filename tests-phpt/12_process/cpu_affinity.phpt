--TEST--
open_cpu_affinity pins each worker to a CPU, and cpu_affinity_ignore leaves some alone
--EXTENSIONS--
swoole
--SKIPIF--
<?php
if (PHP_OS_FAMILY !== 'Linux' || swoole_cpu_num() < 2 || !preg_match('~^Cpus_allowed_list:\s0-~m', file_get_contents('/proc/self/status'))) {
    die('skip needs Linux and two CPUs');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->on('workerStart', function ($server, $id) {
    preg_match('~^Cpus_allowed_list:\s(.*)~m', file_get_contents('/proc/self/status'), $match);
    echo "worker $id: CPU $match[1]\n";
});
$server->on('message', function () {});
PHP;
foreach (['', ', "cpu_affinity_ignore" => range(1, swoole_cpu_num() - 1)'] as $ignore) {
    $server = new ServerProcess($code . "\$server->set(['worker_num' => 2, 'open_cpu_affinity' => true, 'log_level' => SWOOLE_LOG_NONE $ignore]);");
    wait_until(fn () => substr_count($server->output(), "\n") === 2, 'both workers');
    $server->stop();
    $lines = explode("\n", trim($server->output()));
    sort($lines);
    echo implode("\n", $lines), "\n";
}
?>
--EXPECT--
worker 0: CPU 0
worker 1: CPU 1
worker 0: CPU 0
worker 1: CPU 0
