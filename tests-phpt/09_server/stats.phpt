--TEST--
stats() as an array, as JSON and as OpenMetrics, from every worker of the server
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['worker_num' => 2, 'task_worker_num' => 1, 'max_connection' => 500]);
$server->on('task', fn () => null);
$server->on('message', function ($server, $frame) {
    if ($frame->data === 'kill') {
        Swoole\Process::kill($server->getWorkerPid(1 - $server->worker_id), SIGKILL);
    }
    $server->push($frame->fd, match ($frame->data) {
        'json' => $server->stats(SWOOLE_STATS_JSON),
        'keys' => json_encode(array_keys($server->stats()) === array_keys(json_decode($server->stats(SWOOLE_STATS_JSON), true))),
        'nonsense' => json_encode([@$server->stats(7), error_get_last()['message']]),
        'metrics', 'kill' => $server->stats(SWOOLE_STATS_OPENMETRICS),
    });
});
PHP);
$clients = [$server->websocket(), $server->websocket(), $server->websocket()];
$ask = function (string $what) use ($clients): string {
    $clients[0]->text($what);
    return $clients[0]->receive();
};
/** Samples by name and labels, after the rules of the format. */
function samples(string $text): array
{
    [$type, $samples] = ['', []];
    foreach (explode("\n", $text) as $line) {
        if (preg_match('/^# TYPE (\w+) (gauge|counter)$/', $line, $match)) {
            [, $family, $type] = $match;
        } elseif (preg_match('/^(\w+?)(_total)?(\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? (\d+(?:\.\d+)?)$/', $line, $match)) {
            $right = $match[1] === $family && ($match[2] === '_total') === ($type === 'counter') && !isset($samples[$match[1] . $match[3]]);
            $samples[$match[1] . $match[3]] = $right ? (float) $match[4] : "wrong: $line";
        } elseif (!str_starts_with($line, "# UNIT $family ") && !str_starts_with($line, "# HELP $family ")) {
            $samples[] = $line;
        }
    }
    return $samples;
}
$json = json_decode($ask('json'), true);
echo json_encode([$json['connection_num'], $json['worker_num'], $json['task_worker_num'], $json['coroutine_num'] >= 1]), "\n";
echo $ask('keys'), "\n", $ask('nonsense'), "\n";
$sum = fn (array $samples, string $name) => array_sum(array_filter($samples, fn ($key) => str_starts_with($key, "$name{"), ARRAY_FILTER_USE_KEY));
wait_until(function () use ($ask, $sum, &$samples) {
    $samples = samples($ask('metrics'));
    return $sum($samples, 'swoole_worker_up') === 3.0;
}, 'all workers');
echo json_encode([array_pop($samples), array_pop($samples), array_filter($samples, is_string(...))]), "\n";
echo json_encode([$sum($samples, 'swoole_connections'), $samples['swoole_connections_max'], $sum($samples, 'swoole_worker_busy') >= 1,
    $sum($samples, 'swoole_worker_restarts'), $sum($samples, 'swoole_coroutines') >= 1, $sum($samples, 'swoole_worker_busy_seconds') > 0]), "\n";
echo str_replace([SWOOLE_RS_VERSION, mode()], ['V', 'MODE'], implode(' ', array_keys(array_filter($samples, fn ($key) => str_contains($key, 'tasks') || str_contains($key, 'info'), ARRAY_FILTER_USE_KEY)))), "\n";
$ask('kill');
wait_until(function () use ($ask, $sum, &$samples) {
    $samples = samples($ask('metrics'));
    return $sum($samples, 'swoole_worker_restarts') === 1.0;
}, 'the successor to be counted');
// Those of the dead worker are not open any more.
$json = json_decode($ask('json'), true);
var_dump($json['accept_count'] - $json['close_count'] === $json['connection_num'] && $sum($samples, 'swoole_connections') == $json['connection_num']);
$server->stop();
?>
--EXPECT--
[3,2,1,true]
true
[false,"Swoole\\Server::stats(): mode must be one of SWOOLE_STATS_DEFAULT, SWOOLE_STATS_JSON and SWOOLE_STATS_OPENMETRICS"]
["","# EOF",[]]
[3,500,true,0,true,true]
swoole_build_info{version="V",mode="MODE"} swoole_tasks{worker="2"} swoole_tasks_waiting{worker="2"}
bool(true)
