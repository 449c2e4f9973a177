--TEST--
What happens, and what before what, over all processes: start, reloads, an uncaught exception, a kill, shutdown
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['log_level' => SWOOLE_LOG_NONE, 'display_errors' => false, SETTINGS]);
// One write each, into one file: so they are in order, whoever writes them.
$tell = function (string $event, ...$rest) { echo implode(' ', ['>', $event, ...$rest]) . "\n"; };
foreach (['start', 'managerStart', 'beforeReload', 'afterReload', 'beforeShutdown', 'managerStop', 'shutdown'] as $event) {
    $server->on($event, fn () => $tell($event));
}
foreach (['workerStart', 'workerStop'] as $event) {
    $server->on($event, fn ($server, $id) => $tell($event, $id));
}
$server->on('workerError', fn ($server, $id, $pid, $code, $signal) => $tell('workerError', $id, $code, $signal));
$server->on('open', fn ($server, $request) => $server->push($request->fd, (string) $server->worker_id));
$server->on('message', function ($server, $frame) {
    $frame->data === 'throw' and throw new Exception('not caught');
    $server->push($frame->fd, (string) getmypid());
});
// Those that the server closes.
$server->on('close', fn ($server, $fd, $reactor, $code) => $reactor < 0 and $tell('close', $code, 'by', $server->worker_id));
$server->on('task', fn () => null);
PHP;

/** What a server does, chapter by chapter. */
final class Story
{
    private int $read = 0;

    public function __construct(public ServerProcess $server)
    {
    }

    /** Waits until all that is expected has happened; tells what happened else, and too early. */
    public function chapter(string $name, string $expected, string ...$order): void
    {
        $expected = explode(', ', $expected);
        wait_until(function () use ($expected, &$lines) {
            preg_match_all('~^> (.*)\n~m', substr($this->server->output(), $this->read), $found);
            $lines = $found[1];
            return count($lines) >= count($expected);
        }, $name, fn () => $this->server->output());
        $this->read = strlen($this->server->output());
        $story = implode(', ', $lines);
        foreach ($order as $pair) {
            [$firsts, $thens] = array_map(fn ($kind) => array_keys(preg_grep("~$kind~", $lines)), explode(' < ', $pair));
            $firsts && $thens && max($firsts) < min($thens) || print("$name: not $pair in $story\n");
        }
        sort($lines);
        sort($expected);
        echo "$name: ", $lines === $expected ? 'as expected' : $story, "\n";
    }
}

/** One client on each worker. */
function clients(ServerProcess $server): array
{
    for ($clients = []; count($clients) < 2;) {
        $client = $server->websocket();
        $worker = (int) $client->receive();
        if (isset($clients[$worker])) {
            // One too many leaves in order, and has left before the next thing happens.
            $client->send(frame(8, pack('n', 1000)));
            $client->close();
            $client->closed();
        }
        $clients[$worker] ??= $client;
    }
    // A reload begins with worker 0.
    ksort($clients);
    return $clients;
}

/** What clients are told, and tell themselves then. */
function answer(array $clients): string
{
    $told = [];
    foreach ($clients as $client) {
        $told[] = substr($client->close(), 0, 4);
        $client->send(frame(8, pack('n', (int) end($told))));
    }
    return implode(' ', $told);
}

$base = mode() === 'base';
echo "--- one worker ---\n";
$story = new Story(new ServerProcess(str_replace('SETTINGS', '', $code)));
$story->chapter('start', $base ? 'start, workerStart 0' : 'start, managerStart, workerStart 0', ...$base ? ['start < workerStart'] : []);
$client = $story->server->websocket();
$client->receive();
$story->server->signal(15);
echo answer([$client]), ' ', $story->server->stop(0), "\n";
$story->chapter(
    'shutdown',
    'beforeShutdown, close 1001 by 0, workerStop 0, shutdown' . ($base ? '' : ', managerStop'),
    'beforeShutdown < close',
    'close < workerStop',
    'workerStop < shutdown',
    ...$base ? [] : ['workerStop < managerStop', 'managerStop < shutdown'],
);

echo "--- several ---\n";
$story = new Story(new ServerProcess(str_replace('SETTINGS', "'worker_num' => 2, 'task_worker_num' => 1", $code)));
$server = $story->server;
$story->chapter(
    'start',
    'start, managerStart, workerStart 0, workerStart 1, workerStart 2',
    ...$base ? ['start < managerStart', 'managerStart < workerStart'] : [],
);
$server->signal(12);
$story->chapter(
    'reload of task workers',
    'beforeReload, workerStop 2, afterReload, workerStart 2',
    'beforeReload < workerStop',
    'workerStop < (workerStart|afterReload)',
);
$clients = clients($server);
$server->signal(10);
echo $base ? answer($clients) : '1012 1012', "\n";
$all = 'beforeReload, workerStop 0, workerStart 0, workerStop 1, workerStart 1, workerStop 2, workerStart 2, afterReload';
$story->chapter(
    'reload',
    $all . ($base ? ', close 1012 by 0, close 1012 by 1' : ''),
    'beforeReload < (close|workerStop)',
    'workerStop 0 < workerStart 0',
    'workerStop 1 < workerStart 1',
    'workerStop 2 < workerStart 2',
    // One after the other.
    'workerStop 0 < workerStop 1',
    'workerStop 1 < workerStop 2',
    'workerStop < afterReload',
    ...$base ? ['close 1012 by 0 < workerStop 0', 'close 1012 by 1 < workerStop 1'] : [],
);

$clients = $base ? clients($server) : $clients;
$clients[0]->text('throw');
$story->chapter('an exception', 'workerError 0 255 0, workerStart 0', 'workerError < workerStart');
$clients[1]->text('pid');
exec("kill -9 {$clients[1]->receive()}");
$story->chapter('a kill', 'workerError 1 0 9, workerStart 1', 'workerError < workerStart');

$clients = $base ? clients($server) : $clients;
$server->signal(15);
echo answer($clients), ' ', $server->stop(0), "\n";
$story->chapter(
    'shutdown',
    'beforeShutdown, close 1001 by 0, close 1001 by 1, workerStop 0, workerStop 1, workerStop 2, managerStop, shutdown',
    // In SWOOLE_BASE worker 0 tells of it while others may have begun to stop.
    $base ? 'beforeShutdown < (close.*by|workerStop) 0' : 'beforeShutdown < (close|workerStop)',
    'close 1001 by 0 < workerStop 0',
    'close 1001 by 1 < workerStop 1',
    'workerStop < managerStop',
    'managerStop < shutdown',
);

?>
--EXPECT--
--- one worker ---
start: as expected
1001 0
shutdown: as expected
--- several ---
start: as expected
reload of task workers: as expected
1012 1012
reload: as expected
an exception: as expected
a kill: as expected
1001 1001 0
shutdown: as expected
