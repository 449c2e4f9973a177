--TEST--
The server listens before any callback of its start runs, so that nobody who connects on their word is refused (weakness 49)
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([['SWOOLE_BASE', 1], ['SWOOLE_BASE', 3], ['SWOOLE_PROCESS', 1]] as [$mode, $workers]) {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0, $mode);
    \$server->set(['worker_num' => $workers, 'log_level' => SWOOLE_LOG_NONE]);
    foreach (['start', 'managerStart', 'workerStart'] as \$event) {
        \$server->on(\$event, function (\$server) use (\$event) {
            \$socket = @stream_socket_client("tcp://127.0.0.1:\$server->port");
            // One write: workers print at the same time.
            echo \$event . (\$socket ? " accepted\n" : " refused\n");
        });
    }
    \$server->on('message', function () {});
    PHP);
    wait_until(fn () => substr_count($server->output(), 'workerStart') === $workers, 'all workers');
    wait_until(fn () => preg_match('~^start ~m', $server->output()), 'the start');
    $server->stop();
    $lines = explode("\n", trim($server->output()));
    sort($lines);
    echo implode("\n", $lines), "\n";
}
?>
--EXPECT--
start accepted
workerStart accepted
managerStart accepted
start accepted
workerStart accepted
workerStart accepted
workerStart accepted
managerStart accepted
start accepted
workerStart accepted
