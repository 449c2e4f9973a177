//! `Swoole\Coroutine\Lock`: one coroutine at a time, of this process or of all that share the object. Who waits suspends.

use std::cell::{Cell, OnceCell};
use std::time::Duration;

use nix::errno::Errno;

use super::{after_wait, inside, pause};
use crate::coroutine::{Channel, ChannelError, Cid, Wake};
use crate::php::lock::{LOCK_NB, memory, outcome};
use crate::process::lock::{Hold, Lock as Shared};
use crate::zend::{Call, Class, Native, Result, Slot, world};

/// The class.
pub static LOCK: Class<Lock> = Class::native("Swoole\\Coroutine\\Lock");
static ERR_CODE: Slot = Slot::new();

/// The state of a lock object.
#[derive(Debug)]
pub struct Lock {
    /// Full while a coroutine of this process has the lock.
    held: Channel<()>,
    owner: Cell<Option<Cid>>,
    /// What the processes have to agree about; none for a lock of one process.
    shared: OnceCell<Shared>,
}

impl Native for Lock {
    fn class() -> &'static Class<Self> {
        &LOCK
    }

    fn create() -> Self {
        Self { held: Channel::new(1), owner: Cell::new(None), shared: OnceCell::new() }
    }
}

pub(super) fn register() {
    LOCK.define()
        .slot(&ERR_CODE, "public $errCode = 0")
        .method("__construct(bool $shared = false)", construct)
        .method("lock(int $operation = LOCK_EX): bool", lock)
        .method("unlock(): bool", unlock)
        .register();
}

fn construct(lock: &Lock, call: &mut Call<'_>) -> Result {
    if call.arg_or(false)? {
        let _ = lock.shared.set(memory()?);
    }
    Ok(())
}

/// Shared locks are exclusive too.
fn lock(lock: &Lock, call: &mut Call<'_>) -> Result<bool> {
    let operation: i64 = call.arg_or(LOCK_EX)?;
    let own = inside()?;
    if lock.owner.get() == Some(own) {
        return Ok(outcome(call.this(), &ERR_CODE, None));
    }
    let error = if operation & LOCK_NB == 0 {
        wait(lock)?
    } else if lock.held.is_full()
        || lock.shared.get().is_some_and(|shared| shared.try_lock(Hold::Alone).is_err())
    {
        Some(Errno::EBUSY)
    } else {
        // There is room, so nobody waits.
        let _ = lock.held.push(world::scheduler(), (), None);
        None
    };
    if error.is_none() {
        lock.owner.set(Some(own));
    }
    Ok(outcome(call.this(), &ERR_CODE, error))
}

/// First comes the turn among the coroutines of this process, then that among the processes.
fn wait(lock: &Lock) -> Result<Option<Errno>> {
    if let Err(((), error)) = lock.held.push(world::scheduler(), (), None) {
        let wake = match error {
            ChannelError::Canceled(how) => Wake::Canceled(how),
            _ => Wake::Shutdown,
        };
        return after_wait(wake).map(|_| Some(Errno::ECANCELED));
    }
    world::settle()?;
    let Some(shared) = lock.shared.get() else { return Ok(None) };
    let mut nap = NAP_MIN;
    while shared.try_lock(Hold::Alone).is_err() {
        let slept = pause(nap);
        if !matches!(slept, Ok(true)) {
            free(lock);
            return slept.map(|_| Some(Errno::ECANCELED));
        }
        nap = (nap * 2).min(NAP_MAX);
    }
    Ok(None)
}

fn unlock(lock: &Lock, call: &mut Call<'_>) -> Result<bool> {
    let own = inside()?;
    if lock.owner.get() != Some(own) {
        return Ok(outcome(call.this(), &ERR_CODE, Some(Errno::EPERM)));
    }
    lock.owner.set(None);
    if let Some(shared) = lock.shared.get() {
        shared.unlock();
    }
    free(lock);
    world::settle()?;
    Ok(outcome(call.this(), &ERR_CODE, None))
}

/// The next coroutine of this process has its turn.
fn free(lock: &Lock) {
    let _ = lock.held.pop(world::scheduler(), None);
}

/// `LOCK_EX`.
const LOCK_EX: i64 = 2;
/// How long to sleep while another process has the lock: at first, and at most.
const NAP_MIN: Duration = Duration::from_millis(1);
const NAP_MAX: Duration = Duration::from_millis(32);
