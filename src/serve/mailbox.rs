//! What this process has received and PHP has not seen, within `mailbox_limit`: messages and requests of which a part is
//! still to come, and what waits for workers that do not keep up.
//!
//! | over | what happens |
//! |---|---|
//! | the limit | long unfinished messages are read on one after the other: each gets its turn, and loses the connection if it makes nothing of it |
//! | twice the limit, unfinished | whoever adds to it is turned away |
//! | twice the limit, waiting for workers | nobody is read |
//!
//! Short messages get through in the first two cases: whoever fills the memory does not stop the others.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};
use std::rc::Rc;
use std::time::Duration;

use super::core::Core;
use super::lanes::Lanes;
use crate::net::link::{Defer, Link, Pause, Stage};
use crate::net::parcel::Parcel;
use crate::net::talk::Talk;
use crate::protocol::close::CloseReason;
use crate::server::session::{CloseCause, Closed, SessionId};
use crate::server::stats::Counter;

/// The books.
#[derive(Debug)]
pub(super) struct Mailbox {
    bytes_max: usize,
    /// Bytes of unfinished messages, by connection.
    unfinished: RefCell<HashMap<SessionId, usize>>,
    /// The connections with many.
    long: RefCell<BTreeSet<SessionId>>,
    total: Cell<usize>,
    /// Long ones take turns.
    crowded: Cell<bool>,
    turn: Cell<Option<Turn>>,
    /// Nobody is read.
    shut: Cell<bool>,
}

/// Who is read on, and what it had when somebody last looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    session: SessionId,
    bytes: usize,
    since_ms: u64,
}

impl Mailbox {
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            unfinished: RefCell::default(),
            long: RefCell::default(),
            total: Cell::new(0),
            crowded: Cell::new(false),
            turn: Cell::new(None),
            shut: Cell::new(false),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.unfinished.borrow().is_empty()
    }

    fn holds(&self, session: SessionId) -> bool {
        self.unfinished.borrow().contains_key(&session)
    }

    /// Whether somebody is not read for want of room.
    pub fn is_short_of_room(&self) -> bool {
        self.crowded.get() || self.shut.get()
    }

    pub fn is_shut(&self) -> bool {
        self.shut.get()
    }

    /// Notes how much a connection holds now.
    fn set(&self, session: SessionId, bytes: usize) {
        let mut unfinished = self.unfinished.borrow_mut();
        let before = match bytes {
            0 => unfinished.remove(&session),
            _ => unfinished.insert(session, bytes),
        };
        if unfinished.is_empty() {
            unfinished.shrink_to(HOLDERS_KEPT);
        }
        self.total.set(self.total.get() + bytes - before.unwrap_or(0));
        let mut long = self.long.borrow_mut();
        match bytes > SHORT_BYTES_MAX {
            true => _ = long.insert(session),
            false => _ = long.remove(&session),
        }
    }

    fn bytes_of(&self, session: SessionId) -> usize {
        self.unfinished.borrow().get(&session).copied().unwrap_or(0)
    }

    /// Whether there is room for no unfinished message more.
    fn is_overfull(&self) -> bool {
        self.total.get() > self.bytes_max.saturating_mul(2)
    }

    fn has_turn(&self, session: SessionId) -> bool {
        self.turn.get().is_some_and(|turn| turn.session == session)
    }

    /// Whether the connection is to wait for its turn.
    fn must_wait(&self, session: SessionId) -> bool {
        self.crowded.get() && !self.has_turn(session) && self.long.borrow().contains(&session)
    }

    /// Gives the turn to the next, unless somebody has it.
    fn next_turn(&self, now_ms: u64) -> Option<SessionId> {
        let long = self.long.borrow();
        let last = self.turn.get().map(|turn| turn.session);
        if last.is_some_and(|session| long.contains(&session)) {
            return None;
        }
        let behind = last.and_then(|last| long.range((Excluded(last), Unbounded)).next());
        let next = behind.or(long.first()).copied();
        self.turn.set(next.map(|session| Turn { session, bytes: self.bytes_of(session), since_ms: now_ms }));
        next
    }
}

impl Core {
    /// Counts what has come of an unfinished message. Call it when bytes of the connection have been looked at.
    #[inline]
    pub fn count_unfinished(&self, link: &Rc<Link>) {
        let bytes = link.talk.borrow().unfinished_bytes();
        if bytes > 0 || self.mailbox.holds(link.id()) {
            self.recount(link, bytes);
        }
    }

    #[cold]
    fn recount(&self, link: &Rc<Link>, bytes: usize) {
        let (mailbox, session) = (&self.mailbox, link.id());
        mailbox.set(session, bytes);
        if bytes > 0 && mailbox.is_overfull() && !mailbox.has_turn(session) {
            self.turn_away(link);
        }
        self.review_mailbox();
        match mailbox.must_wait(session) {
            true => link.pause(Pause::Turn),
            false => self.read_on(link, Pause::Turn),
        }
    }

    /// Reads on from a connection that was held back. Its clocks have stood still.
    pub fn read_on(&self, link: &Link, why: Pause) {
        if !link.is_paused(why) {
            return;
        }
        let now = self.reactor.now_ms();
        link.times.received_ms.set(now);
        if let Some(until) = link.times.stage_until_ms.get() {
            link.times.stage_until_ms.set(Some(until.max(now + READ_ON_MS)));
        }
        link.resume(&self.reactor, why);
    }

    /// The connection holds nothing any more.
    pub fn forget_unfinished(&self, session: SessionId) {
        if !self.mailbox.is_empty() {
            self.mailbox.set(session, 0);
            self.review_mailbox();
        }
    }

    /// Compares what there is with the limit.
    pub fn review_mailbox(&self) {
        let (mailbox, limit) = (&self.mailbox, self.mailbox.bytes_max);
        let waiting = self.lanes.as_ref().map_or(0, Lanes::waiting_bytes);
        let total = mailbox.total.get() + waiting;
        self.reactor.stats.set(Counter::BytesHeld, total as u64);
        let shut = waiting > if mailbox.shut.get() { limit } else { limit.saturating_mul(2) };
        if mailbox.shut.replace(shut) != shut {
            for link in self.reactor.all_links() {
                self.set_paused(&link, Pause::Crowd, shut);
            }
        }
        // A quarter must be free again, or they would all stop after a step.
        let crowded = total > if mailbox.crowded.get() { limit - limit / 4 } else { limit };
        if mailbox.crowded.replace(crowded) != crowded {
            mailbox.turn.set(None);
            self.reactor.set_sparing(crowded);
            for link in mailbox.long.borrow().iter().filter_map(|session| self.reactor.link(*session)) {
                self.set_paused(&link, Pause::Turn, crowded);
            }
        }
        // What waits for workers makes room by itself.
        if crowded && waiting == 0 {
            self.give_turn();
        }
    }

    fn give_turn(&self) {
        let now = self.reactor.now_ms();
        let next = self.mailbox.next_turn(now).and_then(|session| self.reactor.link(session));
        if let Some(link) = next {
            self.read_on(&link, Pause::Turn);
            self.reactor.look_at(link.id(), now + self.turn_ms(&link));
        }
    }

    /// Whether the connection has the turn, others wait for it, and it makes nothing of it.
    pub fn wastes_turn(&self, link: &Link) -> bool {
        let (mailbox, now) = (&self.mailbox, self.reactor.now_ms());
        let has_turn = mailbox.has_turn(link.id()) && mailbox.long.borrow().contains(&link.id());
        let Some(turn) = mailbox.turn.get().filter(|_| has_turn) else { return false };
        let span = self.turn_ms(link);
        if now < turn.since_ms + span {
            return false;
        }
        let bytes = mailbox.bytes_of(turn.session);
        let stands_still = bytes < turn.bytes + TURN_BYTES_MIN && !link.is_paused(Pause::Asked);
        mailbox.turn.set(Some(Turn { bytes, since_ms: now, ..turn }));
        self.reactor.look_at(turn.session, now + span);
        stands_still && mailbox.long.borrow().len() > 1
    }

    /// Whether bytes may wait in the socket because there is no room for them here: then silence says nothing.
    pub fn is_held_back(&self, link: &Link) -> bool {
        link.stage() == Stage::Open
            && [Pause::Mailbox, Pause::Turn, Pause::Crowd, Pause::Unread, Pause::Callbacks]
                .iter()
                .any(|why| link.is_paused(*why))
    }

    /// Closes a connection whose unfinished message there is no room for.
    pub fn turn_away(&self, link: &Rc<Link>) {
        let is_http = matches!(*link.talk.borrow(), Talk::Http(_));
        if is_http {
            // A full outbox changes nothing about the end.
            let _ = link.send(&self.reactor, BUSY, Parcel::EMPTY, Defer::default());
        } else if let Ok(reason) = CloseReason::new(TRY_AGAIN_LATER, "no room") {
            // Refused means that a Close is under way already, or that this is not WebSocket.
            let _ = self.begin_close(link, &reason);
        }
        self.finish(link, Closed::by_server(CloseCause::Closed));
    }

    fn turn_ms(&self, link: &Link) -> u64 {
        self.port(link).times.handshake.unwrap_or(TURN).as_millis() as u64
    }

    fn set_paused(&self, link: &Link, why: Pause, paused: bool) {
        match paused {
            true => link.pause(why),
            false => self.read_on(link, why),
        }
    }
}

/// Up to here an unfinished message does not wait for a turn.
const SHORT_BYTES_MAX: usize = 16 * 1024;
/// Whoever has the turn must bring so much in the time that a body may stand still ...
const TURN_BYTES_MIN: usize = 64 * 1024;
/// ... or in this, where that is for ever.
const TURN: Duration = Duration::from_secs(30);
/// What a deadline leaves at least to a connection that is read again.
const READ_ON_MS: u64 = 2_000;
/// Capacity kept after a crowd.
const HOLDERS_KEPT: usize = 64;
/// "Try Again Later", of the registry of close codes.
const TRY_AGAIN_LATER: u16 = 1013;
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: usize = SHORT_BYTES_MAX + 1;

    fn mailbox(holders: &[(u64, usize)]) -> Mailbox {
        let mailbox = Mailbox::new(100_000);
        for (session, bytes) in holders {
            mailbox.set(SessionId::new(*session), *bytes);
        }
        mailbox
    }

    #[test]
    fn the_total_follows_every_change() {
        let mailbox = mailbox(&[(1, 10), (2, 20), (1, 15), (2, 0)]);
        assert_eq!(mailbox.total.get(), 15);
        mailbox.set(SessionId::new(1), 0);
        assert!(mailbox.is_empty() && mailbox.total.get() == 0);
    }

    #[test]
    fn the_turn_goes_round_among_the_long_ones() {
        let mailbox = mailbox(&[(1, LONG), (2, 10), (3, LONG), (5, LONG)]);
        let turn = |session| Some(SessionId::new(session));
        assert_eq!(mailbox.next_turn(0), turn(1));
        assert_eq!(mailbox.next_turn(0), None);
        mailbox.set(SessionId::new(1), 0);
        assert_eq!(mailbox.next_turn(0), turn(3));
        mailbox.set(SessionId::new(1), LONG);
        mailbox.set(SessionId::new(3), 0);
        assert_eq!(mailbox.next_turn(0), turn(5));
        mailbox.set(SessionId::new(5), 0);
        assert_eq!(mailbox.next_turn(0), turn(1));
    }

    #[test]
    fn only_long_ones_wait_and_only_in_a_crowd() {
        let mailbox = mailbox(&[(1, LONG), (2, 10), (3, LONG)]);
        assert!(!mailbox.must_wait(SessionId::new(1)));
        mailbox.crowded.set(true);
        mailbox.next_turn(0);
        let waits: Vec<_> = (1..=3).filter(|session| mailbox.must_wait(SessionId::new(*session))).collect();
        assert_eq!(waits, [3]);
    }
}
