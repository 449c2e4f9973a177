--TEST--
setPriority() and getPriority() mean the child by themselves, and never all processes of a user or a group
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Process;

$child = new Process(fn () => sleep(10), false, 1);
$child->start();
$own = (new Process(fn () => 0))->getPriority(PRIO_PROCESS, getmypid());
foreach ([PRIO_USER, PRIO_PGRP] as $which) {
    var_dump($child->setPriority($which, 5), swoole_last_error(), $child->setPriority($which, 5, null), $child->getPriority($which));
}
var_dump($child->getPriority(PRIO_PROCESS, getmypid()) === $own);
var_dump($child->setPriority(PRIO_PROCESS, 7), $child->getPriority(PRIO_PROCESS), $child->getPriority(PRIO_PROCESS, null));
swoole_clear_error();
var_dump($child->setPriority(-1000, 5, 1), swoole_last_error(), $child->getPriority(-1000, 1));
Process::kill($child->pid, SIGKILL);
Process::wait();
swoole_clear_error();
var_dump($child->getPriority(PRIO_PROCESS), swoole_last_error());
?>
--EXPECTF--
Warning: Swoole\Process::setPriority(): $who parameter must not be null in %s on line %d

Warning: Swoole\Process::setPriority(): $who parameter must not be null in %s on line %d

Warning: Swoole\Process::getPriority(): $who parameter must not be null in %s on line %d
bool(false)
int(505)
bool(false)
bool(false)

Warning: Swoole\Process::setPriority(): $who parameter must not be null in %s on line %d

Warning: Swoole\Process::setPriority(): $who parameter must not be null in %s on line %d

Warning: Swoole\Process::getPriority(): $who parameter must not be null in %s on line %d
bool(false)
int(505)
bool(false)
bool(false)
bool(true)
bool(true)
int(7)
int(7)
bool(false)
int(22)
bool(false)
bool(false)
int(3)
