//! The system calls that Rust cannot check: shared memory, signal handlers, fork. Each behind a safe signature.

use std::io;
use std::io::Read;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};

use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

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
/// handlers that were there before. One per process at a time.
#[derive(Debug)]
pub struct Signals {
    bell: UnixStream,
    /// The end that the handler writes to; open as long as BELL names it.
    clapper: UnixStream,
    before: Vec<(Signal, SigAction)>,
}

/// Bits of the signals that arrived; written by the handler.
static ARRIVED: AtomicU32 = AtomicU32::new(0);
/// The descriptor that the handler rings.
static BELL: AtomicI32 = AtomicI32::new(-1);

impl Signals {
    /// Takes over `signals`. PHP's own handlers are replaced, not chained to: theirs would end the process.
    pub fn take_over(signals: &[Signal]) -> io::Result<Self> {
        let (bell, clapper) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        clapper.set_nonblocking(true)?;
        if !signals.is_empty() {
            BELL.store(clapper.as_raw_fd(), Ordering::SeqCst);
            ARRIVED.store(0, Ordering::SeqCst);
        }
        let mut taken = Self { bell, clapper, before: Vec::new() };
        for signal in signals {
            let action = SigAction::new(SigHandler::Handler(note), SaFlags::SA_RESTART, SigSet::empty());
            // SAFETY: `note` only stores to atomics and writes to a descriptor, which signal-safety(7) allows.
            let before = unsafe { sigaction(*signal, &action) }?;
            taken.before.push((*signal, before));
        }
        Ok(taken)
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
        let bits = ARRIVED.swap(0, Ordering::SeqCst);
        Signal::iterator().filter(|signal| bits & 1 << (*signal as u32) != 0).collect()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (signal, before) in self.before.drain(..).rev() {
            // SAFETY: the action was in force before us; whoever installed it vouches for its handler.
            let _ = unsafe { sigaction(signal, &before) };
        }
        // Without signals BELL is somebody else's.
        let _ = BELL.compare_exchange(self.clapper.as_raw_fd(), -1, Ordering::SeqCst, Ordering::SeqCst);
    }
}

extern "C" fn note(signal: libc::c_int) {
    ARRIVED.fetch_or(1 << signal, Ordering::SeqCst);
    let bell = BELL.load(Ordering::SeqCst);
    if bell >= 0 {
        // SAFETY: `Signals` keeps the descriptor open while it is stored in BELL.
        let bell = unsafe { BorrowedFd::borrow_raw(bell) };
        // A full buffer means that the bell rings already.
        let _ = nix::unistd::write(bell, &[1]);
    }
}

/// Writing to a closed connection must be an error, not the end of the process.
pub fn ignore_broken_pipes() -> io::Result<()> {
    let action = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    // SAFETY: ignoring a signal runs no code.
    unsafe { sigaction(Signal::SIGPIPE, &action) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_memory_begins_as_zeros() {
        let words = shared_words(1000).unwrap();
        assert!(words.iter().all(|word| word.load(Ordering::Relaxed) == 0));
        words[999].store(7, Ordering::Relaxed);
    }

    #[test]
    fn a_signal_is_noted_once_and_the_old_handler_comes_back() {
        let signals = Signals::take_over(&[Signal::SIGUSR2]).unwrap();
        nix::sys::signal::raise(Signal::SIGUSR2).unwrap();
        assert_eq!(signals.arrived(), [Signal::SIGUSR2]);
        assert_eq!(signals.arrived(), []);
        drop(signals);
        assert_eq!(BELL.load(Ordering::SeqCst), -1);
    }
}
