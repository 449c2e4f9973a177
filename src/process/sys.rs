//! The system calls that Rust cannot check: shared memory, signal handlers, fork. Each behind a safe signature.

pub mod child;
pub mod memory;
pub mod queue;
pub mod socket;
pub mod wait;

use std::io;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::{ForkResult, Pid};

/// Zeroed words that this process and all its later children share. Never unmapped: views of them are `'static`.
pub fn shared_words(count: usize) -> io::Result<&'static [AtomicU64]> {
    let bytes = count.max(1) * size_of::<AtomicU64>();
    // SAFETY: a fresh anonymous mapping at an address of the kernel's choice touches no memory of ours.
    let address = unsafe {
        libc::mmap(
            ptr::null_mut(),
            bytes,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANONYMOUS,
            -1,
            0,
        )
    };
    if address == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the mapping is page-aligned, zeroed, `bytes` long and never unmapped; every access, here and in the
    // children, goes through atomics.
    Ok(unsafe { std::slice::from_raw_parts(address.cast::<AtomicU64>(), count) })
}

/// Signals that this process has taken over, noted as bits and announced on a descriptor. Dropping it restores the
/// handlers that were there before. A signal is in one such set at a time.
#[derive(Debug)]
pub struct Signals {
    bell: UnixStream,
    /// The end that the handler writes to; open as long as BELLS name it.
    clapper: UnixStream,
    before: Vec<(Signal, SigAction)>,
}

/// Bits of the signals that arrived; written by the handler.
static ARRIVED: AtomicU32 = AtomicU32::new(0);
/// The descriptor that the handler rings for each signal; -1 where we have no handler.
static BELLS: [AtomicI32; SIGNALS] = [const { AtomicI32::new(-1) }; SIGNALS];

impl Signals {
    /// Takes over `signals`. PHP's own handlers are replaced, not chained to: theirs would end the process.
    pub fn take_over(signals: &[Signal]) -> io::Result<Self> {
        let (bell, clapper) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        clapper.set_nonblocking(true)?;
        let mut taken = Self { bell, clapper, before: Vec::new() };
        for signal in signals {
            taken.add(*signal)?;
            if *signal == Signal::SIGWINCH {
                take_over_log_signal()?;
            }
        }
        Ok(taken)
    }

    /// Whether a set has this signal.
    pub fn is_taken(signal: Signal) -> bool {
        BELLS[signal as usize].load(Ordering::SeqCst) >= 0
    }

    /// Takes one more over.
    pub fn add(&mut self, signal: Signal) -> io::Result<()> {
        ARRIVED.fetch_and(!bit(signal), Ordering::SeqCst);
        BELLS[signal as usize].store(self.clapper.as_raw_fd(), Ordering::SeqCst);
        let action = SigAction::new(SigHandler::Handler(note), SaFlags::SA_RESTART, SigSet::empty());
        // SAFETY: `note` only stores to atomics and writes to a descriptor, which signal-safety(7) allows.
        let before = unsafe { sigaction(signal, &action) };
        match before {
            Ok(before) => self.before.push((signal, before)),
            Err(_) => BELLS[signal as usize].store(-1, Ordering::SeqCst),
        }
        Ok(before.map(drop)?)
    }

    /// Gives one back.
    pub fn remove(&mut self, signal: Signal) {
        if let Some(index) = self.before.iter().position(|(taken, _)| *taken == signal) {
            let (signal, before) = self.before.swap_remove(index);
            give_back(signal, &before);
        }
    }

    /// In a forked child: keeps `kept`, gives the others back, and gets a bell of its own. What arrived since the fork
    /// stays noted.
    pub fn after_fork(&mut self, kept: &[Signal]) -> io::Result<()> {
        let (bell, clapper) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        clapper.set_nonblocking(true)?;
        for signal in kept {
            BELLS[*signal as usize].store(clapper.as_raw_fd(), Ordering::SeqCst);
        }
        (self.bell, self.clapper) = (bell, clapper);
        let kept_bits = kept.iter().fold(0, |bits, signal| bits | bit(*signal));
        if ARRIVED.load(Ordering::SeqCst) & kept_bits != 0 {
            // It has rung the parent's bell.
            (&self.clapper).write_all(&[1])?;
        }
        let (stay, go): (Vec<_>, Vec<_>) =
            self.before.drain(..).partition(|(signal, _)| kept.contains(signal));
        self.before = stay;
        for (signal, before) in go {
            give_back(signal, &before);
        }
        Ok(())
    }

    /// The descriptor that becomes readable when a signal arrives.
    pub fn bell(&self) -> io::Result<UnixStream> {
        self.bell.try_clone()
    }

    /// The signals that arrived since the last call.
    pub fn arrived(&self) -> Vec<Signal> {
        // Silences the bell. Every signal that rings from here on is in the bits or rings again.
        let mut strokes = [0; 64];
        while (&self.bell).read(&mut strokes).is_ok_and(|count| count == strokes.len()) {}
        let ours = self.before.iter().fold(0, |bits, (signal, _)| bits | bit(*signal));
        let bits = ARRIVED.fetch_and(!ours, Ordering::SeqCst) & ours;
        Signal::iterator().filter(|signal| bits & bit(*signal) != 0).collect()
    }
}

impl Signals {
    /// Sleeps until a signal arrives, there is something to read, or the time has come.
    pub fn wait(&self, until: Option<Instant>, mailbox: Option<BorrowedFd<'_>>) -> io::Result<()> {
        let timeout = until.map_or(PollTimeout::NONE, |until| {
            let left = until.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
            PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
        });
        let fds = std::iter::once(self.bell.as_fd()).chain(mailbox);
        let mut fds: Vec<_> = fds.map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
        match poll(&mut fds, timeout) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (signal, before) in self.before.drain(..).rev() {
            give_back(signal, &before);
        }
    }
}

/// SIGRTMIN asks for the same as SIGWINCH: log rotations written for Swoole send it, and left alone it would end the
/// process. It is never given back, because nobody else has a use for it.
#[cfg(target_os = "linux")]
fn take_over_log_signal() -> io::Result<()> {
    // SAFETY: plain C data for which zeros are valid: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = note as extern "C" fn(libc::c_int) as usize;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: `note` is fit for a handler, as above; the old action is not asked for.
    match unsafe { libc::sigaction(libc::SIGRTMIN(), &raw const action, ptr::null_mut()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(not(target_os = "linux"))]
fn take_over_log_signal() -> io::Result<()> {
    Ok(())
}

fn give_back(signal: Signal, before: &SigAction) {
    // SAFETY: the action was in force before us; whoever installed it vouches for its handler.
    let _ = unsafe { sigaction(signal, before) };
    BELLS[signal as usize].store(-1, Ordering::SeqCst);
}

/// In a forked child that is no part of the parent's business: what the parent has taken over does again what it does
/// by itself.
fn forget_signals() {
    PARENT.store(0, Ordering::SeqCst);
    for signal in Signal::iterator().filter(|signal| Signals::is_taken(*signal)) {
        let by_itself = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
        give_back(signal, &by_itself);
    }
}

/// Where a signal is in [`ARRIVED`].
fn bit(signal: Signal) -> u32 {
    1 << (signal as u32)
}

extern "C" fn note(signal: libc::c_int) {
    // The code that is interrupted may be about to look at the error of its last call.
    let before = Errno::last_raw();
    // Real-time signals have numbers beyond the bits; only one of them is ever taken over.
    let noted = if (signal as usize) < SIGNALS { signal } else { libc::SIGWINCH };
    ARRIVED.fetch_or(1 << noted, Ordering::SeqCst);
    let parent = PARENT.load(Ordering::SeqCst);
    if signal == libc::SIGTERM && parent != 0 {
        // SAFETY: getppid and alarm are on the list of signal-safety(7) and touch no memory.
        unsafe {
            // Nobody is left to kill us if we do not stop in time.
            if libc::getppid() != parent {
                libc::alarm(ORPHAN_SECS_MAX);
            }
        }
    }
    let bell = BELLS[noted as usize].load(Ordering::SeqCst);
    if bell >= 0 {
        // SAFETY: `Signals` keeps the descriptor open while it is stored in BELLS.
        let bell = unsafe { BorrowedFd::borrow_raw(bell) };
        // A full buffer means that the bell rings already.
        let _ = nix::unistd::write(bell, &[1]);
    }
    Errno::set_raw(before);
}

/// Writing to a closed connection, or to a file that may not grow, must be an error, not the end of the process.
pub fn ignore_signals_of_writes() -> io::Result<()> {
    let action = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    for signal in [Signal::SIGPIPE, Signal::SIGXFSZ] {
        // SAFETY: ignoring a signal runs no code.
        unsafe { sigaction(signal, &action) }?;
    }
    Ok(())
}

/// Which side of a fork this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    Parent { child: u32 },
    Child,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

/// Forks. The child dies with its parent: it gets SIGTERM when the parent has ended for whatever reason.
///
/// A lock that another thread holds at this moment stays locked in the child for ever; so no thread may exist that
/// takes locks the child needs (invariant 3 in ARCHITECTURE.md).
pub fn fork() -> io::Result<Fork> {
    let parent = std::process::id();
    // SAFETY: the child goes on with a copy of this thread only; nothing it touches is shared but what is meant to be.
    // A lock lost to another thread is a deadlock, not a memory error, and the callers have no threads.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Fork::Parent { child: child.as_raw() as u32 }),
        ForkResult::Child => {
            PARENT.store(parent as i32, Ordering::SeqCst);
            stay_with_parent();
            Ok(Fork::Child)
        }
    }
}

/// Asks to be told of the parent's end, in a child of [`fork`]. Linux forgets it when the user changes.
pub fn stay_with_parent() {
    let parent = PARENT.load(Ordering::SeqCst);
    if parent == 0 {
        return;
    }
    die_with_parent();
    if nix::unistd::getppid().as_raw() != parent {
        // It ended before we could ask.
        let _ = nix::sys::signal::raise(Signal::SIGTERM);
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent() {
    // An error here means an ancient kernel; then orphans are possible and nothing else changes.
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGTERM);
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() {}

/// How our child `pid` ended, if it has.
pub fn reap(pid: u32) -> Option<Exit> {
    match waitpid(Pid::from_raw(pid as i32), Some(WaitPidFlag::WNOHANG)) {
        Ok(WaitStatus::Exited(_, code)) => Some(Exit::Code(code)),
        Ok(WaitStatus::Signaled(_, signal, _)) => Some(Exit::Signal(signal as i32)),
        // Somebody else has waited for it: it is gone all the same.
        Err(Errno::ECHILD) => Some(Exit::Code(0)),
        Ok(_) | Err(_) => None,
    }
}

/// Whether our child `pid` has ended, without reaping it.
pub fn is_gone(pid: u32) -> bool {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    let state = waitid(Id::Pid(Pid::from_raw(pid as i32)), flags);
    !matches!(state, Ok(WaitStatus::StillAlive))
}

/// Whether this process is no child of `parent` any more.
pub fn is_orphan(parent: u32) -> bool {
    nix::unistd::getppid() != Pid::from_raw(parent as i32)
}

/// Sends a signal. A process that is gone already is what the caller wanted.
pub fn kill(pid: u32, signal: Signal) {
    if pid != 0 {
        let _ = nix::sys::signal::kill(Pid::from_raw(pid as i32), signal);
    }
}

/// The manager of this worker; 0 in any other process.
static PARENT: AtomicI32 = AtomicI32::new(0);
/// The signals that have names; those are the ones to be taken over.
const SIGNALS: usize = 32;
/// How long a worker whose manager was killed may take to stop.
const ORPHAN_SECS_MAX: u32 = 5;

/// Seconds east of Greenwich at a moment, by the time zone of this machine or of `TZ`: the log's wall clock.
pub fn utc_offset(unix_secs: i64) -> i32 {
    // SAFETY: plain C data for which zeros are a valid date.
    let mut fields: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live values of their types; libc locks its own zone. Only the PHP thread changes the
    // environment (`putenv`), and it is not in here then.
    let known = unsafe { !libc::localtime_r(&raw const unix_secs, &raw mut fields).is_null() };
    if known { i32::try_from(fields.tm_gmtoff).unwrap_or(0) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The handlers belong to the whole process.
    static ONE_AT_A_TIME: parking_lot::Mutex<()> = parking_lot::Mutex::new(());

    #[test]
    fn shared_memory_begins_as_zeros() {
        let words = shared_words(1000).unwrap();
        assert!(words.iter().all(|word| word.load(Ordering::Relaxed) == 0));
        words[999].store(7, Ordering::Relaxed);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_real_time_signal_of_log_rotations_is_noted_as_its_sibling() {
        let _one = ONE_AT_A_TIME.lock();
        let signals = Signals::take_over(&[Signal::SIGWINCH]).unwrap();
        // SAFETY: raise takes a number and touches no memory; its handler is ours.
        assert_eq!(unsafe { libc::raise(libc::SIGRTMIN()) }, 0);
        assert_eq!(signals.arrived(), [Signal::SIGWINCH]);
    }

    #[test]
    fn a_signal_is_noted_once_and_the_old_handler_comes_back() {
        let _one = ONE_AT_A_TIME.lock();
        let signals = Signals::take_over(&[Signal::SIGUSR2]).unwrap();
        nix::sys::signal::raise(Signal::SIGUSR2).unwrap();
        assert_eq!(signals.arrived(), [Signal::SIGUSR2]);
        assert_eq!(signals.arrived(), []);
        drop(signals);
        assert!(!Signals::is_taken(Signal::SIGUSR2));
    }

    #[test]
    fn a_signal_that_arrives_before_a_child_has_its_own_bell_rings_it() {
        let _one = ONE_AT_A_TIME.lock();
        let mut signals = Signals::take_over(&[Signal::SIGUSR2]).unwrap();
        nix::sys::signal::raise(Signal::SIGUSR2).unwrap();
        signals.after_fork(&[Signal::SIGUSR2]).unwrap();
        let mut bell = signals.bell().unwrap();
        assert_eq!(bell.read(&mut [0]).unwrap(), 1);
        assert_eq!(signals.arrived(), [Signal::SIGUSR2]);
    }

    #[test]
    fn each_set_hears_its_own_signals() {
        let mut one = Signals::take_over(&[]).unwrap();
        let other = Signals::take_over(&[Signal::SIGWINCH]).unwrap();
        one.add(Signal::SIGURG).unwrap();
        for signal in [Signal::SIGWINCH, Signal::SIGURG] {
            nix::sys::signal::raise(signal).unwrap();
        }
        assert_eq!((one.arrived(), other.arrived()), (vec![Signal::SIGURG], vec![Signal::SIGWINCH]));
        one.remove(Signal::SIGURG);
        assert!(!Signals::is_taken(Signal::SIGURG) && Signals::is_taken(Signal::SIGWINCH));
    }
}
