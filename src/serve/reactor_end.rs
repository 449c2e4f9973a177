//! A reactor of `SWOOLE_PROCESS`: it does what workers ask for its connections, and answers where they cannot.

use super::app::App;
use super::core::Asked;
use super::lanes::Lanes;
use super::news::News;
use super::worker::Worker;
use crate::net::link::Pause;
use crate::server::command::Command;
use crate::server::session::{CloseCause, Closed, SessionId};

impl Worker {
    /// Takes what has arrived on the lanes, if there are any.
    pub(super) fn read_lanes<A: App>(&self, app: &A) {
        match &self.0.lanes {
            Some(lanes) if self.is_reactor() => {
                self.read_orders(app, lanes);
                if let Some(office) = &self.0.office {
                    self.read_news(app, office);
                }
            }
            Some(lanes) => self.read_news(app, lanes),
            None => {}
        }
    }

    /// Takes what the workers have written.
    fn read_orders<A: App>(&self, app: &A, lanes: &Lanes) {
        let was_sending = lanes.is_sending();
        lanes.flush(|session| self.resume_mail(session));
        if was_sending || self.0.mailbox.is_short_of_room() {
            self.0.review_mailbox();
        }
        lanes.read(|from, record| {
            if let Some(command) = Command::parse(record) {
                self.serve_worker(app, from, command);
                self.settle(app);
            }
            true
        });
    }

    /// Does what a worker has asked for.
    fn serve_worker<A: App>(&self, app: &A, from: u16, command: Command<'_>) {
        match command {
            Command::Answer { session, headers } => {
                self.0.unanswered.borrow_mut().remove(&session);
                self.answer_handshake(session, &headers);
            }
            Command::Hello { read } => self.fail_unanswered(from, read),
            Command::ReadOn { session } => {
                if let Some(link) = self.0.reactor.link(session) {
                    self.0.read_on(&link, Pause::Unread);
                }
            }
            Command::Hold { session, held } => {
                if let Some(link) = self.0.reactor.link(session) {
                    match held {
                        true => link.pause(Pause::Callbacks),
                        false => self.0.hear_link_again(&link, Pause::Callbacks),
                    }
                }
            }
            Command::AwaitRoom { session } => {
                let waits = self.0.reactor.link(session).is_some_and(|link| link.await_room());
                self.0.awaiting.borrow_mut().push((session, from));
                if !waits {
                    self.tell_of_room(session);
                }
            }
            command => self.obey_worker(app, command),
        }
    }

    /// Answers what predecessors of a worker have begun to work on and will never answer.
    fn fail_unanswered(&self, worker: u16, read: u64) {
        let lost = |asked: &Asked| asked.worker == worker && asked.end <= read;
        let sessions: Vec<_> = self.0.unanswered.borrow_mut().extract_if(|_, asked| lost(asked)).collect();
        for (session, asked) in sessions {
            let Some(link) = self.0.reactor.link(session) else { continue };
            let accepted = self.0.accepted.borrow_mut().remove(&session).is_some();
            match asked.begun || accepted {
                // Half an answer must not look like a whole one.
                true => self.0.cut_off(&link, Closed::by_server(CloseCause::Closed)),
                false => self.0.fail_request(&link),
            }
        }
    }

    /// As commands between workers, but there must be room: it has been promised to the application.
    fn obey_worker<A: App>(&self, app: &A, command: Command<'_>) {
        let (carried, session) = match &command {
            Command::Push { session, payload: bytes, .. } | Command::Send { session, bytes } => {
                (Some(bytes.len()), *session)
            }
            _ => (None, SessionId::new(0)),
        };
        match &command {
            Command::EndResponse { session, .. } | Command::Upgrade { session, .. } => {
                self.0.unanswered.borrow_mut().remove(session);
            }
            Command::Send { session, .. } => {
                if let Some(asked) = self.0.unanswered.borrow_mut().get_mut(session) {
                    asked.begun = true;
                }
            }
            _ => {}
        }
        self.0.promised.set(carried.is_some());
        // A session that has ended meanwhile is nobody's mistake.
        let _ = self.obey_one(app, command);
        self.0.promised.set(false);
        if let (Some(bytes), Some(flow)) = (carried, self.0.shared.flow) {
            flow.arrived(session, bytes);
        }
    }

    /// Tells the workers that have asked for room in a session's outbox.
    pub(super) fn tell_of_room(&self, session: SessionId) {
        let Some(lanes) = &self.0.lanes else { return };
        self.0.awaiting.borrow_mut().retain(|(awaited, worker)| {
            if *awaited == session {
                News::Room.encode(session, self.port_of(session), |parts| lanes.send(*worker, parts));
            }
            *awaited != session
        });
    }

    /// Reads on from a connection that was held back for its worker.
    fn resume_mail(&self, session: SessionId) {
        if let Some(link) = self.0.reactor.link(session) {
            self.0.read_on(&link, Pause::Mailbox);
        }
    }
}
