--TEST--
kill -9 of the process that was started leaves no worker behind
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2]);
$server->on('workerStart', function ($server, $id) { echo 'worker ' . getmypid() . "\n"; });
$server->on('message', function () {});
PHP);
wait_until(fn () => substr_count($server->output(), 'worker ') === 2, 'both workers');
preg_match_all('~worker (\d+)~', $server->output(), $match);
$client = $server->websocket();
$server->stop(9);
foreach ($match[1] as $pid) {
    wait_until(fn () => !is_dir("/proc/$pid") || str_contains((string) @file_get_contents("/proc/$pid/stat"), ') Z '), "the end of worker $pid");
}
// The master of SWOOLE_PROCESS takes its connections along.
var_dump(substr((string) $client->close(), 0, 4) === (mode() === 'base' ? '1001' : ''));
?>
--EXPECT--
bool(true)
