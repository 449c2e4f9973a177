//! Waiting until a descriptor can be read or written, whoever uses it otherwise.
//!
//! The answer is what poll(2) says, not an edge: data that nobody has taken yet ends the next wait at once. A descriptor
//! is registered with the runtime only while somebody waits, so nothing is left in it that a forked child could disturb.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// What to wait for, and what has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events {
    pub read: bool,
    pub write: bool,
}

impl Events {
    pub const READ: Self = Self { read: true, write: false };
    pub const WRITE: Self = Self { read: false, write: true };

    fn interest(self) -> Interest {
        match (self.read, self.write) {
            (true, true) => Interest::READABLE.add(Interest::WRITABLE),
            (false, true) => Interest::WRITABLE,
            _ => Interest::READABLE,
        }
    }
}

/// A descriptor that can be waited for, by several at once.
#[derive(Debug)]
pub struct Watch {
    file: Rc<OwnedFd>,
    /// Alive while somebody waits.
    registered: RefCell<Weak<AsyncFd<Rc<OwnedFd>>>>,
}

impl Watch {
    pub fn new(file: OwnedFd) -> Self {
        Self { file: Rc::new(file), registered: RefCell::default() }
    }

    pub fn file(&self) -> &OwnedFd {
        &self.file
    }

    /// What of `wanted` would not block now. Errors and hang-ups count: the next call tells about them.
    pub fn poll(&self, wanted: Events) -> io::Result<Events> {
        poll_for(&self.file, wanted, Some(Duration::ZERO))
    }

    /// Blocks the process until something of `wanted` would not block; false when the time is over first.
    pub fn block(&self, wanted: Events, time: Option<Duration>) -> io::Result<bool> {
        let until = time.map(|time| Instant::now() + time);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match poll_for(&self.file, wanted, left) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                found => return Ok(found? != Events::default()),
            }
        }
    }

    /// Ends when something of `wanted` would not block. To be awaited in a task of the runtime.
    pub async fn ready(self: Rc<Self>, wanted: Events) -> io::Result<Events> {
        let registered = self.register()?;
        loop {
            let mut guard = registered.ready(wanted.interest()).await?;
            let found = self.poll(wanted)?;
            if found != Events::default() {
                return Ok(found);
            }
            guard.clear_ready();
        }
    }

    // The successor is unsafe for the sake of types whose descriptor may change or close; an OwnedFd's cannot.
    #[allow(deprecated)]
    fn register(&self) -> io::Result<Rc<AsyncFd<Rc<OwnedFd>>>> {
        if let Some(registered) = self.registered.borrow().upgrade() {
            return Ok(registered);
        }
        let registered = Rc::new(AsyncFd::new(Rc::clone(&self.file))?);
        self.registered.replace(Rc::downgrade(&registered));
        Ok(registered)
    }
}

/// What of `wanted` would not block on a descriptor, now or within that time.
fn poll_for(file: &OwnedFd, wanted: Events, time: Option<Duration>) -> io::Result<Events> {
    let mut flags = PollFlags::empty();
    flags.set(PollFlags::POLLIN, wanted.read);
    flags.set(PollFlags::POLLOUT, wanted.write);
    let mut fds = [PollFd::new(file.as_fd(), flags)];
    // Rounded up: a poll that ends too early would only be asked again.
    let timeout = time.map_or(PollTimeout::NONE, |time| {
        let millis = time.as_micros().div_ceil(1000);
        i32::try_from(millis)
            .ok()
            .and_then(|millis| PollTimeout::try_from(millis).ok())
            .unwrap_or(PollTimeout::MAX)
    });
    poll(&mut fds, timeout)?;
    let found = fds[0].revents().unwrap_or(PollFlags::empty());
    let over = found.intersects(PollFlags::POLLERR | PollFlags::POLLHUP | PollFlags::POLLNVAL);
    Ok(Events {
        read: wanted.read && (over || found.contains(PollFlags::POLLIN)),
        write: wanted.write && (over || found.contains(PollFlags::POLLOUT)),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(test);
    }

    #[test]
    fn data_that_nobody_takes_ends_every_wait() {
        let (mut near, mut far) = UnixStream::pair().unwrap();
        let watch = Rc::new(Watch::new(near.try_clone().unwrap().into()));
        assert_eq!(watch.poll(Events::READ).unwrap(), Events::default());
        run(async {
            far.write_all(b"x").unwrap();
            for _ in 0..3 {
                assert_eq!(Rc::clone(&watch).ready(Events::READ).await.unwrap(), Events::READ);
            }
            near.read_exact(&mut [0]).unwrap();
            assert_eq!(watch.poll(Events::READ).unwrap(), Events::default());
        });
    }

    #[test]
    fn two_wait_for_one_descriptor_and_nothing_stays_registered() {
        let (near, mut far) = UnixStream::pair().unwrap();
        let watch = Rc::new(Watch::new(near.into()));
        run(async {
            let both = Events { read: true, write: true };
            let (reading, writing) = tokio::join!(Rc::clone(&watch).ready(Events::READ), async {
                let found = Rc::clone(&watch).ready(both).await;
                far.write_all(b"x").unwrap();
                found
            });
            assert_eq!((reading.unwrap(), writing.unwrap()), (Events::READ, Events::WRITE));
            assert!(watch.registered.borrow().upgrade().is_none());
        });
    }
}
