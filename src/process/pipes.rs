//! The sockets between workers: one SEQPACKET pair for each, made before the fork and kept by the manager, so that a
//! worker forked again finds what its predecessor had not read. A pair that belongs to none is a queue for several.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};

/// The pairs of all workers.
#[derive(Debug)]
pub struct Pipes {
    pairs: Vec<Pair>,
}

#[derive(Debug)]
struct Pair {
    inbox: OwnedFd,
    outbox: OwnedFd,
}

impl Pipes {
    pub fn open(workers: u16) -> io::Result<Self> {
        let pairs = (0..workers).map(|_| Pair::open()).collect::<io::Result<_>>()?;
        Ok(Self { pairs })
    }

    /// Where the worker reads. Only the worker itself does.
    pub fn inbox(&self, worker: u16) -> Option<BorrowedFd<'_>> {
        self.pairs.get(usize::from(worker)).map(|pair| pair.inbox.as_fd())
    }

    /// Where everybody else writes to the worker.
    pub fn outbox(&self, worker: u16) -> Option<BorrowedFd<'_>> {
        self.pairs.get(usize::from(worker)).map(|pair| pair.outbox.as_fd())
    }
}

impl Pair {
    /// SEQPACKET, because packets are atomic: a writer killed in the middle leaves no half of a command behind.
    fn open() -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (inbox, outbox) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok(Self { inbox, outbox })
    }
}
