//! Callbacks of a connection that have begun and wait, and what the connection sends meanwhile.
//!
//! Somebody who sends and does not read leaves a callback that waits behind every message. Beyond a number of them, or of
//! bytes in their hands, the connection is not heard any further until half of them have ended: its bytes stay in the
//! socket, and what was read already is kept here, in order. So a connection costs what it may cost, and never another
//! one's coroutines or memory.
//!
//! | where | who counts | who stops reading | what is kept |
//! |---|---|---|---|
//! | `SWOOLE_BASE` | the worker | the same | the rest of what was read |
//! | `SWOOLE_PROCESS` | each worker | the reactor, when it is told | records that were under way, and the rest of what was read |

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use super::app::App;
use super::core::Core;
use super::news::News;
use super::worker::Worker;
use crate::net::link::{Link, Pause};
use crate::net::talk::Talk;
use crate::server::command::Command;
use crate::server::session::SessionId;

/// How much of one connection may wait at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingLimits {
    /// `callbacks_per_connection`
    pub callbacks: usize,
    /// `callback_bytes_per_connection`
    pub bytes: usize,
}

/// The callbacks that wait, by number and by connection.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    callbacks: RefCell<HashMap<i64, (SessionId, usize)>>,
    sessions: RefCell<HashMap<SessionId, Held>>,
    /// The callback that has ended last: one that did so before it waited is not counted.
    last_over: Cell<i64>,
    /// Sessions whose records may go on.
    heard_again: RefCell<VecDeque<SessionId>>,
}

/// What one connection has here.
#[derive(Debug, Default)]
struct Held {
    callbacks: usize,
    bytes: usize,
    /// It is not heard.
    full: bool,
    /// Bytes that were read and not looked at.
    input: Vec<u8>,
    /// Records that were taken and not begun.
    records: VecDeque<Vec<u8>>,
}

impl Held {
    fn is_over(&self, limits: WaitingLimits) -> bool {
        self.callbacks >= limits.callbacks || self.bytes >= limits.bytes
    }

    /// Half of it must have gone, or the connection would be stopped at every message.
    fn is_roomy(&self, limits: WaitingLimits) -> bool {
        self.callbacks <= limits.callbacks / 2 && self.bytes <= limits.bytes / 2
    }

    fn is_empty(&self) -> bool {
        self.callbacks == 0 && self.input.is_empty() && self.records.is_empty()
    }
}

impl Waiting {
    /// Whether bytes of the connection are kept that nobody has looked at.
    pub fn keeps_input(&self, session: SessionId) -> bool {
        self.sessions.borrow().get(&session).is_some_and(|held| !held.input.is_empty())
    }

    /// Whether records are kept that nobody has begun.
    pub fn keeps_records(&self) -> bool {
        self.sessions.borrow().values().any(|held| !held.records.is_empty())
    }

    pub fn has_heard_again(&self) -> bool {
        !self.heard_again.borrow().is_empty()
    }

    /// The connection has ended: nobody looks at the rest of its bytes.
    pub fn forget_input(&self, session: SessionId) {
        let mut sessions = self.sessions.borrow_mut();
        if let Some(held) = sessions.get_mut(&session) {
            held.input = Vec::new();
            if held.is_empty() {
                sessions.remove(&session);
            }
        }
    }

    /// Keeps a record of a connection that is not heard, or that has others before it. How many there are then.
    fn keep_record(&self, session: SessionId, record: &[u8]) -> Option<usize> {
        let mut sessions = self.sessions.borrow_mut();
        let held = sessions.get_mut(&session).filter(|held| held.full || !held.records.is_empty())?;
        held.records.push_back(record.to_vec());
        Some(held.records.len())
    }

    /// The next record of a connection that is heard again.
    fn next_record(&self, session: SessionId) -> Option<Vec<u8>> {
        let mut sessions = self.sessions.borrow_mut();
        let held = sessions.get_mut(&session).filter(|held| !held.full)?;
        let record = held.records.pop_front();
        if held.is_empty() {
            sessions.remove(&session);
        }
        record
    }
}

impl Worker {
    /// A callback of the connection, the one of this number, has begun with so many bytes in its hands and waits, unless
    /// it has ended already.
    pub fn callback_waits(&self, callback: i64, session: SessionId, bytes: usize) {
        let waiting = &self.0.waiting;
        if waiting.last_over.get() == callback {
            return;
        }
        waiting.callbacks.borrow_mut().insert(callback, (session, bytes));
        let mut sessions = waiting.sessions.borrow_mut();
        let held = sessions.entry(session).or_default();
        held.callbacks += 1;
        held.bytes += bytes;
        if !held.full && held.is_over(self.0.options.waiting) {
            held.full = true;
            drop(sessions);
            self.stop_hearing(session);
        }
    }

    /// The callback of this number has ended.
    #[inline]
    pub fn callback_is_over(&self, callback: i64) {
        let waiting = &self.0.waiting;
        waiting.last_over.set(callback);
        if !waiting.callbacks.borrow().is_empty() {
            self.count_out(callback);
        }
    }

    #[cold]
    fn count_out(&self, callback: i64) {
        let waiting = &self.0.waiting;
        let Some((session, bytes)) = waiting.callbacks.borrow_mut().remove(&callback) else { return };
        let mut sessions = waiting.sessions.borrow_mut();
        let Some(held) = sessions.get_mut(&session) else { return };
        held.callbacks -= 1;
        held.bytes -= bytes;
        if held.full && held.is_roomy(self.0.options.waiting) {
            held.full = false;
            drop(sessions);
            self.hear_again(session);
        } else if held.is_empty() {
            sessions.remove(&session);
        }
    }

    fn stop_hearing(&self, session: SessionId) {
        if self.0.lanes.is_some() {
            self.tell_reactor(session, true);
        } else if let Some(link) = self.0.reactor.link(session) {
            link.pause(Pause::Callbacks);
        }
    }

    fn hear_again(&self, session: SessionId) {
        if self.0.lanes.is_some() {
            self.0.waiting.heard_again.borrow_mut().push_back(session);
        } else if let Some(link) = self.0.reactor.link(session) {
            self.0.hear_link_again(&link, Pause::Callbacks);
        }
    }

    fn tell_reactor(&self, session: SessionId, held: bool) {
        if let Some(reactor) = self.0.shared.sessions.worker_of(session) {
            // A session that has gone sends nothing.
            let _ = self.command(reactor, &Command::Hold { session, held });
        }
    }

    /// Keeps a record of a connection that is not heard now. True when it was kept.
    pub(super) fn keep_record(&self, record: &[u8]) -> bool {
        let waiting = &self.0.waiting;
        if waiting.sessions.borrow().is_empty() {
            return false;
        }
        let Some(session) = News::callback_of(record) else { return false };
        let Some(count) = waiting.keep_record(session, record) else { return false };
        // Another worker that shares the connection may have let it be read again.
        if count.is_power_of_two() {
            self.tell_reactor(session, true);
        }
        true
    }

    /// Begins kept records of connections that are heard again.
    pub(super) fn begin_kept<A: App>(&self, app: &A) {
        let waiting = &self.0.waiting;
        let mut turns = waiting.heard_again.borrow().len();
        while turns > 0 {
            turns -= 1;
            let Some(session) = waiting.heard_again.borrow_mut().pop_front() else { return };
            while let Some(mut record) = waiting.next_record(session) {
                self.hear_record(app, &mut record);
            }
            let is_full = waiting.sessions.borrow().get(&session).is_some_and(|held| held.full);
            if !is_full {
                self.tell_reactor(session, false);
            }
        }
    }
}

impl Core {
    /// Whether what the connection sends is not looked at now: enough of its callbacks wait, or of its responses.
    #[inline]
    pub fn is_not_heard(&self, link: &Link) -> bool {
        link.is_paused(Pause::Callbacks)
            || link.is_paused(Pause::Response) && matches!(*link.talk.borrow(), Talk::Idle)
    }

    /// Keeps the rest of what a connection has sent that is not heard now.
    #[cold]
    pub fn keep_input(&self, link: &Link, input: &[u8]) {
        if input.is_empty() {
            return;
        }
        let mut sessions = self.waiting.sessions.borrow_mut();
        sessions.entry(link.id()).or_default().input.extend_from_slice(input);
    }

    /// Looks at what was kept of a connection, and reads on.
    pub fn hear_link_again(&self, link: &Rc<Link>, why: Pause) {
        let input = {
            let mut sessions = self.waiting.sessions.borrow_mut();
            let held = sessions.get_mut(&link.id());
            let input = held.map(|held| std::mem::take(&mut held.input)).unwrap_or_default();
            if sessions.get(&link.id()).is_some_and(Held::is_empty) {
                sessions.remove(&link.id());
            }
            input
        };
        self.read_on(link, why);
        if !input.is_empty() || link.has_ended() {
            self.resumed.borrow_mut().push_back((Rc::clone(link), input));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: WaitingLimits = WaitingLimits { callbacks: 4, bytes: 1000 };

    #[test]
    fn a_connection_is_over_by_number_or_by_bytes_and_roomy_by_both() {
        let held = |callbacks, bytes| Held { callbacks, bytes, ..Held::default() };
        assert!(!held(3, 999).is_over(LIMITS) && held(4, 0).is_over(LIMITS) && held(1, 1000).is_over(LIMITS));
        assert!(
            held(2, 500).is_roomy(LIMITS) && !held(3, 0).is_roomy(LIMITS) && !held(1, 501).is_roomy(LIMITS)
        );
    }

    #[test]
    fn records_stay_in_order_behind_those_that_are_kept() {
        let (waiting, session) = (Waiting::default(), SessionId::new(7));
        assert_eq!(waiting.keep_record(session, b"a"), None);
        waiting.sessions.borrow_mut().insert(session, Held { full: true, ..Held::default() });
        assert_eq!(
            (waiting.keep_record(session, b"a"), waiting.keep_record(session, b"b")),
            (Some(1), Some(2))
        );
        assert_eq!(waiting.next_record(session), None);
        waiting.sessions.borrow_mut().get_mut(&session).unwrap().full = false;
        // Heard again, but one was kept before it.
        assert_eq!(waiting.keep_record(session, b"c"), Some(3));
        let order: Vec<_> = std::iter::from_fn(|| waiting.next_record(session)).collect();
        assert_eq!(order, [b"a", b"b", b"c"]);
        assert!(waiting.sessions.borrow().is_empty());
    }

    #[test]
    fn bytes_of_a_connection_that_ended_are_forgotten() {
        let (waiting, session) = (Waiting::default(), SessionId::new(7));
        waiting.sessions.borrow_mut().insert(session, Held { input: vec![1], ..Held::default() });
        assert!(waiting.keeps_input(session));
        waiting.forget_input(session);
        assert!(!waiting.keeps_input(session) && waiting.sessions.borrow().is_empty());
    }
}
