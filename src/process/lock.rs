//! A lock between processes: one holder alone, or several that only read. A holder that dies alone gives it back.

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal;
use nix::unistd::Pid;

use super::sys::memory::{self, Mapped};

/// The lock; forked processes share it.
#[derive(Debug)]
pub struct Lock {
    /// The state, and a number that changes with every unlock, for sleepers.
    words: Mapped<(AtomicU64, AtomicU32)>,
}

/// How to hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Alone,
    /// With others that hold it so.
    Together,
}

/// Why one does not get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockError {
    /// Somebody else has it.
    Busy,
    /// This process has it already, and would wait for itself.
    Own,
    Timeout,
}

impl Lock {
    pub fn new() -> io::Result<Self> {
        Ok(Self { words: Mapped::new()? })
    }

    /// Takes the lock if it is free.
    pub fn try_lock(&self, hold: Hold) -> Result<(), LockError> {
        let (state, _) = &*self.words;
        loop {
            let seen = state.load(SeqCst);
            let (owner, readers) = parts(seen);
            let lost = owner != 0 && !is_running(owner);
            let next = match hold {
                _ if owner == std::process::id() => return Err(LockError::Own),
                Hold::Alone if seen == 0 || lost => whole(std::process::id(), 0),
                Hold::Together if owner == 0 => whole(0, readers + 1),
                Hold::Together if lost => whole(0, 1),
                Hold::Alone | Hold::Together => return Err(LockError::Busy),
            };
            if state.compare_exchange(seen, next, SeqCst, SeqCst).is_ok() {
                return Ok(());
            }
        }
    }

    /// Takes the lock, and sleeps until it is free or the time has come. The whole process sleeps.
    pub fn lock(&self, hold: Hold, until: Option<Instant>) -> Result<(), LockError> {
        let (_, unlocks) = &*self.words;
        loop {
            let seen = unlocks.load(SeqCst);
            match self.try_lock(hold) {
                Err(LockError::Busy) => {}
                done => return done,
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return Err(LockError::Timeout);
            }
            // A holder that died wakes nobody.
            memory::sleep_on(unlocks, seen, Some(left.map_or(LOOK, |left| left.min(LOOK))));
        }
    }

    /// Gives the lock back. False when this process does not have it.
    pub fn unlock(&self) -> bool {
        let (state, unlocks) = &*self.words;
        let freed = state.fetch_update(SeqCst, SeqCst, |seen| match parts(seen) {
            (0, 0) => None,
            (0, readers) => Some(whole(0, readers - 1)),
            (owner, _) => (owner == std::process::id()).then_some(0),
        });
        if freed.is_ok() {
            unlocks.fetch_add(1, SeqCst);
            memory::wake(unlocks, SLEEPERS_MAX);
        }
        freed.is_ok()
    }
}

/// The pid of who holds the lock alone, and the number of those who hold it together.
fn parts(state: u64) -> (u32, u32) {
    ((state >> 32) as u32, state as u32)
}

fn whole(owner: u32, readers: u32) -> u64 {
    u64::from(owner) << 32 | u64::from(readers)
}

/// Whether a process lives. One that has ended and that its parent has not looked after yet does not.
pub(super) fn is_running(pid: u32) -> bool {
    if signal::kill(Pid::from_raw(pid.cast_signed()), None) == Err(Errno::ESRCH) {
        return false;
    }
    // The state stands after the name, which is in parentheses and may hold anything.
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    !status.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}

/// How often a sleeper looks whether the holder still lives.
const LOOK: Duration = Duration::from_millis(100);
/// Who sleeps is not counted: all look again.
const SLEEPERS_MAX: u32 = i32::MAX as u32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alone_or_several_together() {
        let lock = Lock::new().unwrap();
        assert_eq!(lock.try_lock(Hold::Together), Ok(()));
        assert_eq!(lock.try_lock(Hold::Together), Ok(()));
        assert_eq!(lock.try_lock(Hold::Alone), Err(LockError::Busy));
        assert!(lock.unlock() && lock.unlock() && !lock.unlock());
        assert_eq!(lock.try_lock(Hold::Alone), Ok(()));
        assert_eq!(lock.try_lock(Hold::Alone), Err(LockError::Own));
        assert_eq!(lock.try_lock(Hold::Together), Err(LockError::Own));
        assert!(lock.unlock() && !lock.unlock());
    }

    #[test]
    fn the_lock_of_another_is_waited_for_and_not_given_back() {
        let lock = Lock::new().unwrap();
        lock.words.0.store(whole(std::os::unix::process::parent_id(), 0), SeqCst);
        assert!(!lock.unlock());
        let soon = Some(Instant::now() + Duration::from_millis(2));
        assert_eq!(lock.lock(Hold::Alone, soon), Err(LockError::Timeout));
    }

    #[test]
    fn what_a_dead_process_held_is_free() {
        let lock = Lock::new().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        lock.words.0.store(whole(child.id(), 0), SeqCst);
        // It ends at once, and stays a zombie until it is waited for.
        assert_eq!(lock.lock(Hold::Alone, None), Ok(()));
        child.wait().unwrap();
    }
}
