//! The descriptors that `Swoole\Event` watches, and what it still has to write.
//!
//! A task waits for each direction and strikes a bell; the callback runs in the loop, with the next wait already
//! started. So a descriptor whose data nobody takes is reported in every round, also while an earlier callback waits.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::os::fd::RawFd;
use std::rc::{Rc, Weak};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::stat::{SFlag, fstat};

use crate::coroutine::{Bell, Job};
use crate::net::watch::{Events, Watch};
use crate::zend::{Callback, Descriptor, Value, world};

/// One descriptor with its callbacks.
#[derive(Debug)]
pub struct Watched {
    /// What the script calls it; the argument of the callbacks.
    value: Value,
    watch: Rc<Watch>,
    wanted: Cell<Events>,
    ways: [Way; 2],
}

/// One direction: what to call and who waits.
#[derive(Debug)]
struct Way {
    callback: RefCell<Option<Callback>>,
    bell: Cell<Option<Bell>>,
    job: RefCell<Option<Job>>,
}

/// The two directions, as an index.
const READ: usize = 0;
const WRITE: usize = 1;

impl Watched {
    /// Begins to watch. The descriptor does not block any more.
    pub fn add(
        descriptor: Descriptor,
        value: Value,
        callbacks: [Option<Callback>; 2],
        wanted: Events,
    ) -> io::Result<()> {
        must_be_watchable(&descriptor)?;
        let ways = callbacks.map(|callback| Way {
            callback: RefCell::new(callback),
            bell: Cell::new(None),
            job: RefCell::new(None),
        });
        let watch = Rc::new(Watch::new(descriptor.file));
        let watched = Rc::new(Self { value, watch, wanted: Cell::new(wanted), ways });
        watched.arm()?;
        let before = with_registry(|registry| registry.watched.insert(descriptor.number, watched));
        drop(before);
        Ok(())
    }

    /// Changes callbacks and directions; `None` leaves them as they are.
    pub fn change(
        self: &Rc<Self>,
        callbacks: [Option<Callback>; 2],
        wanted: Option<Events>,
    ) -> io::Result<()> {
        for (way, callback) in self.ways.iter().zip(callbacks) {
            if callback.is_some() {
                drop(way.callback.replace(callback));
            }
        }
        if let Some(wanted) = wanted {
            self.wanted.set(wanted);
        }
        self.arm()
    }

    /// What is watched for now.
    pub fn wanted(&self) -> Events {
        self.wanted.get()
    }

    /// Whether there is something to call for every direction of `wanted`.
    pub fn can_call(&self, wanted: Events) -> bool {
        (!wanted.read || self.ways[READ].callback.borrow().is_some())
            && (!wanted.write || self.ways[WRITE].callback.borrow().is_some())
    }

    /// Starts the waits that are wanted and gives up the others.
    fn arm(self: &Rc<Self>) -> io::Result<()> {
        for (index, way) in self.ways.iter().enumerate() {
            let events = if index == READ { Events::READ } else { Events::WRITE };
            let wanted = self.wanted.get();
            let needed = if index == READ { wanted.read } else { wanted.write };
            if !needed {
                way.job.take();
            } else if way.job.borrow().is_none() {
                let bell = way.bell.get().unwrap_or_else(|| self.hang_bell(index));
                let (watch, ready) = (Rc::clone(&self.watch), Rc::clone(world::scheduler().ready()));
                let job = world::start(async move {
                    // An error is news, too: the callback's own call will meet it.
                    let _ = watch.ready(events).await;
                    ready.strike(bell, false);
                })?;
                way.job.replace(Some(job));
            }
        }
        Ok(())
    }

    fn hang_bell(self: &Rc<Self>, index: usize) -> Bell {
        let watched: Weak<Self> = Rc::downgrade(self);
        let bell = world::scheduler().hang_bell(Rc::new(move |_| {
            if let Some(watched) = watched.upgrade() {
                watched.fire(index);
            }
        }));
        self.ways[index].bell.set(Some(bell));
        bell
    }

    fn fire(self: &Rc<Self>, index: usize) {
        let way = &self.ways[index];
        way.job.take();
        let wanted = self.wanted.get();
        if !(if index == READ { wanted.read } else { wanted.write }) {
            return;
        }
        // Before the call, because that may not come back for long; the task runs when it waits or has ended.
        let _ = self.arm();
        let callback = way.callback.borrow().clone();
        if let Some(callback) = callback {
            drop(callback.call(std::slice::from_ref(&self.value)));
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        for way in &self.ways {
            if let Some(bell) = way.bell.get() {
                world::scheduler().take_bell(bell);
            }
        }
    }
}

/// A disk file is always ready, and no kernel tells about it.
fn must_be_watchable(descriptor: &Descriptor) -> io::Result<()> {
    let kind = SFlag::from_bits_truncate(fstat(&descriptor.file)?.st_mode) & SFlag::S_IFMT;
    if kind == SFlag::S_IFREG || kind == SFlag::S_IFDIR {
        return Err(Errno::EPERM.into());
    }
    stop_blocking(descriptor)
}

fn stop_blocking(descriptor: &Descriptor) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(&descriptor.file, FcntlArg::F_GETFL)?);
    fcntl(&descriptor.file, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// The watched descriptor of a number.
pub fn find(number: RawFd) -> Option<Rc<Watched>> {
    with_registry(|registry| registry.watched.get(&number).cloned())
}

/// Watches no more; false when it was not watched.
pub fn remove(number: RawFd) -> bool {
    let Some(watched) = with_registry(|registry| registry.watched.remove(&number)) else { return false };
    watched.wanted.set(Events::default());
    // Nothing can fail where nothing is started.
    let _ = watched.arm();
    true
}

/// Bytes on their way out of a descriptor.
#[derive(Debug)]
struct Outgoing {
    bytes: RefCell<Vec<u8>>,
    done: Cell<bool>,
    job: RefCell<Option<Job>>,
}

/// Writes now what fits, and the rest when there is room, after what earlier calls left.
pub fn write(descriptor: Descriptor, bytes: &[u8]) -> io::Result<()> {
    stop_blocking(&descriptor)?;
    let number = descriptor.number;
    let earlier = with_registry(|registry| registry.outgoing.get(&number).cloned());
    if let Some(outgoing) = earlier.filter(|outgoing| !outgoing.done.get()) {
        if outgoing.bytes.borrow().len() + bytes.len() > UNWRITTEN_MAX {
            return Err(Errno::ENOBUFS.into());
        }
        outgoing.bytes.borrow_mut().extend_from_slice(bytes);
        return Ok(());
    }
    let written = match nix::unistd::write(&descriptor.file, bytes) {
        Ok(count) => count,
        Err(Errno::EAGAIN | Errno::EINTR) => 0,
        Err(error) => return Err(error.into()),
    };
    let rest = &bytes[written..];
    if rest.is_empty() {
        return Ok(());
    }
    let outgoing = Rc::new(Outgoing {
        bytes: RefCell::new(rest.to_vec()),
        done: Cell::new(false),
        job: RefCell::new(None),
    });
    let (watch, of_task) = (Rc::new(Watch::new(descriptor.file)), Rc::clone(&outgoing));
    let job = world::start(async move {
        // A peer that is gone takes no more: what is left has nowhere to go.
        let _ = drain(watch, &of_task).await;
        of_task.done.set(true);
    })?;
    outgoing.job.replace(Some(job));
    with_registry(|registry| registry.outgoing.insert(number, outgoing));
    Ok(())
}

async fn drain(watch: Rc<Watch>, outgoing: &Outgoing) -> io::Result<()> {
    while !outgoing.bytes.borrow().is_empty() {
        Rc::clone(&watch).ready(Events::WRITE).await?;
        let mut bytes = outgoing.bytes.borrow_mut();
        match nix::unistd::write(watch.file(), &bytes) {
            Ok(count) => drop(bytes.drain(..count)),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What this process watches. A forked child begins with nothing: the parent's runtime is not its own.
#[derive(Debug, Default)]
struct Registry {
    process: u32,
    watched: HashMap<RawFd, Rc<Watched>>,
    outgoing: HashMap<RawFd, Rc<Outgoing>>,
}

fn with_registry<T>(what: impl FnOnce(&mut Registry) -> T) -> T {
    let process = std::process::id();
    if REGISTRY.with_borrow(|registry| registry.process != process) {
        let inherited = REGISTRY.replace(Registry { process, ..Registry::default() });
        // Its tasks and the numbers of its bells are those of the parent.
        std::mem::forget(inherited);
    }
    REGISTRY.with_borrow_mut(what)
}

/// Forgets everything. For the end of a script.
pub fn clear() {
    let registry = REGISTRY.take();
    drop(registry);
}

thread_local! {
    /// Emptied at the end of every request: it holds PHP values.
    static REGISTRY: RefCell<Registry> = RefCell::default();
}

/// More is not kept for a peer that does not read.
const UNWRITTEN_MAX: usize = 64 << 20;
