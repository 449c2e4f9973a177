--TEST--
SWOOLE_PROCESS: clients do not notice 20 reloads; a kill -9 costs the message that was being worked on, and the log says so
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
const CLIENTS = 8, RELOADS = 20, KILLS = 5;
$server = new ServerProcess(<<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0, SWOOLE_PROCESS);
$server->set(['worker_num' => 2, 'reactor_num' => 2]);
$server->on('workerStart', function ($server, $id) { echo "worker $id is " . getmypid() . "\n"; });
$server->on('afterReload', function () { echo "reloaded\n"; });
$server->on('message', function ($server, $frame) { $server->push($frame->fd, $frame->data); });
PHP);
$server->expect('worker 0 is');
$server->expect('worker 1 is');

/** What happened so far, and the pid of the newest worker with a number. */
$count = fn ($needle) => substr_count($server->output(), $needle);
$newest = function ($id) use ($server) {
    preg_match_all("~worker $id is (\d+)~", $server->output(), $match);
    return (int) end($match[1]);
};
/** Waits until everybody has a successor. */
$started = function (int $reloads, int $kills) use ($count) {
    wait_until(fn () => $count('worker 0 is') === 1 + $reloads + intdiv($kills + 1, 2), 'worker 0');
    wait_until(fn () => $count('worker 1 is') === 1 + $reloads + intdiv($kills, 2), 'worker 1');
};

$clients = $next = $answers = [];
for ($i = 0; $i < CLIENTS; $i++) {
    $clients[$i] = $server->websocket();
    $next[$i] = 0;
    $answers[$i] = [];
}
$talk = function (int $rounds) use ($clients, &$next, &$answers) {
    for ($round = 0; $round < $rounds; $round++) {
        foreach ($clients as $i => $client) {
            $client->text((string) $next[$i]++);
        }
    }
};
$reloads = $kills = 0;
while ($reloads < RELOADS || $kills < KILLS) {
    $talk(20);
    if ($reloads < RELOADS) {
        $server->signal(SIGUSR1);
        $talk(20);
        $reloads++;
        $server->expect('reloaded');
        $started($reloads, $kills);
    }
    if ($kills < KILLS) {
        $pid = $newest($kills % 2);
        Swoole\Process::kill($pid, SIGKILL);
        $talk(20);
        $kills++;
        $started($reloads, $kills);
    }
}
$talk(1);
foreach ($clients as $i => $client) {
    do {
        $answers[$i][] = (int) $client->receive();
    } while (end($answers[$i]) !== $next[$i] - 1);
}
$server->stop();
$missing = $wrong = 0;
foreach ($answers as $i => $got) {
    $missing += $next[$i] - count($got);
    $sorted = array_unique($got);
    sort($sorted);
    $wrong += $sorted !== $got;
}
$reported = $count('ended while it worked for connection');
echo $wrong, " answered twice or out of order\n";
echo $missing <= $reported && $reported <= KILLS ? "every other message was answered\n" : "$missing missing, $reported reported\n";
echo $count('abnormal exit'), " killed\n";

?>
--EXPECT--
0 answered twice or out of order
every other message was answered
5 killed
