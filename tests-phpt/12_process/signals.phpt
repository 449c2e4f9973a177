--TEST--
SIGUSR1 in one process is refused, SIGUSR2 and SIGHUP do nothing, SIGWINCH and SIGRTMIN open the log anew
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
const HUP = 1, USR1 = 10, USR2 = 12, WINCH = 28, RTMIN = 34;
$log = tempnam(sys_get_temp_dir(), 'srs');
foreach ([1, 2] as $workers) {
    $alone = $workers === 1 && mode() === 'base';
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set(['worker_num' => $workers, 'log_file' => '$log']);
    \$server->on('message', function (\$server, \$frame) {
        swoole_error_log(SWOOLE_LOG_WARNING, 'a line of the worker');
        \$server->push(\$frame->fd, json_encode(\$server->reload(true)));
    });
    PHP);
    $client = $server->websocket();
    foreach ([HUP, USR2] as $signal) {
        $server->signal($signal);
        $client->text('?');
        // Only a manager has task workers to reload.
        echo "signal $signal: ", json_encode($client->receive() === json_encode(!$alone)), "\n";
    }
    if ($alone) {
        $server->signal(USR1);
        wait_until(fn () => str_contains(file_get_contents($log), 'reload is not supported with single process mode'), 'the line');
    }
    foreach ([WINCH, RTMIN] as $signal) {
        rename($log, "$log.old");
        $server->signal($signal);
        wait_until(function () use ($client, $log) {
            $client->text('log');
            $client->receive();
            clearstatcache();
            return is_file($log) && str_contains(file_get_contents($log), 'a line of the worker');
        }, 'the new log');
    }
    echo $server->stop(), "\n";
}
array_map('unlink', glob("$log*"));
?>
--EXPECT--
signal 1: true
signal 12: true
0
signal 1: true
signal 12: true
0
