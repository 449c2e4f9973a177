--TEST--
Process: start, talk through the pipe, wait for the end
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Process;

$parent = getmypid();
$process = new Process(function (Process $process) use ($parent) {
    // Written to the pipe: output of two processes has no order.
    $process->write(json_encode([
        'own pid' => $process->pid === getmypid() && getmypid() !== $parent,
        'heard' => $process->read(),
        'last' => $process->read(),
    ]));
    $process->exit(7);
});
var_dump($process->pid, $process->id, $process->pipe > 2);
$process->write('before the start');
$pid = $process->start();
var_dump($pid === $process->pid && $pid > 0);
$process->write('after it');
echo $process->read(), "\n";
var_dump($process->read());           // the other end is gone
var_dump(Process::wait() === ['pid' => $pid, 'code' => 7, 'signal' => 0]);
var_dump(Process::wait(), Process::wait(false));

echo "-- again, with the same object\n";
$process->start();
$process->write('a');
usleep(1);
$process->write('b');
echo $process->read(), "\n";
var_dump(Process::wait()['code']);

echo "-- killed\n";
$sleeper = new Process(function ($process) { $process->write('up'); sleep(100); }, false, Process::PIPE_TYPE_STREAM);
$pid = $sleeper->start();
echo $sleeper->read(), "\n";
var_dump(@$sleeper->start());
var_dump(Process::kill($pid, 0), Process::kill($pid, SIGKILL));
var_dump(Process::wait() === ['pid' => $pid, 'code' => 0, 'signal' => SIGKILL]);
var_dump(Process::kill($pid, 0), Process::kill($pid));

echo "-- its standard streams\n";
$echo = new Process(function () { echo strtoupper(fgets(STDIN)); }, true);
$echo->start();
$echo->write("through stdin\n");
echo $echo->read();
Process::wait();

$exec = new Process(function ($process) { $process->exec('/bin/sh', ['-c', 'echo from $0; exit 3', 'sh']); }, true);
$exec->start();
echo $exec->read();
var_dump(Process::wait()['code']);
?>
--EXPECTF--
NULL
int(1)
bool(true)
bool(true)
{"own pid":true,"heard":"before the start","last":"after it"}
string(0) ""
bool(true)
bool(false)
bool(false)
-- again, with the same object
{"own pid":true,"heard":"a","last":"b"}
int(7)
-- killed
up
bool(false)
bool(true)
bool(true)
bool(true)

Warning: Swoole\Process::kill(): kill(%d, 15) failed, Error: No such process[3] in %s on line %d
bool(false)
bool(false)
-- its standard streams
THROUGH STDIN
from sh
int(3)
