//! The two ends between a process and a child of its own: bytes, or whole messages.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::socket::{
    AddressFamily, MsgFlags, Shutdown, SockFlag, SockType, recv, send, setsockopt, shutdown, socketpair,
    sockopt,
};
use nix::sys::time::{TimeVal, TimeValLike};

/// Both ends until the fork, then one in each process: so whoever reads learns that the other has gone.
#[derive(Debug)]
pub struct Pipe {
    master: Option<OwnedFd>,
    worker: Option<OwnedFd>,
    kind: Kind,
    /// Whether this is the child's side.
    is_child: bool,
}

/// What goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bytes in a row.
    Stream,
    /// What one write wrote is what one read reads.
    Messages,
}

/// One of the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Master,
    Worker,
}

impl Pipe {
    pub fn open(kind: Kind) -> io::Result<Self> {
        let (master, worker) = socketpair(AddressFamily::Unix, kind.socket(), None, SockFlag::SOCK_CLOEXEC)?;
        Ok(Self { master: Some(master), worker: Some(worker), kind, is_child: false })
    }

    /// After the fork, in the parent.
    pub fn stay(&mut self) {
        self.worker = None;
    }

    /// After the fork, in the child.
    pub fn enter_child(&mut self) {
        self.master = None;
        self.is_child = true;
    }

    /// Whether a child can still be given its end.
    pub fn is_whole(&self) -> bool {
        self.master.is_some() && self.worker.is_some()
    }

    /// The descriptor of this process's end.
    pub fn fd(&self) -> Option<RawFd> {
        self.end().ok().map(|end| end.as_raw_fd())
    }

    /// Reads what there is, or waits for it; nothing means that the other end is gone.
    pub fn read(&self, len_max: usize) -> io::Result<Vec<u8>> {
        let end = self.end()?;
        let mut data = vec![0; len_max];
        let len = retry(|| recv(end.as_raw_fd(), &mut data, MsgFlags::empty()))?;
        data.truncate(len);
        Ok(data)
    }

    /// Writes all of it; the number tells how much was taken before a timeout or a full pipe that must not wait.
    pub fn write(&self, data: &[u8]) -> io::Result<usize> {
        let end = self.end()?;
        let mut written = 0;
        loop {
            match retry(|| send(end.as_raw_fd(), &data[written..], NO_SIGNAL)) {
                Ok(count) => written += count,
                Err(_) if written > 0 => return Ok(written),
                Err(error) => return Err(error),
            }
            if written >= data.len() || self.kind == Kind::Messages {
                return Ok(written);
            }
        }
    }

    /// How long a read or write may wait.
    pub fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        let end = self.end()?;
        let micros = i64::try_from(timeout.as_micros()).unwrap_or(i64::MAX);
        let timeout = TimeVal::microseconds(micros);
        setsockopt(&end, sockopt::ReceiveTimeout, &timeout)?;
        setsockopt(&end, sockopt::SendTimeout, &timeout)?;
        Ok(())
    }

    pub fn set_blocking(&self, blocking: bool) -> io::Result<()> {
        let flags = if blocking { OFlag::empty() } else { OFlag::O_NONBLOCK };
        fcntl(self.end()?, FcntlArg::F_SETFL(flags))?;
        Ok(())
    }

    /// Closes one end here.
    pub fn close(&mut self, side: Side) {
        match side {
            Side::Master => self.master = None,
            Side::Worker => self.worker = None,
        }
    }

    /// Ends one direction for both processes.
    pub fn shut(&self, how: Shutdown) -> io::Result<()> {
        Ok(shutdown(self.end()?.as_raw_fd(), how)?)
    }

    /// This process's end.
    pub fn end(&self) -> io::Result<BorrowedFd<'_>> {
        let end = if self.is_child { &self.worker } else { &self.master };
        end.as_ref().map(AsFd::as_fd).ok_or_else(|| Errno::EBADF.into())
    }
}

impl Kind {
    /// SEQPACKET rather than DGRAM: the messages are as whole, and a reader learns that the writer has gone.
    fn socket(self) -> SockType {
        match self {
            Self::Stream => SockType::Stream,
            Self::Messages if cfg!(target_os = "linux") => SockType::SeqPacket,
            Self::Messages => SockType::Datagram,
        }
    }
}

/// A signal does not end a wait.
fn retry(mut call: impl FnMut() -> nix::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            done => return Ok(done?),
        }
    }
}

/// Writing to a process that has gone is an error, not the end of this one.
#[cfg(target_os = "linux")]
const NO_SIGNAL: MsgFlags = MsgFlags::MSG_NOSIGNAL;
#[cfg(not(target_os = "linux"))]
const NO_SIGNAL: MsgFlags = MsgFlags::empty();

#[cfg(test)]
mod tests {
    use super::*;

    /// The two processes of a fork, in one.
    fn pair(kind: Kind) -> (Pipe, Pipe) {
        let mut pipe = Pipe::open(kind).unwrap();
        let child = Pipe { master: None, worker: pipe.worker.take(), kind, is_child: true };
        (pipe, child)
    }

    #[test]
    fn messages_stay_whole_and_bytes_run_together() {
        for (kind, first) in [(Kind::Messages, &b"one"[..]), (Kind::Stream, b"onetwo")] {
            let (parent, child) = pair(kind);
            assert_eq!(parent.write(b"one").unwrap(), 3);
            assert_eq!(parent.write(b"two").unwrap(), 3);
            assert_eq!(child.read(100).unwrap(), first);
        }
    }

    #[test]
    fn whoever_is_left_alone_learns_it() {
        for kind in [Kind::Messages, Kind::Stream] {
            let (parent, child) = pair(kind);
            child.write(b"last words").unwrap();
            drop(child);
            assert_eq!(parent.read(100).unwrap(), b"last words");
            assert_eq!(parent.read(100).unwrap(), b"");
            assert_eq!(parent.write(b"x").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        }
    }

    #[test]
    fn a_read_waits_no_longer_than_it_may() {
        let (parent, _child) = pair(Kind::Stream);
        parent.set_timeout(Duration::from_millis(1)).unwrap();
        assert_eq!(parent.read(1).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        parent.set_timeout(Duration::ZERO).unwrap();
        parent.set_blocking(false).unwrap();
        assert_eq!(parent.read(1).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }
}
