//! How long connections may stand still: what comes due when, and what to do about it.
//!
//! Links note when bytes and messages pass; nothing here costs anything per message. A hint in the reactor's
//! deadlines makes the loop look at a connection; what is due is computed then.

use std::rc::Rc;
use std::time::Duration;

use super::core::Core;
use super::options::TimeLimits;
use super::worker::Worker;
use crate::net::link::{Defer, Link, Stage};
use crate::net::parcel::Parcel;
use crate::net::talk::Talk;
use crate::protocol::close::CloseReason;
use crate::server::session::{CloseCause, Closed};

/// What the clocks of a connection say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing can be due before this time.
    Wait(u64),
    /// Nothing will ever be due.
    Never,
    Ping,
    /// Too long without a byte.
    Silent,
    /// Too long without a message.
    Quiet,
}

/// The clocks of a connection, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Clocks {
    received: u64,
    sent: u64,
    message: u64,
    pinged: Option<u64>,
    websocket: bool,
    /// Exempt from the heartbeat.
    protected: bool,
}

impl Clocks {
    fn verdict(&self, limits: &TimeLimits, now: u64) -> Verdict {
        let mut next = None;
        let mut passed_by_round = |since: u64, limit: Option<Duration>, round: Option<Duration>| {
            let Some(limit) = limit else { return false };
            let round = round.map_or(1, |round| round.as_millis().max(1) as u64);
            let until = (since + limit.as_millis() as u64).next_multiple_of(round);
            next = Some(next.map_or(until, |next: u64| next.min(until)));
            until <= now
        };
        if passed_by_round(self.received, limits.heartbeat, limits.heartbeat_check) && !self.protected {
            return Verdict::Silent;
        }
        let mut passed = |since, limit| passed_by_round(since, limit, None);
        if passed(self.received.max(self.sent), limits.idle) {
            return Verdict::Silent;
        }
        if self.websocket {
            if passed(self.message, limits.quiet) {
                return Verdict::Quiet;
            }
            match self.pinged {
                Some(pinged) if passed(pinged, limits.pong) => return Verdict::Silent,
                // By the time of the next ping this one is mostly answered.
                Some(_) => _ = passed(now, limits.ping),
                None if passed(self.received, limits.ping) => return Verdict::Ping,
                None => {}
            }
        }
        match next {
            // A protected connection's heartbeat has passed and stays passed.
            Some(next) if next <= now => Verdict::Wait(now + RETRY_MS),
            Some(next) => Verdict::Wait(next),
            None => Verdict::Never,
        }
    }
}

impl Core {
    /// Ends the connection unless its present stage is over by then.
    pub fn expect_by(&self, link: &Link, limit: Option<Duration>) {
        self.limit_stage(link, limit);
        if let Some(until) = link.times.stage_until_ms.get() {
            self.reactor.look_at(link.id(), until);
        }
    }

    /// As [`Core::expect_by`], for a link that is watched next.
    pub fn limit_stage(&self, link: &Link, limit: Option<Duration>) {
        let until = limit.map(|limit| self.reactor.now_ms() + limit.as_millis() as u64);
        link.times.stage_until_ms.set(until);
    }

    /// Looks at the connection again when something may be due. Call it once when the connection opens and once when it
    /// becomes WebSocket.
    pub fn watch(&self, link: &Link) {
        let stage = link.times.stage_until_ms.get();
        let idle = match self.clocks(link).verdict(&self.port(link).times, self.reactor.now_ms()) {
            Verdict::Wait(at) => Some(at),
            _ => None,
        };
        if let Some(at) = stage.into_iter().chain(idle).min() {
            self.reactor.look_at(link.id(), at);
        }
    }

    fn clocks(&self, link: &Link) -> Clocks {
        Clocks {
            received: link.times.received_ms.get(),
            sent: link.times.sent_ms.get(),
            message: link.times.message_ms.get(),
            pinged: link.times.pinged_ms.get(),
            websocket: matches!(*link.talk.borrow(), Talk::WebSocket(_)),
            protected: self.shared.sessions.info(link.id()).is_some_and(|info| info.protected),
        }
    }

    /// Starts the closing handshake of a WebSocket connection that has been idle for too long.
    fn say_idle(&self, link: &Rc<Link>) {
        if let Ok(reason) = CloseReason::new(GOING_AWAY, "idle") {
            // Refused means that a Close is under way already, or that this is not WebSocket.
            let _ = self.begin_close(link, &reason);
        }
    }

    fn ping(&self, link: &Rc<Link>) {
        link.times.pinged_ms.set(Some(self.reactor.now_ms()));
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return };
        let (result, out) = self.with_connection(|io| connection.ping(b"", io));
        if result.is_ok() {
            // A full outbox is a connection that needs no ping to show that it is slow.
            let _ = link.send(&self.reactor, &out, Parcel::EMPTY, Defer::default());
        }
    }
}

impl Worker {
    /// Something of the connection may be due.
    pub(super) fn due(&self, link: &Rc<Link>) {
        let core = &*self.0;
        let now = core.reactor.now_ms();
        if core.wastes_turn(link) {
            return core.turn_away(link);
        }
        if core.is_held_back(link) {
            return core.reactor.look_at(link.id(), now + RETRY_MS);
        }
        let until = link.times.stage_until_ms.get();
        if until.is_some_and(|until| until <= now) {
            return match link.stage() {
                Stage::Open => self.stage_overdue(link),
                Stage::Leaving | Stage::Lingering | Stage::Gone => link.abandon(&core.reactor),
            };
        }
        if link.stage() != Stage::Open {
            return core.watch(link);
        }
        match core.clocks(link).verdict(&core.port(link).times, now) {
            Verdict::Never | Verdict::Wait(_) => {}
            Verdict::Ping => core.ping(link),
            Verdict::Silent => {
                // It may hear us although we do not hear it; nobody waits for its answer.
                core.say_idle(link);
                return core.finish(link, Closed::by_peer(CloseCause::Idle));
            }
            Verdict::Quiet => return core.say_idle(link),
        }
        core.watch(link);
    }

    /// The handshake, the body or the answer to a Close did not come in time.
    fn stage_overdue(&self, link: &Rc<Link>) {
        let (is_closing, has_ended) = (matches!(*link.talk.borrow(), Talk::WebSocket(_)), link.has_ended());
        if has_ended && !is_closing {
            return self.0.finish(link, Closed::by_peer(CloseCause::Gone));
        }
        if matches!(*link.talk.borrow(), Talk::Http(_)) {
            // RFC 9110, 15.5.9: "The 408 (Request Timeout) status code indicates that the server did not receive a
            // complete request message within the time that it was prepared to wait."
            let _ = link.send(&self.0.reactor, TIMEOUT, Parcel::EMPTY, Defer::default());
        }
        let cause = if is_closing { CloseCause::Gone } else { CloseCause::HandshakeTimeout };
        self.0.finish(link, Closed::by_server(cause));
    }
}

/// RFC 6455, 7.4.1.
const GOING_AWAY: u16 = 1001;
const TIMEOUT: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";
/// How soon to look again at a connection whose time has passed and does not count: it is protected, or not read.
const RETRY_MS: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: Clocks =
        Clocks { received: 1000, sent: 1000, message: 1000, pinged: None, websocket: true, protected: false };

    fn secs(secs: u64) -> Option<Duration> {
        Some(Duration::from_secs(secs))
    }

    #[test]
    fn without_limits_nothing_is_ever_due() {
        assert_eq!(FRESH.verdict(&TimeLimits::default(), u64::MAX), Verdict::Never);
    }

    #[test]
    fn a_heartbeat_looks_at_received_bytes_only() {
        let limits = TimeLimits { heartbeat: secs(2), ..TimeLimits::default() };
        let sending = Clocks { sent: 2900, ..FRESH };
        assert_eq!(sending.verdict(&limits, 2999), Verdict::Wait(3000));
        assert_eq!(sending.verdict(&limits, 3000), Verdict::Silent);
        let protected = Clocks { protected: true, ..FRESH };
        assert_eq!(protected.verdict(&limits, 3000), Verdict::Wait(3000 + RETRY_MS));
    }

    #[test]
    fn a_heartbeat_with_rounds_waits_for_the_next_one() {
        let limits = TimeLimits {
            heartbeat: secs(2),
            heartbeat_check: secs(5),
            idle: secs(60),
            ..TimeLimits::default()
        };
        assert_eq!(FRESH.verdict(&limits, 4999), Verdict::Wait(5000));
        assert_eq!(FRESH.verdict(&limits, 5000), Verdict::Silent);
    }

    #[test]
    fn an_idle_limit_looks_at_both_directions() {
        let limits = TimeLimits { idle: secs(2), ..TimeLimits::default() };
        let sending = Clocks { sent: 2900, ..FRESH };
        assert_eq!(sending.verdict(&limits, 3000), Verdict::Wait(4900));
        assert_eq!(sending.verdict(&limits, 4900), Verdict::Silent);
    }

    #[test]
    fn a_quiet_connection_is_not_saved_by_pongs() {
        let limits = TimeLimits { quiet: secs(2), ping: secs(1), ..TimeLimits::default() };
        let answering = Clocks { received: 2900, ..FRESH };
        assert_eq!(answering.verdict(&limits, 3000), Verdict::Quiet);
    }

    #[test]
    fn silence_is_pinged_and_an_unanswered_ping_ends_it() {
        let limits = TimeLimits { ping: secs(1), pong: secs(3), ..TimeLimits::default() };
        assert_eq!(FRESH.verdict(&limits, 1999), Verdict::Wait(2000));
        assert_eq!(FRESH.verdict(&limits, 2000), Verdict::Ping);
        let pinged = Clocks { pinged: Some(2000), ..FRESH };
        assert_eq!(pinged.verdict(&limits, 2000), Verdict::Wait(3000));
        assert_eq!(pinged.verdict(&limits, 4999), Verdict::Wait(5000));
        assert_eq!(pinged.verdict(&limits, 5000), Verdict::Silent);
        let answered = Clocks { received: 2100, pinged: None, ..pinged };
        assert_eq!(answered.verdict(&limits, 2200), Verdict::Wait(3100));
    }

    #[test]
    fn http_is_neither_pinged_nor_quiet() {
        let limits = TimeLimits { ping: secs(1), quiet: secs(1), ..TimeLimits::default() };
        assert_eq!(Clocks { websocket: false, ..FRESH }.verdict(&limits, 99_999), Verdict::Never);
    }
}
