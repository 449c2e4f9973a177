--TEST--
The cycle collector counts right what objects of the extension hold: nothing that somebody else holds is freed, cycles are
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Coroutine\Client;
use Swoole\Coroutine\Scheduler;
use Swoole\Process;

/** Looks at what was not to be freed, among memory that was. */
function alive(callable $f): string
{
    $others = [];
    for ($i = 0; $i < 100; $i++) {
        $others[] = fn () => $i;
    }
    return $f();
}

function callback(): Closure
{
    $text = 'still ' . rand(1, 1) . ' here';
    return function () use ($text) { return $text; };
}

// One callable for several jobs.
$f = callback();
$manager = new Process\Manager;
$manager->addBatch(2, $f);
$keep = callback();
$manager->addBatch(3, $keep);
$manager->add(fn () => $manager);
unset($manager);
gc_collect_cycles();
gc_collect_cycles();
echo alive($f), ', ', alive($keep), "\n";

// The arguments of one task are those of others.
$scheduler = new Scheduler;
$f = callback();
$scheduler->parallel(3, $f, $f, $scheduler);
unset($scheduler);
gc_collect_cycles();
echo alive($f), "\n";

// A socket that a process has exported, and a process of a server.
$process = new Process(callback());
$socket = $process->exportSocket();
$same = $process;
unset($same);
gc_collect_cycles();
$same = $process;
unset($same);
gc_collect_cycles();
$others = array_map(fn () => new stdClass, range(1, 50));
echo get_class($socket), ' ', $socket === $process->exportSocket() ? 'the same' : 'another', "\n";

// A server that only its own callbacks refer to is collected, with its port and its process.
$server = new Swoole\Server('127.0.0.1', 0);
$watched = [WeakReference::create($server), WeakReference::create($server->ports[0]), WeakReference::create($process)];
$server->on('receive', function () use ($server) {});
$server->addProcess($process);
unset($process, $socket);
gc_collect_cycles();
echo count(array_filter($watched, fn ($w) => $w->get())), " alive, ";
unset($server);
gc_collect_cycles();
echo count(array_filter($watched, fn ($w) => $w->get())), " alive\n";

// A client and the socket in its property have the options in common.
Swoole\Coroutine\run(function () {
    $f = callback();
    $measure = function () use ($f) { return strlen($f()); };
    $listener = new Swoole\Coroutine\Socket(AF_INET, SOCK_STREAM, 0);
    $listener->bind('127.0.0.1', 0);
    $listener->listen();
    $client = new Client(SWOOLE_SOCK_TCP);
    $client->set(['open_length_check' => true, 'package_length_func' => $measure]);
    $client->connect('127.0.0.1', $listener->getsockname()['port']);
    $watched = WeakReference::create($client);
    $client->set(['cycle' => $client]);
    unset($client);
    gc_collect_cycles();
    gc_collect_cycles();
    echo alive($measure), ' ', $watched->get() ? 'alive' : 'collected', "\n";
});
?>
--EXPECT--
still 1 here, still 1 here
still 1 here
Swoole\Coroutine\Socket the same
3 alive, 0 alive
12 collected
