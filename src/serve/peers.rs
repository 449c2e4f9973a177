//! The other workers: commands to them and from them, over the pipes that were made before the fork.
//!
//! Nothing here waits on the loop's thread: what a pipe does not take is queued up to a limit and written by a task,
//! and what arrives is queued up to a limit and obeyed by the loop.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::time::Instant;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv, send};
use tokio::net::UnixDatagram;
use tokio::sync::Notify;
use tokio::task::LocalSet;

use super::options::ServeOptions;
use crate::net::reactor::Reactor;
use crate::net::shortage;
use crate::net::turns::unbudgeted;
use crate::net::watch::{Events, Watch};
use crate::process::pipes::Pipes;
use crate::server::command::{Assembler, Command, PACKET_BYTES_MAX};
use crate::server::event::Event;
use crate::server::session::SessionId;
use crate::server::stats::{Counter, WorkerStats};

/// The pipes as one worker sees them.
#[derive(Debug)]
pub(super) struct Peers {
    own: u16,
    /// One for each pipe; the own one is never used.
    outboxes: Vec<Rc<Outbox>>,
    pub inbox: Rc<Inbox>,
    /// The pipe of the tasks that this task worker shares with others.
    shared: Option<u16>,
    /// A user process may block for ever: then nobody but a sender writes what waits.
    may_block: bool,
}

/// A pipe to another worker, and the packets it had no room for.
#[derive(Debug)]
struct Outbox {
    /// Waited for only while something waits: all who do so wake up whenever its reader takes a packet.
    pipe: Rc<Watch>,
    waiting: RefCell<VecDeque<Box<[u8]>>>,
    waiting_bytes: Cell<usize>,
    /// Sessions whose senders wait until there is room.
    awaited: RefCell<Vec<SessionId>>,
    /// Tells everybody else who waits for it.
    room: Notify,
    reactor: Rc<Reactor>,
}

/// Commands that the loop has not obeyed yet.
#[derive(Debug)]
pub(super) struct Inbox {
    commands: RefCell<VecDeque<Command<'static>>>,
    assembler: RefCell<Assembler>,
    /// A second handle of the pipe, for [`Peers::block_for`].
    pipe: Option<OwnedFd>,
    /// Commands read ahead of the loop; the pipe itself holds the rest.
    commands_max: usize,
    stats: WorkerStats,
    space: Notify,
    /// No further command is begun; the pipe keeps them for the successor.
    closed: Cell<bool>,
    closing: Notify,
}

/// The other worker does not keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Congested;

impl Peers {
    /// Registers the pipes. Inside the runtime, after the fork.
    pub fn register(
        own: u16,
        options: &ServeOptions,
        pipes: &Pipes,
        reactor: &Rc<Reactor>,
    ) -> io::Result<Self> {
        let outboxes = (0..)
            .map_while(|party| pipes.outbox(party))
            .map(|fd| Ok(Rc::new(Outbox::new(fd.try_clone_to_owned()?, Rc::clone(reactor)))))
            .collect::<io::Result<_>>()?;
        let pipe = pipes.inbox(own).map(|fd| fd.try_clone_to_owned()).transpose()?;
        // What a task worker has read is lost when it is killed.
        let commands_max = if options.is_task_worker(own) { 1 } else { COMMANDS_MAX };
        let inbox = Rc::new(Inbox::new(pipe, commands_max, reactor.stats));
        let shared = options.shared_tasks().filter(|_| options.is_task_worker(own));
        Ok(Self { own, outboxes, inbox, shared, may_block: options.is_user_process(own) })
    }

    /// Reads this worker's pipes for as long as it runs.
    pub fn listen(&self, pipes: &Pipes, reactor: &Rc<Reactor>, tasks: &LocalSet) -> io::Result<()> {
        for pipe in std::iter::once(self.own).chain(self.shared) {
            let Some(fd) = pipes.inbox(pipe) else { continue };
            let (socket, inbox) = (register(fd)?, Rc::clone(&self.inbox));
            let is_shared = self.shared == Some(pipe);
            tasks.spawn_local(unbudgeted(receive(socket, inbox, Rc::clone(reactor), is_shared)));
        }
        Ok(())
    }

    /// Sends a command to another worker, without waiting.
    pub fn send(&self, worker: u16, command: &Command<'_>, tasks: &LocalSet) -> Result<(), Congested> {
        let Some(outbox) = self.outboxes.get(usize::from(worker)) else { return Err(Congested) };
        if outbox.is_congested() {
            return Err(Congested);
        }
        self.send_anyway(worker, command, tasks);
        Ok(())
    }

    /// As [`Peers::send`], for what must not be lost: the queue may grow beyond its limit.
    pub fn send_anyway(&self, worker: u16, command: &Command<'_>, tasks: &LocalSet) {
        let Some(outbox) = self.outboxes.get(usize::from(worker)) else { return };
        if self.may_block {
            let _ = outbox.write_now();
        }
        command.encode(self.own, &mut |packet| {
            let waited = outbox.is_waiting();
            if !waited && outbox.write(packet).is_ok() {
                return;
            }
            if !waited {
                tasks.spawn_local(unbudgeted(drain(Rc::clone(outbox))));
            }
            outbox.waiting_bytes.set(outbox.waiting_bytes.get() + packet.len());
            outbox.waiting.borrow_mut().push_back(packet.into());
        });
    }

    /// Whether commands wait for room in a pipe.
    pub fn is_sending(&self) -> bool {
        self.outboxes.iter().any(|outbox| outbox.is_waiting())
    }

    /// Whether some worker does not keep up.
    pub fn is_congested(&self) -> bool {
        self.outboxes.iter().any(|outbox| outbox.is_congested())
    }

    /// Ends when the pipe to a worker has room.
    pub async fn room(&self, worker: u16) {
        let Some(outbox) = self.outboxes.get(usize::from(worker)) else { return };
        while outbox.is_congested() {
            outbox.room.notified().await;
        }
    }

    /// Reads and writes the pipes with the thread blocked until a command is there that is `wanted`.
    pub fn block_for(
        &self,
        deadline: Instant,
        wanted: impl Fn(&Command<'_>) -> bool,
    ) -> Option<Command<'static>> {
        let pipe = self.inbox.pipe.as_ref()?;
        loop {
            if let Some(command) = self.inbox.take(&wanted) {
                return Some(command);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let unsent: Vec<_> = self.outboxes.iter().filter(|outbox| outbox.is_waiting()).collect();
            let mut polled = vec![PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
            polled.extend(
                unsent.iter().map(|outbox| PollFd::new(outbox.pipe.file().as_fd(), PollFlags::POLLOUT)),
            );
            // Rounded up: a wait of nothing would be a busy one.
            let millis = left.as_millis().saturating_add(1);
            let timeout = PollTimeout::try_from(millis).unwrap_or(PollTimeout::MAX);
            if poll(&mut polled, timeout).is_err_and(|errno| errno != Errno::EINTR) {
                return None;
            }
            for outbox in unsent {
                let _ = outbox.write_now();
            }
            self.inbox.read_now(pipe);
        }
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
    fn new(pipe: OwnedFd, reactor: Rc<Reactor>) -> Self {
        Self {
            pipe: Rc::new(Watch::new(pipe)),
            waiting: RefCell::default(),
            waiting_bytes: Cell::new(0),
            awaited: RefCell::default(),
            room: Notify::new(),
            reactor,
        }
    }

    fn is_congested(&self) -> bool {
        self.waiting_bytes.get() > WAITING_BYTES_MAX
    }

    fn is_waiting(&self) -> bool {
        !self.waiting.borrow().is_empty()
    }

    /// Writes a packet if there is room.
    fn write(&self, packet: &[u8]) -> io::Result<()> {
        Ok(send(self.pipe.file().as_raw_fd(), packet, MsgFlags::MSG_DONTWAIT).map(drop)?)
    }

    /// Writes what waits as far as there is room; an error tells that something is left.
    fn write_now(&self) -> io::Result<()> {
        let mut waiting = self.waiting.borrow_mut();
        while let Some(packet) = waiting.front() {
            self.write(packet)?;
            self.waiting_bytes.set(self.waiting_bytes.get().saturating_sub(packet.len()));
            waiting.pop_front();
        }
        Ok(())
    }

    /// Tells senders that wait, once half of the queue is free again.
    fn tell_of_room(&self) {
        if self.waiting_bytes.get() * 2 <= WAITING_BYTES_MAX {
            for session in self.awaited.take() {
                self.reactor.push_event(Event::Room(session));
            }
            self.room.notify_waiters();
            // A task worker may have held back for this.
            self.reactor.wake();
        }
    }
}

impl Inbox {
    fn new(pipe: Option<OwnedFd>, commands_max: usize, stats: WorkerStats) -> Self {
        Self {
            commands: RefCell::default(),
            assembler: RefCell::default(),
            pipe,
            commands_max,
            stats,
            space: Notify::new(),
            closed: Cell::new(false),
            closing: Notify::new(),
        }
    }

    /// Begins no further command: what the pipe holds is for the successor.
    pub fn close(&self) {
        self.closed.set(true);
        self.closing.notify_waiters();
    }

    /// Whether nothing more will come.
    pub fn is_over(&self) -> bool {
        self.is_empty() && self.closed.get() && !self.assembler.borrow().is_amid()
    }

    fn take(&self, wanted: impl Fn(&Command<'_>) -> bool) -> Option<Command<'static>> {
        let mut commands = self.commands.borrow_mut();
        let place = commands.iter().position(wanted)?;
        commands.remove(place)
    }

    /// Takes a packet over; true when it was the last of a command.
    fn receive(&self, packet: &[u8]) -> bool {
        if Command::begins_task(packet) {
            self.stats.add(Counter::TasksTaken, 1);
        }
        let command = self.assembler.borrow_mut().receive(packet);
        let complete = command.is_some();
        self.commands.borrow_mut().extend(command);
        complete
    }

    fn read_now(&self, pipe: &OwnedFd) {
        let mut packet = vec![0; PACKET_BYTES_MAX];
        while let Ok(len) = recv(pipe.as_raw_fd(), &mut packet, MsgFlags::MSG_DONTWAIT) {
            if len == 0 {
                return;
            }
            self.receive(&packet[..len]);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.commands.borrow().is_empty()
    }

    fn is_full(&self) -> bool {
        self.commands.borrow().len() >= self.commands_max
    }

    /// The next command to obey.
    pub fn pop(&self) -> Option<Command<'static>> {
        let command = self.commands.borrow_mut().pop_front();
        if self.is_empty() {
            self.space.notify_waiters();
        }
        command
    }
}

/// A second handle of the pipe, so that the runtime closes its own only.
fn register(fd: BorrowedFd<'_>) -> io::Result<UnixDatagram> {
    UnixDatagram::from_std(fd.try_clone_to_owned()?.into())
}

async fn receive(socket: UnixDatagram, inbox: Rc<Inbox>, reactor: Rc<Reactor>, is_shared: bool) {
    let mut packet = vec![0; PACKET_BYTES_MAX].into_boxed_slice();
    while !inbox.closed.get() || (!is_shared && inbox.assembler.borrow().is_amid()) {
        if inbox.is_full() {
            inbox.space.notified().await;
            continue;
        }
        let len = tokio::select! {
            biased;
            () = inbox.closing.notified() => continue,
            len = socket.recv(&mut packet) => len,
        };
        let Ok(len) = len else { return };
        if !inbox.receive(&packet[..len]) {
            continue;
        }
        if is_shared {
            // Nobody knew before whose it would be; others count the large ones here.
            reactor.stats.add_from_outside(Counter::TasksGiven, 1);
        }
        reactor.wake();
    }
}

/// Writes what waits, and ends when nothing does.
async fn drain(outbox: Rc<Outbox>) {
    while outbox.is_waiting() {
        let ready = Rc::clone(&outbox.pipe).ready(Events::WRITE).await;
        let written = ready.and_then(|_| outbox.write_now());
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if shortage::caused(&error) => shortage::sit_out().await,
            // A pipe that fails has lost its readers: the server is going down.
            Err(_) => {
                outbox.waiting.borrow_mut().clear();
                outbox.waiting_bytes.set(0);
            }
        }
        outbox.tell_of_room();
    }
}

/// Commands kept for a worker that does not keep up, in bytes. Above it the sender is told.
const WAITING_BYTES_MAX: usize = 16 << 20;
/// What a worker with connections reads ahead.
const COMMANDS_MAX: usize = 256;
