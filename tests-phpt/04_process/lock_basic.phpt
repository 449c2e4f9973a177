--TEST--
Lock within one process: types, errors, what would wait for itself
--EXTENSIONS--
swoole
--FILE--
<?php
use Swoole\Lock;

$mutex = new Lock;
var_dump($mutex->lock(), $mutex->lock(LOCK_EX | LOCK_NB), $mutex->errCode === SOCKET_EBUSY);
var_dump($mutex->lock(), $mutex->errCode);
var_dump($mutex->unlock(), $mutex->errCode, $mutex->unlock(), $mutex->errCode);

$readers = new Lock(SWOOLE_RWLOCK);
var_dump($readers->lock(LOCK_SH), $readers->lock(LOCK_SH));
$start = hrtime(true);
var_dump($readers->lock(LOCK_EX, 0.02), $readers->errCode === SOCKET_ETIMEDOUT, hrtime(true) - $start >= 2e7);
var_dump(swoole_last_error() === SOCKET_ETIMEDOUT);
var_dump($readers->unlock(), $readers->unlock(), $readers->lock(LOCK_EX | LOCK_NB), $readers->lock(LOCK_SH | LOCK_NB));

var_dump((new Lock(Lock::SPINLOCK))->lock(LOCK_SH));
foreach ([fn() => new Lock(9), fn() => $mutex->lock(LOCK_UN)] as $misuse) {
    try { $misuse(); } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(), "\n"; }
}
?>
--EXPECTF--
bool(true)
bool(false)
bool(true)

Warning: Swoole\Lock::lock(): this process holds the lock already and would wait for itself for ever in %s on line %d
bool(false)
int(35)
bool(true)
int(0)
bool(false)
int(1)
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
bool(true)
Swoole\Exception: lock type[9] is not support
ValueError: Argument #1 ($operation) must be LOCK_SH or LOCK_EX, with LOCK_NB or without
