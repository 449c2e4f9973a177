//! One connection of this worker: a socket, what it owes, and where it stands in its life.
//!
//! ```text
//! Open --leave()--> Leaving --outbox empty--> Lingering --end of stream or deadline--> Gone
//!   |                                                                                   ^
//!   +-- reset(), or the peer has ended and nothing is owed -----------------------------+
//! ```
//!
//! The link's task reads into the worker's arena and writes what `send` could not. Everybody else on the thread may
//! call `send`, `leave`, `pause`; they run outside of any poll.

mod send;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

pub use send::{Defer, Full};

use super::intake::Taken;
use super::outbox::Outbox;
use super::reactor::Reactor;
use super::stream::Stream;
use super::talk::Talk;
use crate::server::session::SessionId;
use crate::server::sessions::Slot;

/// One connection. In this order on purpose: what a push looks at lies side by side, in two cache lines instead of four.
#[derive(Debug)]
#[repr(C)]
pub struct Link {
    stage: Cell<Stage>,
    writing: Cell<Writing>,
    pauses: Cell<u8>,
    /// Which listener it came from.
    pub port: u8,
    /// The batch of the last direct write; a second one in the same batch is worth deferring.
    wrote_in: Cell<u32>,
    slot: Slot,
    /// The conversation: HTTP, WebSocket or raw. Borrowed for a few lines, never across the application.
    pub talk: RefCell<Talk>,
    stream: RefCell<Option<Stream>>,
    pub times: Times,
    id: SessionId,
    outbox: RefCell<Outbox>,
    waker: RefCell<Option<Waker>>,
}

/// Moments in milliseconds of the worker's clock.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Times {
    pub sent_ms: Cell<u64>,
    /// The last whole message in either direction.
    pub message_ms: Cell<u64>,
    pub received_ms: Cell<u64>,
    /// When the present stage must be over, if it has a limit: handshake, closing handshake, lingering.
    pub stage_until_ms: Moment,
    /// A ping that nothing has followed yet.
    pub pinged_ms: Moment,
}

/// A `Cell<Option<u64>>` in half the space: ten thousand idle connections pay for every word.
#[derive(Debug)]
pub struct Moment(Cell<u64>);

impl Moment {
    pub fn get(&self) -> Option<u64> {
        (self.0.get() != NEVER).then_some(self.0.get())
    }

    pub fn set(&self, ms: Option<u64>) {
        self.0.set(ms.unwrap_or(NEVER));
    }
}

impl Default for Moment {
    fn default() -> Self {
        Self(Cell::new(NEVER))
    }
}

/// Where a link stands; see the picture above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Open,
    Leaving,
    Lingering,
    Gone,
}

/// Who writes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Writing {
    /// The outbox is empty; `send` writes at once.
    Direct,
    /// Bytes wait for the end of the batch.
    Deferred,
    /// Bytes wait for others that must go first.
    Held,
    /// The socket is full; the task writes when it has room.
    Blocked,
    /// The socket failed; bytes are dropped.
    Broken,
}

/// Why a link does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Pause {
    /// `pause()` by the application.
    Asked = 1,
    /// A response must end before the next request is looked at.
    Response = 2,
    /// The stream has ended.
    Ended = 4,
    /// The connection's worker does not keep up.
    Mailbox = 8,
    /// There is no room for long messages, and another one has the turn.
    Turn = 16,
    /// There is no room for anything.
    Crowd = 32,
    /// Enough of its bytes wait for its worker.
    Unread = 64,
    /// Enough of its callbacks wait.
    Callbacks = 128,
}

impl Link {
    /// A link that is registered with the reactor; its task must be spawned.
    pub(super) fn new(id: SessionId, slot: Slot, port: u8, stream: Stream, now_ms: u64) -> Self {
        let times = Times::default();
        for time in [&times.received_ms, &times.sent_ms, &times.message_ms] {
            time.set(now_ms);
        }
        Self {
            stage: Cell::new(Stage::Open),
            writing: Cell::new(Writing::Direct),
            pauses: Cell::new(0),
            port,
            wrote_in: Cell::new(0),
            slot,
            talk: RefCell::default(),
            stream: RefCell::new(Some(stream)),
            times,
            id,
            outbox: RefCell::default(),
            waker: RefCell::new(None),
        }
    }

    pub fn id(&self) -> SessionId {
        self.id
    }

    pub fn slot(&self) -> Slot {
        self.slot
    }

    pub fn stage(&self) -> Stage {
        self.stage.get()
    }

    /// The address the peer connected to.
    pub fn local_ip(&self) -> Option<std::net::IpAddr> {
        self.stream.borrow().as_ref()?.local_ip()
    }

    /// Bytes that wait for the peer.
    pub fn queued_bytes(&self) -> usize {
        self.outbox.borrow().len()
    }

    /// Stops reading for a reason; it goes on when every reason is gone.
    pub fn pause(&self, reason: Pause) {
        self.pauses.set(self.pauses.get() | reason as u8);
    }

    pub fn resume(&self, reactor: &Reactor, reason: Pause) {
        let before = self.pauses.get();
        self.pauses.set(before & !(reason as u8));
        if before != 0 && self.pauses.get() == 0 {
            self.wake(reactor);
        }
    }

    pub fn is_paused(&self, reason: Pause) -> bool {
        self.pauses.get() & reason as u8 != 0
    }

    pub fn has_ended(&self) -> bool {
        self.is_paused(Pause::Ended)
    }

    /// Gives the connection up after both sides have said so: what is owed is still written, and nothing is waited for.
    /// RFC 6455, 7.1.1: the server closes first, and 5.5.1 lets the peer send nothing after its Close.
    pub fn depart(&self, reactor: &Reactor) {
        self.pause(Pause::Ended);
        self.leave(reactor);
    }

    /// Gives the connection up: what is owed is still written, then the peer may close first for a while, so that no
    /// reset overtakes the last bytes.
    pub fn leave(&self, reactor: &Reactor) {
        if self.stage.get() != Stage::Open {
            return;
        }
        self.stage.set(Stage::Leaving);
        self.flush(reactor);
        let until = reactor.now_ms() + LINGER_MS;
        self.times.stage_until_ms.set(Some(until));
        self.advance_leaving();
        if self.stage.get() != Stage::Gone {
            reactor.look_at(self.id, until);
        }
        self.wake(reactor);
    }

    /// Gives the connection up with nothing more sent.
    pub fn reset(&self, reactor: &Reactor) {
        if let Some(stream) = self.stream.borrow().as_ref() {
            // If it fails the close is an orderly one; the peer learns of it either way.
            let _ = stream.reset_on_close();
        }
        self.abandon(reactor);
    }

    /// Closes the socket now, whatever is owed.
    pub fn abandon(&self, reactor: &Reactor) {
        reactor.sub_queued(self.outbox.borrow_mut().discard());
        self.writing.set(Writing::Broken);
        self.stage.set(Stage::Gone);
        self.wake(reactor);
    }

    /// Leaving becomes lingering when nothing is owed, and gone when the peer has ended too.
    fn advance_leaving(&self) {
        if self.stage.get() == Stage::Leaving
            && matches!(self.writing.get(), Writing::Direct | Writing::Broken)
        {
            self.stage.set(Stage::Lingering);
            let finished = match self.stream.borrow().as_ref() {
                Some(stream) => stream.finish_writing().is_ok(),
                None => false,
            };
            if !finished {
                self.stage.set(Stage::Gone);
            }
        }
        if self.stage.get() == Stage::Lingering && (self.has_ended() || self.writing.get() == Writing::Broken)
        {
            self.stage.set(Stage::Gone);
        }
    }

    fn wake(&self, reactor: &Reactor) {
        if let Some(waker) = self.waker.borrow().as_ref() {
            reactor.wake_later(waker.clone());
        }
    }

    fn poll(&self, reactor: &Reactor, cx: &mut Context<'_>) -> Poll<()> {
        self.remember(cx);
        self.poll_write(reactor, cx);
        self.advance_leaving();
        match self.stage.get() {
            Stage::Open => self.poll_read(reactor, cx),
            Stage::Leaving | Stage::Lingering => {
                self.poll_discard(reactor, cx);
                self.advance_leaving();
            }
            Stage::Gone => {}
        }
        if self.stage.get() == Stage::Gone { Poll::Ready(()) } else { Poll::Pending }
    }

    fn remember(&self, cx: &Context<'_>) {
        match &mut *self.waker.borrow_mut() {
            Some(old) => old.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
    }

    fn poll_read(&self, reactor: &Reactor, cx: &mut Context<'_>) {
        while self.pauses.get() == 0 {
            let mut stream = self.stream.borrow_mut();
            let Some(stream) = stream.as_mut() else { return };
            let mut intake = reactor.intake.borrow_mut();
            let mut talk = self.talk.borrow_mut();
            let taken = match talk.payload_space().filter(|_| intake.may_read_on(self.id)) {
                Some(space) => intake.read_on(self.id, stream, space, cx),
                None => intake.read(self.id, stream, cx),
            };
            match taken {
                Taken::More => {}
                Taken::Wait | Taken::Starved => return,
                Taken::Short => return reactor.short.join(cx),
                Taken::Over => self.pause(Pause::Ended),
            }
        }
    }

    /// Reads what nobody wants any more: unread bytes at close would turn the close into a reset.
    fn poll_discard(&self, reactor: &Reactor, cx: &mut Context<'_>) {
        let mut stream = self.stream.borrow_mut();
        let Some(stream) = stream.as_mut() else { return };
        if !self.has_ended() && reactor.intake.borrow_mut().discard(stream, cx) == Taken::Over {
            self.pause(Pause::Ended);
        }
    }
}

/// The future of a link.
#[derive(Debug)]
pub(super) struct LinkTask {
    pub link: Rc<Link>,
    pub reactor: Rc<Reactor>,
}

impl Future for LinkTask {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.link.poll(&self.reactor, cx)
    }
}

impl Drop for LinkTask {
    fn drop(&mut self) {
        // Runs too when the runtime goes down first: the socket must not outlive its registration.
        self.link.stream.borrow_mut().take();
        self.reactor.sub_queued(self.link.outbox.borrow_mut().discard());
        self.link.stage.set(Stage::Gone);
        self.reactor.remove_link(self.link.id);
    }
}

/// How long a peer may take to close its side after we closed ours.
pub const LINGER_MS: u64 = 2_000;
/// No clock gets there: half a billion years of milliseconds.
const NEVER: u64 = u64::MAX;
/// An idle connection costs its link, its task and tokio's record of the socket. With at most 296 bytes for this one (two
/// counters in front), glibc packs the three into 900 bytes; 48 bytes more cost 230, because the others are aligned to 128.
/// (In debug builds mio's sockets carry a check.)
#[cfg(not(debug_assertions))]
const _: () = assert!(size_of::<Link>() <= 280);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_and_its_counts_fit_the_space_between_two_tasks() {
        // The runtime aligns its two allocations for a connection to 128 bytes; up to this size a link is laid out
        // between them without beginning another 128.
        assert!(size_of::<Link>() <= 200, "{}", size_of::<Link>());
    }
}
