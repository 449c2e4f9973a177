//! The two ends of PROCESS mode: a worker hears of connections that live in the master, and a reactor of the master
//! does what workers ask.

use super::app::{App, Message};
use super::core::{Asked, Core};
use super::news::{self, News};
use super::options::OverflowPolicy;
use super::worker::{SendFailure, Worker};
use crate::net::link::Pause;
use crate::server::command::Command;
use crate::server::session::{CloseCause, Closed, SessionId};
use crate::server::stats::Counter;

impl Core {
    /// Whether another record may be begun. A reactor serves to its end; a worker that stops leaves the rest to its
    /// successor.
    pub fn wants_news(&self) -> bool {
        let Some(lanes) = &self.lanes else { return false };
        self.stop.get().is_none()
            || self.id >= self.options.workers()
            || self.last_news.borrow().as_ref().is_some_and(|marks| !lanes.have_read(marks))
    }
}

impl Worker {
    /// Takes what has arrived on the lanes, if there are any.
    pub(super) fn read_lanes<A: App>(&self, app: &A) {
        let Some(lanes) = &self.0.lanes else { return };
        if self.is_reactor() {
            lanes.flush(|session| self.resume_mail(session));
            lanes.read(|from, record| {
                if let Some(command) = Command::parse(record) {
                    self.serve_worker(app, from, command);
                    self.settle(app);
                }
                true
            });
        } else {
            let mut roomy = Vec::new();
            lanes.flush(|session| roomy.push(session));
            roomy.into_iter().for_each(|session| app.on_room(self, session));
            lanes.read(|_, record| {
                if let Some((session, port, news)) = News::parse(record) {
                    self.0.heard_of.set(Some((session, port)));
                    self.hear(app, session, news);
                    self.0.heard_of.set(None);
                }
                self.wants_news()
            });
        }
    }

    pub(super) fn wants_news(&self) -> bool {
        self.0.wants_news()
    }

    /// Asks for [`App::on_room`] when there is room in the session's outbox, which is elsewhere.
    pub(super) fn await_outbox(&self, session: SessionId) -> bool {
        self.ask(session, &Command::AwaitRoom { session }).is_some()
    }

    /// Calls the application as the reactor would have.
    fn hear<A: App>(&self, app: &A, session: SessionId, news: News<'_>) {
        let stats = self.0.reactor.stats;
        stats.set(Counter::Working, session.as_u64());
        self.call(app, session, news);
        stats.set(Counter::Working, 0);
    }

    fn call<A: App>(&self, app: &A, session: SessionId, news: News<'_>) {
        if let News::Open(head) | News::Accepted(head) | News::Handshake(head) | News::Request { head, .. } =
            &news
        {
            self.0.local_ip.set(head.local.map(|ip| (session, ip)));
        }
        if matches!(news, News::Handshake(_) | News::Request { .. }) {
            self.0.owed.borrow_mut().insert(session);
        }
        match news {
            News::Connect => app.on_connect(self, session),
            News::Open(head) => {
                if let Some(request) = news::request(head, Vec::new(), None) {
                    app.on_open(self, session, request);
                }
            }
            News::Accepted(head) => {
                let Some(request) = news::request(head, Vec::new(), None) else { return };
                let headers = self.sendable(app, app.before_handshake_response(self, session, &request));
                let lines = headers.iter().flat_map(|(name, value)| [&name[..], b": ", value, b"\r\n"]);
                let lines = lines.flatten().copied().collect::<Vec<u8>>();
                // A session that has gone needs no answer.
                let _ = self.ask(session, &Command::Answer { session, headers: lines.into() });
                if self.exists(session) {
                    app.on_open(self, session, request);
                }
            }
            News::Handshake(head) => {
                self.count_dispatch();
                if let Some(request) = news::request(head, Vec::new(), None) {
                    app.on_handshake(self, session, request);
                }
            }
            News::Request { head, body, form } => {
                self.count_dispatch();
                if let Some(request) = news::request(head, body.into_owned(), form) {
                    app.on_request(self, session, request);
                }
            }
            News::Message { opcode, compressed, close_code, payload } => {
                self.count_dispatch();
                app.on_message(self, session, Message { opcode, compressed, payload, close_code });
            }
            News::Receive(bytes) => {
                self.count_dispatch();
                app.on_receive(self, session, bytes);
            }
            News::Packet(packet) => {
                self.count_dispatch();
                app.on_packet(self, packet.into_owned());
            }
            News::BufferFull => app.on_buffer_full(self, session),
            News::BufferEmpty => app.on_buffer_empty(self, session),
            News::Room => app.on_room(self, session),
            News::Close(closed, row) => {
                self.0.owed.borrow_mut().remove(&session);
                self.0.departed.set(Some(row));
                app.on_close(self, session, &closed);
                self.0.departed.set(None);
            }
        }
    }

    /// Sends a frame or bytes to the owner of a session, unless too much waits for it already.
    pub(super) fn deliver(
        &self,
        owner: u16,
        session: SessionId,
        command: &Command<'_>,
    ) -> Result<(), SendFailure> {
        let Some(flow) = self.0.shared.flow else { return self.command(owner, command) };
        let (waiting, bytes) = (flow.waiting(session), command.tail().len());
        let options = self.options();
        // What is said about a connection always goes; only what is said to it may be too much.
        if self.lane_to(owner).is_some_and(|(lanes, lane)| lanes.is_congested(lane)) {
            return Err(SendFailure::Full);
        }
        let is_full = waiting.saturating_add(bytes) > self.port(session).outbox.connection_bytes_max
            || self.stats().block(owner).value(Counter::BytesQueued) >= options.outbox_bytes_max as u64;
        if waiting > 0 && is_full {
            return match options.overflow {
                OverflowPolicy::Drop if matches!(command, Command::Push { .. }) => Ok(()),
                OverflowPolicy::Fail | OverflowPolicy::Drop => Err(SendFailure::Full),
                OverflowPolicy::Close => {
                    self.close(session, true)?;
                    Err(SendFailure::TooSlow)
                }
            };
        }
        self.command(owner, command)?;
        flow.sent(session, bytes);
        Ok(())
    }

    /// Asks the reactor of a session for something.
    fn ask(&self, session: SessionId, command: &Command<'_>) -> Option<()> {
        let reactor = self.0.shared.sessions.worker_of(session)?;
        self.command(reactor, command).ok()
    }

    /// Does what a worker has asked for.
    fn serve_worker<A: App>(&self, app: &A, from: u16, command: Command<'_>) {
        match command {
            Command::Answer { session, headers } => {
                self.0.unanswered.borrow_mut().remove(&session);
                self.answer_handshake(session, &headers);
            }
            Command::Hello { read } => self.fail_unanswered(from, read),
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

    /// Tells the reactors that this worker has begun, and where.
    pub(super) fn greet_reactors(&self) {
        let Some(lanes) = self.0.lanes.as_ref().filter(|_| !self.is_reactor()) else { return };
        for (lane, read) in (0..).zip(lanes.read_so_far()) {
            let hello = Command::Hello { read };
            lanes.send(lane, &[hello.head().bytes()]);
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

    /// As commands between workers, but what finds no room has been promised to the application.
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
        let done = self.obey_one(app, command);
        let Some(bytes) = carried else { return };
        if let Some(flow) = self.0.shared.flow {
            flow.arrived(session, bytes);
        }
        if done == Err(SendFailure::Full)
            && let Some(link) = self.0.reactor.link(session)
        {
            self.0.cut_off(&link, Closed::by_server(CloseCause::SlowReader));
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
            link.resume(&self.0.reactor, Pause::Mailbox);
        }
    }
}
