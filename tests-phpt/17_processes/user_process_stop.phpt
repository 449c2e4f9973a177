--TEST--
addProcess(): its name; one that ignores SIGTERM is killed in the end; none outlives the manager
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['max_wait_time' => 1]);
$server->on('message', fn () => null);
PHP;
$deaf = new ServerProcess($code . <<<'PHP'
$server->addProcess(new Swoole\Process(function ($process) {
    $process->name('a name of its own');
    Swoole\Process::signal(SIGTERM, function () { echo "heard\n"; });
    echo getmypid(), "\n";
}));
PHP);
$pid = (int) wait_until_line($deaf, '/^(\d+)$/m');
echo strtok(file_get_contents("/proc/$pid/cmdline"), "\0"), "\n";
echo $deaf->stop(), "\n";
var_dump(is_dir("/proc/$pid"), str_contains($deaf->output(), "heard\n"));
echo wait_until_line($deaf, '/(worker exit timeout.*)/'), "\n";

$server = new ServerProcess($code . <<<'PHP'
$server->addProcess(new Swoole\Process(function () {
    echo getmypid(), "\n";
    while (true) {
        sleep(10);
    }
}));
PHP);
$pid = (int) wait_until_line($server, '/^(\d+)$/m');
$server->signal(9);
// Nobody may be there to take note of its end.
wait_until(fn () => !preg_match('/\) [^Z] /', (string) @file_get_contents("/proc/$pid/stat")), 'the end of the orphan');
echo "nobody left\n";

function wait_until_line(ServerProcess $server, string $pattern): string
{
    wait_until(function () use ($server, $pattern, &$match) {
        return preg_match($pattern, $server->output(), $match);
    }, $pattern, $server->output(...));
    return $match[1];
}
?>
--EXPECT--
a name of its own
0
bool(false)
bool(true)
worker exit timeout, forced termination of worker 1
nobody left
