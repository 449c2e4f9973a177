--TEST--
Every event in its order and with its arguments, with one worker and with several
--EXTENSIONS--
swoole
--FILE--
<?php
require __DIR__ . '/../inc/harness.inc';
$code = <<<'PHP'
$server = new Swoole\WebSocket\Server('127.0.0.1', 0);
$server->set(['log_level' => SWOOLE_LOG_NONE] + SETTINGS);
$main = getmypid();
$show = fn ($value) => match (true) {
    $value instanceof Swoole\WebSocket\Server => '$server',
    $value instanceof Swoole\WebSocket\Frame => "Frame $value->fd $value->opcode $value->data",
    $value instanceof Swoole\Http\Request => "Request $value->fd {$value->server['request_uri']}",
    is_object($value) => (new ReflectionClass($value))->getShortName(),
    default => json_encode($value),
};
// What happens to a connection is told by connection, everything else by process.
$tell = function (string $event, array $args) use ($server, $main, $show) {
    $connection = match ($event) {
        'connect', 'receive', 'close', 'disconnect' => $args[1],
        'open', 'message' => $args[1]->fd,
        'request' => $args[0]->fd,
        'beforeHandshakeResponse' => $args[1]->fd,
        default => null,
    };
    $who = match (true) {
        $connection !== null => "connection $connection",
        $event === 'finish' => 'whoever gave the task',
        $event === 'pipeMessage' => 'the other worker',
        $event === 'packet' => 'whoever gets the packet',
        getmypid() === $main => 'main',
        $server->worker_id >= 0 => ($server->taskworker ? 'task worker' : 'worker') . " $server->worker_id",
        default => 'manager',
    };
    $shown = array_map($show, $args);
    if (in_array($event, ['connect', 'receive', 'close', 'disconnect']) && $args[2] >= 0) {
        $shown[2] = 'reactor';
    } elseif (in_array($event, ['task', 'pipeMessage'])) {
        $shown[$event === 'task' ? 2 : 1] = 'worker';
    } elseif ($event === 'packet') {
        ksort($args[2]);
        $shown[2] = implode(' ', array_keys($args[2])) . ' from ' . $args[2]['address'];
    } elseif ($event === 'workerError') {
        $shown[1] = $args[1] < 2 ? 'worker' : $args[1];
        $shown[2] = is_int($args[2]) ? 'pid' : $args[2];
    }
    echo "$who: $event(" . implode(', ', $shown) . ")\n";
};
$act = [
    'workerStart' => function ($server, $id) {
        // Somebody has to be told that the worker wants to end.
        $id === 0 and Swoole\Timer::tick(1000, fn () => null);
    },
    'workerExit' => fn () => Swoole\Timer::clearAll(),
    'message' => function ($server, $frame) {
        match ($frame->data) {
            'hello' => $server->push($frame->fd, 'hello yourself'),
            'task' => $server->task('work'),
            'pipe' => $server->sendMessage('letter', 1 - $server->worker_id),
            'whom' => $server->push($frame->fd, (string) $server->getWorkerPid(1)),
        };
    },
    'task' => fn () => 'result',
    'receive' => fn ($server, $fd, $reactor, $data) => $server->send($fd, "got $data"),
    'packet' => fn ($server, $data, $client) => $server->sendto($client['address'], $client['port'], "got $data"),
    'request' => fn ($request, $response) => $response->end('page'),
];
$tcp = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_TCP);
$tcp->set(['open_http_protocol' => false, 'open_websocket_protocol' => false]);
$udp = $server->listen('127.0.0.1', 0, SWOOLE_SOCK_UDP);
foreach ([
    'start', 'shutdown', 'beforeShutdown', 'workerStart', 'workerStop', 'workerExit', 'workerError', 'managerStart',
    'managerStop', 'beforeReload', 'afterReload', 'task', 'finish', 'pipeMessage', 'connect', 'beforeHandshakeResponse',
    'open', 'message', 'request', 'close', 'disconnect',
] as $event) {
    $server->on($event, function (...$args) use ($event, $tell, $act) {
        $tell($event, $args);
        return isset($act[$event]) ? $act[$event](...$args) : null;
    });
}
foreach (['receive' => $tcp, 'packet' => $udp] as $event => $port) {
    $port->on($event, function (...$args) use ($event, $tell, $act) {
        $tell($event, $args);
        $act[$event](...$args);
    });
}
PHP;

/** Lets everything happen once; gives what was told, by who tells it. */
function story(string $settings, bool $several): array
{
    global $code;
    $server = new ServerProcess(str_replace('SETTINGS', $settings, $code));
    $server->expect('workerStart($server, 0)');
    $several and $server->expect('workerStart($server, 1)');
    $several and $server->expect('workerStart($server, 2)');

    $first = $server->websocket('/first');
    $first->text('hello');
    $first->receive();
    if ($several) {
        $first->text('task');
        $server->expect('finish(');
        $first->text('pipe');
        $server->expect('pipeMessage(');
    }
    $first->send(frame(8, pack('n', 1000) . 'bye'));
    $first->close();
    $server->expect('close($server, 1');

    $http = $server->connect();
    $http->request("GET /page HTTP/1.1\r\nHost: a");
    $http->end();
    $server->expect('disconnect($server, 2');

    $tcp = new Client($server->ports[1]);
    $tcp->send('bytes');
    $tcp->bytes(strlen('got bytes'));
    $tcp->end();
    $server->expect('close($server, 3');

    $udp = stream_socket_client("udp://127.0.0.1:{$server->ports[2]}");
    fwrite($udp, 'packet');
    fread($udp, 100);

    if ($several) {
        $starts = fn () => substr_count($server->output(), 'workerStart($server');
        $server->signal(10);
        $server->expect('afterReload');
        wait_until(fn () => $starts() === 6, 'new workers');
        $killer = $server->websocket('/killer');
        $killer->text('whom');
        $victim = $killer->receive();
        $killer->send(frame(8, pack('n', 1000)));
        $killer->close();
        $server->expect('close($server, 4');
        exec("kill -9 $victim");
        $server->expect('workerError');
        wait_until(fn () => $starts() === 7, 'a new worker');
    }
    $last = $server->websocket('/last');
    $last->text('hello');
    $last->receive();
    $server->signal(15);
    $last->close();
    $last->send(frame(8, pack('n', 1001)));
    $server->stop(0);

    $told = [];
    foreach (explode("\n", trim($server->output())) as $line) {
        [$who, $what] = explode(': ', $line, 2);
        $told[$who][] = $what;
    }
    ksort($told);
    return $told;
}

// Which process hears of what is told elsewhere: it depends on the mode.
$lives = [
    'base' => [
        'one worker' => ['main' => 'start workerStart beforeShutdown workerExit workerStop shutdown'],
        'several' => [
            'main' => 'start managerStart beforeReload afterReload workerError managerStop shutdown',
            'worker 0' => 'workerStart workerExit workerStop workerStart beforeShutdown workerExit workerStop',
        ],
    ],
    'process' => [
        'one worker' => [
            'main' => 'start beforeShutdown shutdown',
            'manager' => 'managerStart managerStop',
            'worker 0' => 'workerStart workerExit workerStop',
        ],
        'several' => [
            'main' => 'start beforeShutdown shutdown',
            'manager' => 'managerStart beforeReload afterReload workerError managerStop',
            'worker 0' => 'workerStart workerExit workerStop workerStart workerExit workerStop',
        ],
    ],
][mode()];
foreach (['one worker' => ['[]', false], 'several' => ["['worker_num' => 2, 'task_worker_num' => 1]", true]] as $name => $plan) {
    echo "--- $name ---\n";
    $told = story(...$plan);
    $processes = array_intersect_key($told, ['main' => 1, 'manager' => 1, 'worker 0' => 1]);
    foreach (array_diff_key($told, $processes) as $who => $whats) {
        echo "$who:\n    ", implode("\n    ", $whats), "\n";
    }
    $life = array_map(fn ($whats) => implode(' ', preg_replace('/\(.*/', '', $whats)), $processes);
    echo "processes: ", $life === $lives[$name] ? "as expected\n" : print_r($life, true);
}
$signatures = array_unique(array_merge(...array_values($processes)));
sort($signatures);
echo implode("\n", $signatures), "\n";
?>
--EXPECT--
--- one worker ---
connection 1:
    connect($server, 1, reactor)
    beforeHandshakeResponse($server, Request 1 /first, Response)
    open($server, Request 1 /first)
    message($server, Frame 1 1 hello)
    close($server, 1, reactor, 1000, "bye")
connection 2:
    connect($server, 2, reactor)
    request(Request 2 /page, Response)
    disconnect($server, 2, reactor, 1006, "")
connection 3:
    connect($server, 3, reactor)
    receive($server, 3, reactor, "bytes")
    close($server, 3, reactor, 1006, "")
connection 4:
    connect($server, 4, reactor)
    beforeHandshakeResponse($server, Request 4 /last, Response)
    open($server, Request 4 /last)
    message($server, Frame 4 1 hello)
    close($server, 4, -1, 1001, "")
whoever gets the packet:
    packet($server, "packet", address dispatch_time port server_port server_socket from 127.0.0.1)
processes: as expected
--- several ---
connection 1:
    connect($server, 1, reactor)
    beforeHandshakeResponse($server, Request 1 /first, Response)
    open($server, Request 1 /first)
    message($server, Frame 1 1 hello)
    message($server, Frame 1 1 task)
    message($server, Frame 1 1 pipe)
    close($server, 1, reactor, 1000, "bye")
connection 2:
    connect($server, 2, reactor)
    request(Request 2 /page, Response)
    disconnect($server, 2, reactor, 1006, "")
connection 3:
    connect($server, 3, reactor)
    receive($server, 3, reactor, "bytes")
    close($server, 3, reactor, 1006, "")
connection 4:
    connect($server, 4, reactor)
    beforeHandshakeResponse($server, Request 4 /killer, Response)
    open($server, Request 4 /killer)
    message($server, Frame 4 1 whom)
    close($server, 4, reactor, 1000, "")
connection 5:
    connect($server, 5, reactor)
    beforeHandshakeResponse($server, Request 5 /last, Response)
    open($server, Request 5 /last)
    message($server, Frame 5 1 hello)
    close($server, 5, -1, 1001, "")
task worker 2:
    workerStart($server, 2)
    task($server, 0, worker, "work")
    workerStop($server, 2)
    workerStart($server, 2)
    workerStop($server, 2)
the other worker:
    pipeMessage($server, worker, "letter")
whoever gave the task:
    finish($server, 0, "result")
whoever gets the packet:
    packet($server, "packet", address dispatch_time port server_port server_socket from 127.0.0.1)
worker 1:
    workerStart($server, 1)
    workerStop($server, 1)
    workerStart($server, 1)
    workerStart($server, 1)
    workerStop($server, 1)
processes: as expected
afterReload($server)
beforeReload($server)
beforeShutdown($server)
managerStart($server)
managerStop($server)
shutdown($server)
start($server)
workerError($server, worker, pid, 0, 9)
workerExit($server, 0)
workerStart($server, 0)
workerStop($server, 0)
