--TEST--
Process: System V message queues, shared and by process
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Process;

$key = random_int(1 << 20, PHP_INT_MAX & 0x7fffffff);
$workers = [];
foreach ([0, 1] as $i) {
    $worker = new Process(function (Process $worker) {
        $worker->push('done ' . $worker->pop());
    }, false, 0);
    var_dump($worker->useQueue($key, SWOOLE_MSGQUEUE_ORIENT));
    $workers[] = $worker;
}
var_dump($worker->msgQueueKey === $key, $worker->msgQueueId >= 0);
$workers[1]->push('for the second');
$workers[0]->push('for the first');
var_dump($workers[0]->statQueue());
foreach ($workers as $worker) {
    $worker->start();
    Process::wait();
}
echo $workers[0]->pop(), "\n", $workers[1]->pop(), "\n";
$any = new Process(fn() => 1, false, 0);
$any->useQueue($key, SWOOLE_MSGQUEUE_BALANCE | Process::IPC_NOWAIT);
$workers[1]->push('first'); $workers[0]->push('second');
var_dump($any->pop(), $any->pop(), $any->pop());
var_dump($any->push(''), $any->push(str_repeat('x', 65536)));
var_dump($any->freeQueue(), $any->freeQueue(), $workers[0]->statQueue());
// Without a key the queue belongs to the script's file.
var_dump($any->useQueue(), $any->freeQueue());
?>
--EXPECTF--
bool(true)
bool(true)
bool(true)
bool(true)
array(2) {
  ["queue_num"]=>
  int(2)
  ["queue_bytes"]=>
  int(27)
}
done for the first
done for the second
string(5) "first"
string(6) "second"
bool(false)

Warning: Swoole\Process::push(): the data to push is empty in %s on line %d

Warning: Swoole\Process::push(): the data to push is too big in %s on line %d
bool(false)
bool(false)
bool(true)
bool(false)
bool(false)
bool(true)
bool(true)
