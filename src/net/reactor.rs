//! What the tasks of one worker share: links, arena, deadlines, clock, counters. One per worker thread, behind an `Rc`.
//!
//! Nothing here calls the application, and no method keeps a borrow when it returns.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::datagram::Datagrams;
use super::deadlines::Deadlines;
use super::intake::{Batch, Intake};
use super::link::Link;
use super::links::Links;
use super::outbox::{OutboxLimits, SPARE_BYTES_MAX};
use super::shortage;
use crate::server::event::Event;
use crate::server::flow::Flow;
use crate::server::session::SessionId;
use crate::server::sessions::SessionTable;
use crate::server::stats::{Counter, WorkerStats};

/// The numbers and switches that sockets need.
#[derive(Clone, Debug)]
pub struct SocketOptions {
    pub worker: u16,
    /// By the number of the port.
    pub outbox: Vec<OutboxLimits>,
    /// Bytes queued for all connections of this worker: many slow readers together must not fill the memory.
    pub outbox_bytes_max: usize,
    /// Tells senders in other processes how much waits for each connection.
    pub flow: Option<Flow>,
    /// Where the steady clock of the server begins.
    pub began: Instant,
}

/// What the tasks of a worker share.
#[derive(Debug)]
pub struct Reactor {
    pub options: SocketOptions,
    pub table: SessionTable,
    pub stats: WorkerStats,
    pub(super) intake: RefCell<Intake>,
    /// Packets that belong to no connection.
    pub datagrams: Datagrams,
    links: RefCell<Links>,
    deadlines: RefCell<Deadlines>,
    /// Empty buffers that deferred writes borrow.
    spares: RefCell<Vec<Vec<u8>>>,
    /// Links with deferred writes.
    dirty: RefCell<Vec<Rc<Link>>>,
    /// Links that met a kernel without memory.
    pub(super) short: shortage::Queue,
    /// Tasks to wake inside the next `block_on`, where it costs no system call.
    wakes: RefCell<Vec<Waker>>,
    /// Somebody wants the loop to look around.
    rung: Cell<bool>,
    /// Bytes in all outboxes.
    queued: Cell<usize>,
    epoch: Instant,
    now_ms: Cell<u64>,
    steady_us: Cell<u64>,
    now_us: Cell<u64>,
}

impl Reactor {
    pub fn new(options: SocketOptions, table: SessionTable, stats: WorkerStats) -> Rc<Self> {
        let reactor = Self {
            options,
            table,
            stats,
            intake: RefCell::default(),
            datagrams: Datagrams::default(),
            links: RefCell::default(),
            deadlines: RefCell::default(),
            spares: RefCell::default(),
            dirty: RefCell::default(),
            short: shortage::Queue::default(),
            wakes: RefCell::default(),
            rung: Cell::new(false),
            queued: Cell::new(0),
            epoch: Instant::now(),
            now_ms: Cell::new(0),
            steady_us: Cell::new(0),
            now_us: Cell::new(0),
        };
        reactor.update_clock();
        Rc::new(reactor)
    }

    /// The connection of a session, until its task has ended.
    #[inline]
    pub fn link(&self, session: SessionId) -> Option<Rc<Link>> {
        self.links.borrow().get(self.table.place_of(session), session).cloned()
    }

    /// Shows the connection whose session has a place in the table, if it is one of this worker.
    #[inline]
    pub fn peek(&self, place: usize, look: impl FnOnce(&Link)) {
        if let Some(link) = self.links.borrow().at(place) {
            look(link);
        }
    }

    /// Every connection of this worker. A copy: the caller may close them while it walks.
    pub fn all_links(&self) -> Vec<Rc<Link>> {
        let mut links: Vec<_> = self.links.borrow().iter().cloned().collect();
        links.sort_unstable_by_key(|link| link.id());
        links
    }

    /// Connections whose sockets are not closed yet.
    pub fn link_count(&self) -> usize {
        self.links.borrow().len()
    }

    pub(super) fn add_link(&self, link: Rc<Link>) {
        let place = self.table.place_of(link.id());
        self.links.borrow_mut().insert(place, link);
    }

    pub(super) fn remove_link(&self, session: SessionId) {
        let mut links = self.links.borrow_mut();
        links.remove(self.table.place_of(session), session);
        if links.is_empty() {
            // A stopping worker waits for this.
            drop(links);
            self.ring();
        }
    }

    /// Ready when there is a batch to take. Polled by the loop inside the runtime.
    pub fn poll_events(&self, cx: &mut Context<'_>) -> Poll<()> {
        let events = self.intake.borrow_mut().poll_events(cx);
        if self.rung.get() { Poll::Ready(()) } else { events }
    }

    /// Wakes the loop without an event, to hear signals.
    pub fn ring(&self) {
        self.rung.set(true);
        self.wake();
    }

    /// Makes the loop look whether there is something to do.
    pub fn wake(&self) {
        self.intake.borrow_mut().wake_loop();
    }

    /// Whether [`Reactor::ring`] was called since the last time.
    pub fn was_rung(&self) -> bool {
        self.rung.take()
    }

    pub fn take_batch(&self, batch: &mut Batch) {
        self.intake.borrow_mut().take(batch);
    }

    pub fn restore_batch(&self, batch: &mut Batch) {
        self.intake.borrow_mut().restore(batch);
    }

    /// Whether memory is short: little is read at a time then.
    pub fn set_sparing(&self, sparing: bool) {
        self.intake.borrow_mut().set_sparing(sparing);
    }

    /// Queues an event that did not come from a socket.
    pub fn push_event(&self, event: Event) {
        self.intake.borrow_mut().push(event);
    }

    /// Lets a task run in the next `block_on`. Only for callers outside of a poll.
    pub(super) fn wake_later(&self, waker: Waker) {
        self.wakes.borrow_mut().push(waker);
    }

    /// Wakes what was left to be woken. Called inside the `LocalSet`, where it costs no system call.
    pub fn run_wakes(&self) {
        self.intake.borrow_mut().wake_starved();
        let mut wakes = self.wakes.borrow_mut();
        for waker in wakes.drain(..) {
            waker.wake();
        }
        wakes.shrink_to(WAKES_KEPT);
    }

    /// Milliseconds since the worker began, as of the last [`Reactor::update_clock`].
    #[inline]
    pub fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    /// Microseconds since the server began: the same clock in all its processes, and it never jumps.
    #[inline]
    pub fn steady_us(&self) -> u64 {
        self.steady_us.get()
    }

    /// Microseconds since 1970, as of the last [`Reactor::update_clock`].
    #[inline]
    pub fn now_us(&self) -> u64 {
        self.now_us.get()
    }

    /// Seconds since 1970.
    pub fn now_secs(&self) -> u64 {
        self.now_us() / 1_000_000
    }

    /// Reads the clocks. The loop does so once per batch.
    pub fn update_clock(&self) -> Instant {
        let now = Instant::now();
        self.now_ms.set(now.duration_since(self.epoch).as_millis() as u64);
        self.steady_us.set(now.duration_since(self.options.began).as_micros() as u64);
        self.now_us.set(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_micros() as u64));
        now
    }

    /// The moment that [`Reactor::now_ms`] will be `at_ms`.
    pub fn instant(&self, at_ms: u64) -> Instant {
        self.epoch + Duration::from_millis(at_ms)
    }

    /// Looks at the session again at `at_ms`: it gets an [`Event::Due`].
    pub fn look_at(&self, session: SessionId, at_ms: u64) {
        let links = self.links.borrow();
        let lives = |session| links.get(self.table.place_of(session), session).is_some();
        self.deadlines.borrow_mut().enter(session, at_ms, lives);
    }

    /// When the loop must wake up on its own.
    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.deadlines.borrow().next_ms()
    }

    /// Queues [`Event::Due`] for every session whose time has come.
    pub fn fire_deadlines(&self) {
        let now = self.now_ms();
        loop {
            let due = self.deadlines.borrow_mut().pop(now);
            let Some(session) = due else { return };
            self.push_event(Event::Due(session));
        }
    }

    /// Writes everything that was deferred.
    pub fn flush_deferred(self: &Rc<Self>) {
        loop {
            let link = self.dirty.borrow_mut().pop();
            let Some(link) = link else { return };
            link.flush(self);
        }
    }

    pub fn has_deferred(&self) -> bool {
        !self.dirty.borrow().is_empty()
    }

    pub(super) fn defer(&self, link: Rc<Link>) {
        self.dirty.borrow_mut().push(link);
    }

    /// Bytes that wait in all outboxes.
    pub fn queued_bytes(&self) -> usize {
        self.queued.get()
    }

    /// Whether a message for a link whose outbox is empty may wait, however large it is: else it could never be sent, or
    /// would have to be cut off in the middle. So all outboxes together exceed their limit by one message at most.
    pub(super) fn may_queue_any(&self) -> bool {
        self.queued.get() < self.options.outbox_bytes_max
    }

    pub(super) fn add_queued(&self, bytes: usize) {
        self.queued.set(self.queued.get() + bytes);
        self.stats.set(Counter::BytesQueued, self.queued.get() as u64);
    }

    pub(super) fn sub_queued(&self, bytes: usize) {
        self.queued.set(self.queued.get().saturating_sub(bytes));
        self.stats.set(Counter::BytesQueued, self.queued.get() as u64);
    }

    /// Tells senders in other processes what an outbox holds.
    #[inline]
    pub(super) fn tell_queued(&self, link: &Link) {
        if let Some(flow) = self.options.flow {
            flow.set_queued(link.id(), link.queued_bytes());
        }
    }

    pub(super) fn take_spare(&self) -> Option<Vec<u8>> {
        self.spares.borrow_mut().pop()
    }

    pub(super) fn give_spare(&self, spare: Vec<u8>) {
        let mut spares = self.spares.borrow_mut();
        if spares.len() < SPARES_MAX && spare.capacity() <= SPARE_BYTES_MAX {
            spares.push(spare);
        }
    }
}

/// Capacity that survives a burst.
const WAKES_KEPT: usize = 1024;
/// Spare buffers: as many connections as a batch can have with deferred writes, within reason.
const SPARES_MAX: usize = 32;
