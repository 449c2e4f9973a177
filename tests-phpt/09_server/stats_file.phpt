--TEST--
stats_file is written every stats_timer_interval, as its ending says; it does not delay the end
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$run = function (string $file): string {
    $server = new ServerProcess(<<<PHP
    \$server = new Swoole\Http\Server('127.0.0.1', 0);
    \$server->set(['worker_num' => 2, 'stats_file' => '$file', 'stats_timer_interval' => 10]);
    \$server->on('request', fn (\$request, \$response) => \$response->end(json_encode([\$server->worker_id, is_int(\$server->stats_timer)])));
    PHP);
    [$id, $timer] = json_decode($server->connect()->request("GET / HTTP/1.1\r\nHost: h")['body']);
    var_dump($timer === ($id === 0));
    // Written after the request was counted.
    wait_until(fn () => preg_match('/request_count\W+1\b|requests_total\{worker="."\} 1\n/', (string) @file_get_contents($file)), 'the file');
    $began = microtime(true);
    $server->stop();
    var_dump(microtime(true) - $began < 2);
    return is_file($file) ? file_get_contents($file) : '';
};
$name = tempnam(sys_get_temp_dir(), 'srs');
$lines = explode("\n", $run($name));
echo preg_replace('/\d+/', 'N', "$lines[0], $lines[1]"), ', ', json_encode(array_pop($lines)), "\n";
var_dump(json_decode($run("$name.json"), true)['request_count'], substr($run("$name.prom"), -6));
array_map(unlink(...), [$name, "$name.json", "$name.prom"]);

// A file that cannot be written is told once.
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\Http\Server('127.0.0.1', 0);
$server->set(['stats_file' => '/nowhere/stats', 'stats_timer_interval' => 1]);
$server->on('request', fn () => null);
$server->on('workerStart', fn () => Swoole\Timer::after(100, fn () => $server->shutdown()));
PHP);
$server->stop(0);
echo preg_replace('/^\[.*?\]/m', '[date]', $server->output());
?>
--EXPECT--
bool(true)
bool(true)
start_time: N, connection_num: N, ""
bool(true)
bool(true)
bool(true)
bool(true)
int(1)
string(6) "# EOF
"
[date]	WARNING	stats_file /nowhere/stats: No such file or directory (os error 2)
