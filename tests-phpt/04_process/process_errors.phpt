--TEST--
Process: what is refused says why
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Process;

try { new Process('no_such_function'); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }
$process = new Process(fn() => 1, false, Process::PIPE_TYPE_NONE);
var_dump($process->pipe, $process->write('x'), $process->read(), $process->close());
var_dump($process->setTimeout(1), $process->setBlocking(false));
var_dump($process->exit(), $process->push('x'), $process->pop(), $process->statQueue(), $process->freeQueue());
var_dump($process->exec('/no/such/program', []));
var_dump((new Process(fn() => 1))->write(''));
var_dump(Process::setAffinity([]), Process::setAffinity([-1]), Process::alarm(1, 99));
class Lazy extends Process { function __construct() {} }
try { (new Lazy)->start(); } catch (Error $e) { echo $e->getMessage(), "\n"; }
foreach ([fn() => clone $process, fn() => serialize($process)] as $misuse) {
    try { $misuse(); } catch (Throwable $e) { echo $e->getMessage(), "\n"; }
}
$pipe = new Process(fn() => 1);
$pipe->setTimeout(0.01);
var_dump($pipe->read());
var_dump($pipe->close(), $pipe->pipe, $pipe->close());
go(function () use ($process) { $process->start(); });
?>
--EXPECTF--
Swoole\Process::__construct(): Argument #1 ($callback) must be a valid callback, %s

Warning: Swoole\Process::write(): no pipe, cannot write into pipe in %s on line %d

Warning: Swoole\Process::read(): no pipe, cannot read from pipe in %s on line %d

Warning: Swoole\Process::close(): no pipe, cannot close the pipe in %s on line %d
NULL
bool(false)
bool(false)
bool(false)

Warning: Swoole\Process::setTimeout(): no pipe, cannot setTimeout the pipe in %s on line %d

Warning: Swoole\Process::setBlocking(): no pipe, cannot setBlocking the pipe in %s on line %d
bool(false)
bool(false)

Warning: Swoole\Process::exit(): not current process in %s on line %d

Warning: Swoole\Process::push(): no msgqueue, cannot use push() in %s on line %d

Warning: Swoole\Process::pop(): no msgqueue, cannot use pop() in %s on line %d

Warning: Swoole\Process::statQueue(): no queue, cannot get stats of the queue in %s on line %d
NULL
bool(false)
bool(false)
bool(false)
bool(false)

Warning: Swoole\Process::exec(): execve(/no/such/program) failed, Error: No such file or directory[2] in %s on line %d
bool(false)

Warning: Swoole\Process::write(): the data to send is empty in %s on line %d
bool(false)

Warning: Swoole\Process::setAffinity(): invalid cpu id [-1] in %s on line %d

Warning: Swoole\Process::alarm(): setitimer() failed, Error: Invalid argument[22] in %s on line %d
bool(false)
bool(false)
bool(false)
must call constructor first
Trying to clone an uncloneable object of class Swoole\Process
Serialization of 'Swoole\Process' is not allowed

Warning: Swoole\Process::read(): read() failed, Error: Resource temporarily unavailable[11] in %s on line %d
bool(false)

Warning: Swoole\Process::close(): no pipe, cannot close the pipe in %s on line %d
bool(true)
NULL
bool(false)

Fatal error: Swoole\Process::start(): must be forked outside the coroutine in %s on line %d
