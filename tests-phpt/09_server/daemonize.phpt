--TEST--
A daemon serves without its starter, prints to log_file and stops by its pid_file
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
foreach ([1, 2] as $workers) {
    $base = tempnam(sys_get_temp_dir(), 'srs');
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set(['worker_num' => $workers, 'daemonize' => true, 'pid_file' => '$base.pid', 'log_file' => '$base.log']);
    \$server->on('start', function (\$server) { echo 'master ', \$server->master_pid === getmypid() ? 'right' : 'wrong', "\n"; });
    \$server->on('message', function (\$server, \$frame) { \$server->push(\$frame->fd, \$frame->data); });
    echo "before\n";
    PHP, 'echo "after\n";');
    // The starter ends at once and in good order; its output ends with it.
    var_dump($server->stop(0));
    echo $server->output();
    wait_until(fn () => (string) @file_get_contents("$base.pid") !== '', 'the pid');
    $pid = (int) file_get_contents("$base.pid");
    var_dump($pid !== $server->pid);
    $client = $server->websocket();
    $client->text('are you there');
    var_dump($client->receive());
    // Its own session, without a terminal.
    $stat = explode(' ', substr(strrchr(file_get_contents("/proc/$pid/stat"), ')'), 2));
    var_dump((int) $stat[3] === $pid, (int) $stat[4], readlink("/proc/$pid/fd/0"), readlink("/proc/$pid/fd/1") === "$base.log");
    exec("kill $pid");
    echo $client->close(), "\n";
    wait_until(fn () => !file_exists("$base.pid"), 'the end of the pid file');
    wait_until(fn () => str_contains(file_get_contents("$base.log"), "after\n"), 'the end of the script');
    echo preg_replace('~^\[.*\n~m', '', file_get_contents("$base.log"));
    array_map('unlink', [$base, "$base.log"]);
}
?>
--EXPECT--
int(0)
before
bool(true)
string(13) "are you there"
bool(true)
int(0)
string(9) "/dev/null"
bool(true)
1001 server shutdown
master right
after
int(0)
before
bool(true)
string(13) "are you there"
bool(true)
int(0)
string(9) "/dev/null"
bool(true)
1001 server shutdown
master right
after
