--TEST--
pid_file holds the master's pid while the server runs, and one that cannot be written is only logged
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$home = tempnam(sys_get_temp_dir(), 'srs');
unlink($home);
mkdir($home);
foreach ([1, 2] as $workers) {
    $server = new ServerProcess(<<<PHP
    chdir('$home');
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set(['worker_num' => $workers, 'pid_file' => 'server.pid']);
    // The path means what it meant at start().
    \$server->on('workerStart', function () { chdir('/'); echo "worker\n"; });
    \$server->on('message', function () {});
    PHP, 'echo json_encode(is_file("' . $home . '/server.pid"));');
    $server->expect("worker\n");
    var_dump(file_get_contents("$home/server.pid") === (string) $server->pid, $server->stop(), file_exists("$home/server.pid"));
    echo str_replace("worker\n", '', preg_replace('~^\[.*\n~m', '', $server->output())), "\n";
}
rmdir($home);
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['pid_file' => '/nowhere/at/all.pid']);
$server->on('message', function () {});
PHP);
$server->websocket();
$server->stop();
var_dump(str_contains($server->output(), 'pid_file /nowhere/at/all.pid: No such file or directory'));
?>
--EXPECT--
bool(true)
int(0)
bool(false)
false
bool(true)
int(0)
bool(false)
false
bool(true)
