--TEST--
Atomic and Atomic\Long count, wrap and compare
--EXTENSIONS--
swoole
--FILE--
<?php
$atomic = new Swoole\Atomic(3);
var_dump($atomic->add(), $atomic->add(10), $atomic->sub(), $atomic->sub(4), $atomic->get());
$atomic->set(0);
var_dump($atomic->sub(), $atomic->add(2), $atomic->cmpset(1, 7), $atomic->cmpset(1, 8), $atomic->get());
var_dump((new Swoole\Atomic(-1))->get(), (new Swoole\Atomic)->get());

$long = new Swoole\Atomic\Long(PHP_INT_MAX);
var_dump($long->add() === PHP_INT_MIN, $long->sub() === PHP_INT_MAX, $long->cmpset(PHP_INT_MAX, -5), $long->get());
$long->set(1);
var_dump($long->sub(3));

foreach ([fn() => clone $atomic, fn() => serialize($atomic), fn() => $atomic->__construct(1)] as $misuse) {
    try { $misuse(); } catch (Throwable $e) { echo $e->getMessage(), "\n"; }
}
class Lazy extends Swoole\Atomic { function __construct() {} }
try { (new Lazy)->get(); } catch (Error $e) { echo $e->getMessage(), "\n"; }

// Alone nobody wakes us: what there is is taken, what there is not is waited for.
$atomic->set(1);
var_dump($atomic->wait(), $atomic->get(), $atomic->wait(0.001), $atomic->wakeup(), $atomic->get(), $atomic->wait(-1));
$atomic->set(5);
var_dump($atomic->wait(60), $atomic->get(), $atomic->wakeup(2), $atomic->get());
?>
--EXPECT--
int(4)
int(14)
int(13)
int(9)
int(9)
int(4294967295)
int(1)
bool(true)
bool(false)
int(7)
int(4294967295)
int(0)
bool(true)
bool(true)
bool(true)
int(-5)
int(-2)
Trying to clone an uncloneable object of class Swoole\Atomic
Serialization of 'Swoole\Atomic' is not allowed
the constructor can only be called once
must call constructor first
bool(true)
int(0)
bool(false)
bool(true)
int(1)
bool(true)
bool(false)
int(5)
bool(true)
int(5)
