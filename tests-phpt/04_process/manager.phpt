--TEST--
Process\Manager: each worker has a function of its own
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\{Coroutine, Process, Process\Manager};

$master = new Process(function (Process $process) {
    $manager = new Manager;
    $say = function (string $what) use ($process) {
        return function ($pool, int $id) use ($process, $what) {
            $process->write("$what $id, coroutine " . (Coroutine::getCid() > 0 ? 'yes' : 'no'));
            sleep(100);
        };
    };
    var_dump($manager->add($say('one')) === $manager);
    $manager->addBatch(2, $say('many'), true)->setIPCType(SWOOLE_IPC_NONE)->setMsgQueueKey(5);
    var_dump($manager->getIPCType(), $manager->getMsgQueueKey(), $manager instanceof Process\ProcessManager);
    $manager->start();
});
$master->start();
$heard = [$master->read(), $master->read(), $master->read()];
sort($heard);
echo implode("\n", $heard), "\n";
Process::kill($master->pid);
var_dump(Process::wait()['code']);
?>
--EXPECT--
bool(true)
int(0)
int(5)
bool(true)
many 1, coroutine yes
many 2, coroutine yes
one 0, coroutine no
int(0)
