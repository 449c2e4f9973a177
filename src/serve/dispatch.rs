//! From events to the application: what each event of a batch means for its connection.

use std::rc::Rc;
use std::time::Instant;

use super::app::App;
use super::core::Core;
use super::worker::Worker;
use crate::net::intake::Batch;
use crate::net::link::{Defer, Link, Pause, Stage};
use crate::net::talk::Talk;
use crate::protocol::connection::{End, Initiator};
use crate::server::event::Event;
use crate::server::session::{CloseCause, Closed, ClosedBy, SessionId};
use crate::server::stats::Counter;

impl Worker {
    /// Works on a batch. Bytes of the batch are parsed where they are.
    pub(super) fn dispatch<A: App>(&self, app: &A, batch: &mut Batch) {
        let mut pace = Pace::new(self, batch.events.len());
        for index in 0..batch.events.len() {
            let event = batch.events[index];
            match event {
                Event::Received { session, start, end } => {
                    if let Some(link) = self.open(session) {
                        let bytes = &mut batch.arena[start as usize..end as usize];
                        self.received(&link, bytes.len(), || self.feed(app, &link, bytes, &mut pace));
                    }
                }
                Event::Placed { session, count } => {
                    if let Some(link) = self.open(session) {
                        let count = count as usize;
                        self.received(&link, count, || self.go_on_message(app, &link, count, &mut pace));
                    }
                }
                event => self.happened(app, event),
            }
            self.settle(app);
        }
        pace.finish(self);
    }

    fn open(&self, session: SessionId) -> Option<Rc<Link>> {
        self.0.reactor.link(session).filter(|link| link.stage() == Stage::Open)
    }

    /// Does what is due when bytes have arrived, and has them looked at.
    #[inline]
    fn received(&self, link: &Rc<Link>, count: usize, look: impl FnOnce()) {
        let core = &*self.0;
        core.reactor.stats.add(Counter::BytesReceived, count as u64);
        core.reactor.table.touch_received(link.slot(), core.reactor.steady_us());
        link.times.received_ms.set(core.reactor.now_ms());
        link.times.pinged_ms.set(None);
        look();
        core.count_unfinished(link);
        link.flush(&core.reactor);
    }

    /// Hands bytes to whatever is spoken on the connection, which may change on the way.
    pub(super) fn feed<A: App>(&self, app: &A, link: &Rc<Link>, mut input: &mut [u8], pace: &mut Pace) {
        while !input.is_empty() {
            if self.0.is_not_heard(link) {
                return self.0.keep_input(link, input);
            }
            let spoken = Spoken::of(&link.talk.borrow());
            match spoken {
                Spoken::Over => return,
                Spoken::Raw => return self.feed_raw(app, link, input),
                Spoken::Http => self.feed_http(app, link, &mut input, pace),
                Spoken::WebSocket => self.feed_websocket(app, link, &mut input, pace),
            }
        }
    }

    fn happened<A: App>(&self, app: &A, event: Event) {
        let session = event.session();
        if matches!(event, Event::Room(_)) {
            if let Some(link) = self.0.reactor.link(session) {
                self.0.go_on_sending(&link);
                self.0.go_on_with_requests(&link);
            }
            return self.there_is_room(app, session);
        }
        let Some(link) = self.0.reactor.link(session) else { return };
        match event {
            Event::Received { .. } | Event::Placed { .. } | Event::Room(_) => {}
            Event::Accepted(_) => self.accepted(app, &link),
            Event::Ended(_) => self.ended(&link),
            Event::Broken { .. } => {
                self.0.finish(&link, self.0.lost(&link));
                link.abandon(&self.0.reactor);
            }
            Event::Filled(_) if link.stage() == Stage::Open => app.on_buffer_full(self, session),
            Event::Drained(_) if link.stage() == Stage::Open => {
                self.0.go_on_sending(&link);
                self.0.go_on_with_requests(&link);
                app.on_buffer_empty(self, session);
                self.there_is_room(app, session);
            }
            Event::Filled(_) | Event::Drained(_) => {}
            Event::Due(_) => self.due(&link),
        }
    }

    /// Whoever waited for room for the session goes on.
    pub(super) fn there_is_room<A: App>(&self, app: &A, session: SessionId) {
        self.0.tell_file(session);
        app.on_room(self, session);
    }

    fn accepted<A: App>(&self, app: &A, link: &Rc<Link>) {
        let core = &*self.0;
        core.sessions.set(core.sessions.get() + 1);
        link.talk.replace(core.first_talk(link));
        if matches!(*link.talk.borrow(), Talk::Idle) {
            core.limit_stage(link, core.port(link).times.handshake);
        }
        core.watch(link);
        app.on_connect(self, link.id());
    }

    /// The peer has closed its side. Half-closed HTTP clients still get the response they wait for, if it comes soon:
    /// most of them are gone altogether, which looks the same.
    fn ended(&self, link: &Rc<Link>) {
        link.pause(Pause::Ended);
        if self.0.waiting.keeps_input(link.id()) {
            // It comes to this again behind what was sent before.
            return;
        }
        if link.talk.borrow().owes_response() {
            self.0.expect_by(link, self.0.port(link).times.handshake);
        } else {
            self.0.finish(link, self.0.lost(link));
        }
    }

    /// Runs what earlier calls and callbacks have left to do.
    pub(super) fn settle<A: App>(&self, app: &A) {
        loop {
            let resumed = self.0.resumed.borrow_mut().pop_front();
            if let Some((link, mut held)) = resumed {
                self.feed(app, &link, &mut held, &mut Pace::hurried());
                self.0.count_unfinished(&link);
                if link.has_ended() {
                    self.ended(&link);
                }
                continue;
            }
            let ending = self.0.endings.borrow_mut().pop_front();
            let Some((link, closed)) = ending else { return };
            app.on_close(self, link.id(), &closed);
            self.0.shared.sessions.close(link.slot());
            self.0.sessions.set(self.0.sessions.get() - 1);
            self.0.reactor.stats.add(Counter::Closed, 1);
        }
    }
}

impl Core {
    /// What the end of the stream means to the connection.
    fn lost(&self, link: &Link) -> Closed {
        match &mut *link.talk.borrow_mut() {
            Talk::WebSocket(connection) => of_end(connection.eof()),
            _ => Closed::by_peer(CloseCause::Gone),
        }
    }
}

/// How a WebSocket connection ended, in the words of a session.
pub(super) fn of_end(end: End) -> Closed {
    let (by, cause) = match end {
        End::Clean { by: Initiator::Us, .. } => (ClosedBy::Server, CloseCause::Handshake),
        End::Clean { by: Initiator::Peer, .. } => (ClosedBy::Peer, CloseCause::Handshake),
        End::Failed(error) => (ClosedBy::Server, CloseCause::Protocol(error)),
        End::Abnormal(crate::protocol::connection::Cut::AwaitingClose) => {
            (ClosedBy::Server, CloseCause::Gone)
        }
        End::Abnormal(_) => (ClosedBy::Peer, CloseCause::Gone),
    };
    Closed { by, cause, websocket: true, code: end.code(), reason: String::new() }
}

/// What is spoken, without a borrow.
#[derive(Clone, Copy)]
enum Spoken {
    Http,
    WebSocket,
    Raw,
    Over,
}

impl Spoken {
    fn of(talk: &Talk) -> Self {
        match talk {
            Talk::Idle | Talk::Http(_) => Self::Http,
            Talk::WebSocket(_) => Self::WebSocket,
            Talk::Raw(_) => Self::Raw,
            Talk::Over => Self::Over,
        }
    }
}

/// Decides whether writes may wait for the rest of a batch: only as long as callbacks are short, because a push must
/// be on the wire before a callback that blocks. The clock is read for a whole batch, and for each callback only while
/// something waits.
#[derive(Debug)]
pub(super) struct Pace {
    batch: u32,
    /// When the callbacks began that are looked at next.
    since: Option<Instant>,
    /// How many they are.
    callbacks: u32,
    calm: bool,
    deferring_since: Option<Instant>,
}

impl Pace {
    fn new(worker: &Worker, events: usize) -> Self {
        let before = worker.0.defer.get();
        // Batch 0 is the one in which nothing is ever deferred.
        let batch = before.batch.wrapping_add(1).max(1);
        let crowded = events > 1;
        Self {
            batch,
            since: crowded.then(Instant::now),
            callbacks: 0,
            calm: before.allowed,
            deferring_since: None,
        }
    }

    /// For bytes outside of a batch: nothing waits.
    fn hurried() -> Self {
        Self { batch: 0, since: None, callbacks: 0, calm: false, deferring_since: None }
    }

    /// Before a callback for a message; `more` says that bytes of the same connection follow.
    #[inline]
    pub(super) fn begin(&mut self, worker: &Worker, more: bool) {
        let allowed = self.calm && self.batch != 0;
        worker.0.defer.set(Defer { allowed, more, batch: self.batch });
        self.callbacks += 1;
        if more && self.since.is_none() {
            self.since = Some(Instant::now());
        }
    }

    /// After the callback.
    #[inline]
    pub(super) fn end(&mut self, worker: &Worker) {
        match worker.0.reactor.has_deferred() {
            true => self.flush_in_time(worker),
            false => self.deferring_since = None,
        }
    }

    #[inline(never)]
    fn flush_in_time(&mut self, worker: &Worker) {
        let now = Instant::now();
        self.look_back(now);
        let since = *self.deferring_since.get_or_insert(now);
        if !self.calm || (now - since).as_micros() > DEFER_MICROS_MAX {
            worker.0.reactor.flush_deferred();
            self.deferring_since = None;
        }
    }

    /// Whether callbacks have been short since the last look.
    fn look_back(&mut self, now: Instant) {
        if let Some(since) = self.since
            && self.callbacks > 0
        {
            self.calm = (now - since).as_micros() < CALM_MICROS * u128::from(self.callbacks);
            self.since = Some(now);
            self.callbacks = 0;
        }
    }

    /// After the batch: the next one begins with what was learnt.
    fn finish(mut self, worker: &Worker) {
        if self.since.is_some() && self.callbacks > 0 {
            self.look_back(Instant::now());
        }
        let defer = worker.0.defer.get();
        worker.0.defer.set(Defer { allowed: self.calm, ..defer });
    }
}

/// Callbacks above this are not short: the messages before them should not have waited.
const CALM_MICROS: u128 = 50;
/// The longest that a written frame may wait for company.
const DEFER_MICROS_MAX: u128 = 1_000;
