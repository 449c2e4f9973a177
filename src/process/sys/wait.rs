//! Waiting for signals and for the ends of children, by whoever wants to: several may wait for the same.

use std::io;
use std::io::Read;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::Exit;

/// A wait for signals. While it lives, each of its signals makes its descriptor readable and does nothing else.
#[derive(Debug)]
pub struct SignalWait {
    bell: UnixStream,
    /// The end that the handler writes to; open as long as the slot names it.
    _clapper: UnixStream,
    slot: &'static WaitSlot,
    signals: Vec<Signal>,
}

/// What the handler knows about a wait.
#[derive(Debug)]
struct WaitSlot {
    /// The process that waits; 0 in a free slot. A forked child inherits the slots of its parent, which are not its own.
    owner: AtomicU32,
    signals: AtomicU64,
    arrived: AtomicI32,
    clapper: AtomicI32,
}

static WAIT_SLOTS: [WaitSlot; SIGNAL_WAITS_MAX] = [const {
    WaitSlot {
        owner: AtomicU32::new(0),
        signals: AtomicU64::new(0),
        arrived: AtomicI32::new(0),
        clapper: AtomicI32::new(-1),
    }
}; SIGNAL_WAITS_MAX];

/// Signals that are waited for: by how many, and the handler that comes back after the last of them.
static WAITED: parking_lot::Mutex<Vec<(Signal, usize, SigAction)>> = parking_lot::Mutex::new(Vec::new());

impl SignalWait {
    pub fn begin(signals: &[Signal]) -> io::Result<Self> {
        let (bell, clapper) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        clapper.set_nonblocking(true)?;
        let process = std::process::id();
        let slot = WAIT_SLOTS.iter().find(|slot| slot.owner.load(Ordering::SeqCst) != process);
        let slot = slot.ok_or_else(|| io::Error::from(Errno::EAGAIN))?;
        slot.arrived.store(0, Ordering::SeqCst);
        slot.clapper.store(clapper.as_raw_fd(), Ordering::SeqCst);
        slot.signals.store(signals.iter().map(|signal| 1 << *signal as u32).sum(), Ordering::SeqCst);
        slot.owner.store(process, Ordering::SeqCst);
        let mut wait = Self { bell, _clapper: clapper, slot, signals: Vec::new() };
        for &signal in signals {
            take_over_for_wait(signal)?;
            wait.signals.push(signal);
        }
        Ok(wait)
    }

    /// The descriptor that becomes readable when a signal arrives.
    pub fn bell(&self) -> io::Result<OwnedFd> {
        self.bell.try_clone().map(OwnedFd::from)
    }

    /// The signal that arrived last since the previous call.
    pub fn arrived(&self) -> Option<Signal> {
        let mut strokes = [0; 64];
        while (&self.bell).read(&mut strokes).is_ok_and(|count| count == strokes.len()) {}
        Signal::try_from(self.slot.arrived.swap(0, Ordering::SeqCst)).ok()
    }
}

impl Drop for SignalWait {
    fn drop(&mut self) {
        self.slot.signals.store(0, Ordering::SeqCst);
        self.slot.clapper.store(-1, Ordering::SeqCst);
        self.slot.owner.store(0, Ordering::SeqCst);
        for &signal in &self.signals {
            give_back_after_wait(signal);
        }
    }
}

fn take_over_for_wait(signal: Signal) -> io::Result<()> {
    let mut waited = WAITED.lock();
    if let Some((_, count, _)) = waited.iter_mut().find(|(other, ..)| *other == signal) {
        *count += 1;
        return Ok(());
    }
    let action = SigAction::new(SigHandler::Handler(end_waits), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: `end_waits` only touches atomics and makes calls that signal-safety(7) allows.
    let before = unsafe { sigaction(signal, &action) }?;
    waited.push((signal, 1, before));
    Ok(())
}

fn give_back_after_wait(signal: Signal) {
    let mut waited = WAITED.lock();
    let Some(index) = waited.iter().position(|(other, ..)| *other == signal) else { return };
    waited[index].1 -= 1;
    if waited[index].1 == 0 {
        let (_, _, before) = waited.remove(index);
        // SAFETY: the action was in force before us; whoever installed it vouches for its handler.
        let _ = unsafe { sigaction(signal, &before) };
    }
}

extern "C" fn end_waits(signal: libc::c_int) {
    let before = Errno::last_raw();
    let process = std::process::id();
    let mut waited = false;
    for slot in &WAIT_SLOTS {
        if slot.owner.load(Ordering::SeqCst) != process
            || slot.signals.load(Ordering::SeqCst) & 1 << signal == 0
        {
            continue;
        }
        waited = true;
        slot.arrived.store(signal, Ordering::SeqCst);
        let clapper = slot.clapper.load(Ordering::SeqCst);
        if clapper >= 0 {
            // SAFETY: the wait keeps the descriptor open while it is in the slot.
            let clapper = unsafe { BorrowedFd::borrow_raw(clapper) };
            // A full buffer means that the bell rings already.
            let _ = nix::unistd::write(clapper, &[1]);
        }
    }
    if !waited {
        // A child forked during the wait: the signal is to do what it does to everybody.
        // SAFETY: signal() and raise() are on the list of signal-safety(7).
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
            libc::raise(signal);
        }
    }
    Errno::set_raw(before);
}

/// A child that has ended: its pid and how.
pub fn try_wait(pid: Option<u32>) -> io::Result<Option<(u32, Exit)>> {
    let pid = pid.map(|pid| Pid::from_raw(pid as i32));
    loop {
        return match waitpid(pid, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => Ok(Some((pid.as_raw() as u32, Exit::Code(code)))),
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                Ok(Some((pid.as_raw() as u32, Exit::Signal(signal as i32))))
            }
            Ok(_) => Ok(None),
            Err(Errno::EINTR) => continue,
            Err(error) => Err(error.into()),
        };
    }
}

/// How many waits for signals there may be in a process at a time; the handler looks at all of them.
const SIGNAL_WAITS_MAX: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_waits_for_one_signal_hear_it_both_and_the_old_handler_comes_back() {
        let before = SignalWait::begin(&[Signal::SIGWINCH]).unwrap();
        let other = SignalWait::begin(&[Signal::SIGWINCH, Signal::SIGURG]).unwrap();
        nix::sys::signal::raise(Signal::SIGWINCH).unwrap();
        assert_eq!((before.arrived(), other.arrived()), (Some(Signal::SIGWINCH), Some(Signal::SIGWINCH)));
        drop(before);
        nix::sys::signal::raise(Signal::SIGURG).unwrap();
        assert_eq!((other.arrived(), other.arrived()), (Some(Signal::SIGURG), None));
        drop(other);
        assert!(WAITED.lock().is_empty());
    }
}
