--TEST--
user, group and chroot take effect when root starts the server; failures are only logged
--EXTENSIONS--
swoole
--SKIPIF--
<?php
if (!str_contains((string) @file_get_contents('/proc/self/status'), "Uid:\t0\t0") || !preg_match('~^nobody:[^:]*:(\d+):(\d+)~m', (string) @file_get_contents('/etc/passwd'), $match)
    || !preg_match("~^[^:]+:[^:]*:$match[2]:~m", (string) @file_get_contents('/etc/group'))) {
    die('skip needs root and a user nobody');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
preg_match('~^nobody:[^:]*:(\d+):(\d+)~m', file_get_contents('/etc/passwd'), $match);
[, $uid, $gid] = $match;
preg_match("~^([^:]+):[^:]*:$gid:~m", file_get_contents('/etc/group'), $match);
$group = $match[1];
$ids = '$ids = fn () => preg_match_all("~^[UG]id:\t(\d+)~m", file_get_contents("/proc/self/status"), $m) ? implode(" ", $m[1]) : "";';
foreach ([1 => 'no such group', 2 => $group] as $workers => $name) {
    $server = new ServerProcess(<<<PHP
    $ids
    \$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
    \$server->set(['worker_num' => $workers, 'user' => 'nobody', 'group' => '$name']);
    \$server->on('start', function () use (\$ids) { echo 'start as ' . \$ids() . "\n"; });
    \$server->on('message', function (\$server, \$frame) use (\$ids) { \$server->push(\$frame->fd, \$ids()); });
    PHP);
    $client = $server->websocket();
    $client->text('who');
    var_dump($client->receive() === "$uid $gid");
    var_dump($server->stop(), str_contains($server->output(), 'get group [no such group] info failed') !== ($name === $group), str_contains($server->output(), 'start as 0 0'));
}
$home = tempnam(sys_get_temp_dir(), 'srs');
unlink($home);
mkdir($home);
$server = new ServerProcess(<<<PHP
\$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
\$server->set(['chroot' => '$home', 'pid_file' => '$home/server.pid']);
\$server->on('message', function (\$server, \$frame) { \$server->push(\$frame->fd, json_encode(scandir('/'))); });
PHP);
$client = $server->websocket();
$client->text('ls');
echo $client->receive(), "\n";
$server->stop();
var_dump(rmdir($home));
?>
--EXPECT--
bool(true)
int(0)
bool(true)
bool(true)
bool(true)
int(0)
bool(true)
bool(true)
[".","..","server.pid"]
bool(true)
