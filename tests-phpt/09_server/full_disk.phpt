--TEST--
A disk without room for the log and the pid_file stops nobody
--EXTENSIONS--
swoole
--SKIPIF--
<?php if (!file_exists('/dev/full')) die('skip there is no /dev/full'); ?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([1, 2] as $workers) {
    // The server removes its pid_file: the link, not the device.
    $pid = tempnam(sys_get_temp_dir(), 'srs');
    unlink($pid);
    symlink('/dev/full', $pid);
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set(['worker_num' => $workers, 'log_file' => '/dev/full', 'pid_file' => '$pid']);
    \$server->on('message', function (\$server, \$frame) {
        for (\$i = 0; \$i < 100; \$i++) {
            swoole_error_log(SWOOLE_LOG_WARNING, 'no room for this');
        }
        \$server->push(\$frame->fd, \$frame->data);
    });
    PHP);
    $client = $server->websocket();
    $client->text('logged');
    echo $client->receive(), ' ', $server->stop(), ' ', strlen($server->output()), "\n";
    @unlink($pid);
}
var_dump(filetype('/dev/full'));
?>
--EXPECT--
logged 0 0
logged 0 0
string(4) "char"
