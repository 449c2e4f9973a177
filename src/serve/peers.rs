//! The other workers: commands to them and from them, over the pipes that were made before the fork.
//!
//! Nothing here waits on the loop's thread: what a pipe does not take is queued up to a limit and written by a task,
//! and what arrives is queued up to a limit and obeyed by the loop.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::os::fd::BorrowedFd;
use std::rc::Rc;

use tokio::net::UnixDatagram;
use tokio::sync::Notify;
use tokio::task::LocalSet;

use crate::net::reactor::Reactor;
use crate::net::turns::unbudgeted;
use crate::process::pipes::Pipes;
use crate::server::command::{Assembler, Command, PACKET_BYTES_MAX};
use crate::server::event::Event;
use crate::server::session::SessionId;

/// The pipes as one worker sees them.
#[derive(Debug)]
pub(super) struct Peers {
    own: u16,
    /// One for each worker; the own one is never used.
    outboxes: Vec<Rc<Outbox>>,
    pub inbox: Rc<Inbox>,
}

/// A pipe to another worker, and the packets it had no room for.
#[derive(Debug)]
struct Outbox {
    socket: UnixDatagram,
    waiting: RefCell<VecDeque<Box<[u8]>>>,
    waiting_bytes: Cell<usize>,
    /// Sessions whose senders wait until there is room.
    awaited: RefCell<Vec<SessionId>>,
    reactor: Rc<Reactor>,
}

/// Commands that the loop has not obeyed yet.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    commands: RefCell<VecDeque<Command>>,
    space: Notify,
}

/// The other worker does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Congested;

impl Peers {
    /// Registers the pipes. Inside the runtime, after the fork.
    pub fn register(own: u16, workers: u16, pipes: &Pipes, reactor: &Rc<Reactor>) -> io::Result<Self> {
        let outboxes = (0..workers)
            .filter_map(|worker| pipes.outbox(worker))
            .map(|fd| Ok(Rc::new(Outbox::new(register(fd)?, Rc::clone(reactor)))))
            .collect::<io::Result<_>>()?;
        Ok(Self { own, outboxes, inbox: Rc::default() })
    }

    /// Reads this worker's pipe for ever. To be spawned.
    pub fn listen(&self, pipes: &Pipes, reactor: Rc<Reactor>, tasks: &LocalSet) -> io::Result<()> {
        let Some(fd) = pipes.inbox(self.own) else { return Ok(()) };
        let socket = register(fd)?;
        tasks.spawn_local(unbudgeted(receive(socket, Rc::clone(&self.inbox), reactor)));
        Ok(())
    }

    /// Sends a command to another worker, without waiting.
    pub fn send(&self, worker: u16, command: &Command, tasks: &LocalSet) -> Result<(), Congested> {
        let Some(outbox) = self.outboxes.get(usize::from(worker)) else { return Err(Congested) };
        if outbox.is_congested() {
            return Err(Congested);
        }
        command.encode(self.own, &mut |packet| {
            if outbox.waiting.borrow().is_empty() && outbox.socket.try_send(packet).is_ok() {
                return;
            }
            if outbox.waiting.borrow().is_empty() {
                tasks.spawn_local(unbudgeted(drain(Rc::clone(outbox))));
            }
            outbox.waiting_bytes.set(outbox.waiting_bytes.get() + packet.len());
            outbox.waiting.borrow_mut().push_back(packet.into());
        });
        Ok(())
    }

    /// Asks for [`Event::Room`] when the pipe to a worker has room again; false when it has room now.
    pub fn await_room(&self, worker: u16, session: SessionId) -> bool {
        let Some(outbox) = self.outboxes.get(usize::from(worker)) else { return false };
        let waits = outbox.is_congested();
        if waits {
            outbox.awaited.borrow_mut().push(session);
        }
        waits
    }
}

impl Outbox {
    fn new(socket: UnixDatagram, reactor: Rc<Reactor>) -> Self {
        Self {
            socket,
            waiting: RefCell::default(),
            waiting_bytes: Cell::new(0),
            awaited: RefCell::default(),
            reactor,
        }
    }

    fn is_congested(&self) -> bool {
        self.waiting_bytes.get() > WAITING_BYTES_MAX
    }

    /// Tells senders that wait, once half of the queue is free again.
    fn tell_of_room(&self) {
        if self.waiting_bytes.get() * 2 <= WAITING_BYTES_MAX {
            for session in self.awaited.take() {
                self.reactor.push_event(Event::Room(session));
            }
        }
    }
}

impl Inbox {
    pub fn is_empty(&self) -> bool {
        self.commands.borrow().is_empty()
    }

    /// The next command to obey.
    pub fn pop(&self) -> Option<Command> {
        let command = self.commands.borrow_mut().pop_front();
        if self.is_empty() {
            self.space.notify_one();
        }
        command
    }
}

/// A second handle of the pipe, so that the runtime closes its own only.
fn register(fd: BorrowedFd<'_>) -> io::Result<UnixDatagram> {
    UnixDatagram::from_std(fd.try_clone_to_owned()?.into())
}

async fn receive(socket: UnixDatagram, inbox: Rc<Inbox>, reactor: Rc<Reactor>) {
    let mut packet = vec![0; PACKET_BYTES_MAX].into_boxed_slice();
    let mut assembler = Assembler::default();
    while let Ok(len) = socket.recv(&mut packet).await {
        let Some(command) = assembler.receive(&packet[..len]) else { continue };
        inbox.commands.borrow_mut().push_back(command);
        reactor.ring();
        while inbox.commands.borrow().len() >= COMMANDS_MAX {
            inbox.space.notified().await;
        }
    }
}

/// Writes what waits, and ends when nothing does.
async fn drain(outbox: Rc<Outbox>) {
    loop {
        let Some(packet) = outbox.waiting.borrow().front().cloned() else { return };
        // A pipe that fails has lost its readers: the server is going down.
        let sent = outbox.socket.send(&packet).await;
        outbox.waiting.borrow_mut().pop_front();
        outbox.waiting_bytes.set(outbox.waiting_bytes.get().saturating_sub(packet.len()));
        if sent.is_err() {
            outbox.waiting.borrow_mut().clear();
            outbox.waiting_bytes.set(0);
        }
        outbox.tell_of_room();
    }
}

/// Commands kept for a worker that does not keep up, in bytes. Above it the sender is told.
const WAITING_BYTES_MAX: usize = 16 << 20;
/// Commands read ahead of the loop; the pipe itself holds the rest.
const COMMANDS_MAX: usize = 256;
