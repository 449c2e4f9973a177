--TEST--
Process\Pool: workers are forked, replaced, reloaded and stopped
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\{Atomic, Coroutine, Process, Process\Pool};

/** Runs a pool in a child until the test says it is enough; what the workers write comes out in the order of lines. */
function pool(callable $setup): Process
{
    $master = new Process(function (Process $process) use ($setup) {
        $pool = $setup($process);
        $pool->on('shutdown', function () use ($process) { $process->write('shutdown'); });
        $pool->start();
        $process->write('after start()');
    });
    $master->start();
    return $master;
}
function hear(Process $process, int $count): void
{
    for ($heard = []; count($heard) < $count; ) {
        $heard[] = $process->read();
    }
    sort($heard);
    echo implode("\n", $heard), "\n";
}

echo "-- two workers that block\n";
$master = pool(function ($process) {
    $pool = new Pool(2);
    $pool->on('WorkerStart', function (Pool $pool, int $id) use ($process) {
        $own = $pool->getProcess();
        $process->write("worker $id " . json_encode([
            $pool->workerId === $id, $pool->workerPid === getmypid(), $pool->master_pid === posix_like_parent(),
            $own->pid === getmypid(), $own->id === $id,
        ]));
        sleep(100);
    });
    return $pool;
});
function posix_like_parent(): int { return (int) explode(' ', file_get_contents('/proc/self/stat'))[3]; }
hear($master, 2);
Process::kill($master->pid, SIGUSR1);
hear($master, 2);
Process::kill($master->pid);
hear($master, 2);
var_dump(Process::wait()['code']);

echo "-- workers that end are replaced, those that fail too\n";
$rounds = new Atomic;
$master = pool(function ($process) use ($rounds) {
    Swoole\Coroutine::set(['log_level' => SWOOLE_LOG_NONE]);
    $pool = new Pool(1, enable_coroutine: true);
    $pool->on('workerStart', function ($pool, $id) use ($process, $rounds) {
        Coroutine::sleep(0.001);
        $round = $rounds->add();
        $process->write("$round in coroutine " . Coroutine::getCid());
        match ($round) {
            1 => null,
            2 => exit(3),
            3 => posix_kill_self(),
            4 => $pool->shutdown() && Coroutine::sleep(100),
        };
    });
    $pool->on('workerStop', function () use ($process, $rounds) { $process->write("{$rounds->get()} stops"); });
    return $pool;
});
function posix_kill_self(): void { Process::kill(getmypid(), SIGKILL); }
hear($master, 7);
var_dump(Process::wait()['code']);

echo "-- messages\n";
$master = pool(function ($process) {
    $pool = new Pool(3, SWOOLE_IPC_UNIXSOCK);
    $pool->on('workerStart', function ($pool, $id) {
        if ($id === 0) {
            $pool->sendMessage('one', 1);
            $pool->sendMessage('two', 2);
            var_dump(@$pool->sendMessage('nobody', 9));
        }
    });
    $pool->on('message', function ($pool, $message) use ($process) {
        $process->write("worker $pool->workerId has $message");
        if ($message !== 'back') $pool->sendMessage('back', 0);
    });
    $pool->on('workerStop', function ($pool, $id) use ($process) { $process->write("worker $id stops"); });
    return $pool;
});
hear($master, 4);
Process::kill($master->pid);
hear($master, 5);
Process::wait();

echo "-- misuse\n";
foreach ([fn() => new Pool(0), fn() => new Pool(1, SWOOLE_IPC_MSGQUEUE)] as $misuse) {
    try { $misuse(); } catch (Swoole\Exception $e) { echo $e->getMessage(), "\n"; }
}
$pool = new Pool(1);
var_dump($pool->on('nothing', fn() => 1), $pool->on('message', fn() => 1), $pool->start());
?>
--EXPECTF--
-- two workers that block
worker 0 [true,true,true,true,true]
worker 1 [true,true,true,true,true]
worker 0 [true,true,true,true,true]
worker 1 [true,true,true,true,true]
after start()
shutdown
int(0)
-- workers that end are replaced, those that fail too
1 in coroutine 1
1 stops
2 in coroutine 1
3 in coroutine 1
4 in coroutine 1
after start()
shutdown
int(0)
-- messages
bool(false)
worker 0 has back
worker 0 has back
worker 1 has one
worker 2 has two
after start()
shutdown
worker 0 stops
worker 1 stops
worker 2 stops
-- misuse
invalid worker_num [0]
of the ipc types only SWOOLE_IPC_NONE and SWOOLE_IPC_UNIXSOCK are supported

Warning: Swoole\Process\Pool::on(): unknown event type[nothing] in %s on line %d

Warning: Swoole\Process\Pool::on(): unable to set onMessage event with ipc_type=0 in %s on line %d

Warning: Swoole\Process\Pool::start(): require 'onWorkerStart' or 'onMessage' callback in %s on line %d
bool(false)
bool(false)
bool(false)
