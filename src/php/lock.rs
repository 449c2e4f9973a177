//! `Swoole\Lock`: a lock between processes. Who waits for it waits with the whole process, coroutines and all.

use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::exceptions;
use crate::process::lock::{Hold, Lock as Shared, LockError};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Call, Class, Native, Object, Result, Slot, error};

/// The class.
pub static LOCK: Class<Lock> = Class::native("Swoole\\Lock");
static ERR_CODE: Slot = Slot::new();

/// The state of a lock object.
#[derive(Debug, Default)]
pub struct Lock {
    shared: OnceCell<Shared>,
    /// Whether several may hold it together.
    has_readers: Cell<bool>,
}

impl Native for Lock {
    fn class() -> &'static Class<Self> {
        &LOCK
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the class.
pub fn register() {
    LOCK.define()
        .constant("MUTEX", MUTEX)
        .constant("RWLOCK", RWLOCK)
        .constant("SPINLOCK", SPINLOCK)
        .slot(&ERR_CODE, "public $errCode = 0")
        .method("__construct(int $type = SWOOLE_MUTEX)", construct)
        .method("lock(int $operation = LOCK_EX, float $timeout = -1.0): bool", lock)
        .method("unlock(): bool", unlock)
        .register();
}

fn construct(lock: &Lock, call: &mut Call<'_>) -> Result {
    let kind: i64 = call.arg_or(MUTEX)?;
    if ![MUTEX, RWLOCK, SPINLOCK].contains(&kind) {
        let code = ErrorCode::INVALID_PARAMS.code().into();
        return Err(error::throw(
            &exceptions::EXCEPTION,
            format_args!("lock type[{kind}] is not support"),
            code,
        ));
    }
    lock.has_readers.set(kind == RWLOCK);
    let _ = lock.shared.set(memory()?);
    Ok(())
}

/// A fresh lock, in memory that later children share.
pub(super) fn memory() -> Result<Shared> {
    Shared::new().map_err(|cause| {
        let code = ErrorCode::MALLOC_FAIL.code().into();
        error::throw(&exceptions::EXCEPTION, format_args!("failed to create lock: {cause}"), code)
    })
}

fn lock(lock: &Lock, call: &mut Call<'_>) -> Result<bool> {
    let operation: i64 = call.arg_or(LOCK_EX)?;
    let seconds: f64 = call.arg_or(-1.0)?;
    let hold = match operation & !LOCK_NB {
        LOCK_SH if lock.has_readers.get() => Hold::Together,
        LOCK_SH | LOCK_EX => Hold::Alone,
        _ => {
            return Err(error::value_error(
                "Argument #1 ($operation) must be LOCK_SH or LOCK_EX, with LOCK_NB or without",
            ));
        }
    };
    let shared = constructed(lock)?;
    let taken = if operation & LOCK_NB != 0 {
        shared.try_lock(hold)
    } else {
        let wait = (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        shared.lock(hold, wait.and_then(|wait| Instant::now().checked_add(wait)))
    };
    let error = match taken {
        Ok(()) => None,
        Err(LockError::Busy) => Some(Errno::EBUSY),
        Err(LockError::Own) if operation & LOCK_NB != 0 => Some(Errno::EBUSY),
        Err(LockError::Timeout) => Some(Errno::ETIMEDOUT),
        Err(LockError::Own) => {
            error::warning("this process holds the lock already and would wait for itself for ever");
            Some(Errno::EDEADLK)
        }
    };
    Ok(outcome(call.this(), &ERR_CODE, error))
}

fn unlock(lock: &Lock, call: &mut Call<'_>) -> Result<bool> {
    let unlocked = constructed(lock)?.unlock();
    Ok(outcome(call.this(), &ERR_CODE, (!unlocked).then_some(Errno::EPERM)))
}

/// Leaves the error where scripts look for it.
pub(super) fn outcome(this: &Object, slot: &Slot, error: Option<Errno>) -> bool {
    let code = error.map_or(0, |error| error as i32);
    this.set(slot, code);
    if code != 0 {
        last_error::set(ErrorCode::new(code));
    }
    code == 0
}

fn constructed(lock: &Lock) -> Result<&Shared> {
    lock.shared.get().ok_or_else(|| error::error("must call constructor first"))
}

/// `SWOOLE_MUTEX` and its kind.
const MUTEX: i64 = 3;
const RWLOCK: i64 = 1;
const SPINLOCK: i64 = 5;
/// PHP's `LOCK_*`.
const LOCK_SH: i64 = 1;
const LOCK_EX: i64 = 2;
pub(super) const LOCK_NB: i64 = 4;
