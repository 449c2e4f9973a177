//! A worker of `SWOOLE_PROCESS`: it hears of connections that live in the master, and sends there what it has for them.

use super::app::{App, LogLine, Message};
use super::core::Core;
use super::lanes::Lanes;
use super::news::{self, News};
use super::options::OverflowPolicy;
use super::worker::{SendFailure, Worker};
use crate::protocol::block::Block;
use crate::protocol::opcode::Opcode;
use crate::server::command::Command;
use crate::server::error::ErrorCode;
use crate::server::session::SessionId;
use crate::server::stats::Counter;

impl Core {
    /// Whether another record may be begun. A reactor serves to its end; a worker that stops leaves the rest to its
    /// successor.
    pub fn wants_news(&self) -> bool {
        let Some(lanes) = &self.lanes else { return false };
        self.stop.get().is_none()
            || self.options.is_reactor(self.id)
            || self.last_news.borrow().as_ref().is_some_and(|marks| !lanes.have_read(marks))
    }
}

impl Worker {
    /// Takes what the reactors have written.
    pub(super) fn read_news<A: App>(&self, app: &A, lanes: &Lanes) {
        let mut roomy = Vec::new();
        lanes.flush(|session| roomy.push(session));
        for session in roomy {
            self.there_is_room(app, session);
        }
        lanes.read(|_, record| {
            if !self.keep_record(record) {
                self.hear_record(app, record);
            }
            self.0.wants_news()
        });
    }

    /// Has a record looked at whose turn it is.
    pub(super) fn hear_record<A: App>(&self, app: &A, record: &mut Vec<u8>) {
        let Some((session, port, news)) = News::parse(record) else { return };
        self.0.heard_of.set(Some((session, port)));
        self.catch_up(session, &news);
        if !self.is_too_late(app, session, &news) {
            match news {
                News::Message { opcode, compressed, payload, .. } if payload.len() >= Block::LARGE => {
                    self.hear_large(app, session, opcode, compressed, record);
                }
                news => self.hear(app, session, news),
            }
        }
        self.0.heard_of.set(None);
    }

    /// Lets the reactor read on when no more than `max_queued_bytes` of the connection are left.
    fn catch_up(&self, session: SessionId, news: &News<'_>) {
        let limit = self.options().unread_bytes_max;
        if let (Some(limit), Some(bytes), Some(flow)) = (limit, news.data_bytes(), self.0.shared.flow)
            && flow.took(session, bytes, limit)
        {
            // A session that has gone needs nothing more.
            let _ = self.ask(session, &Command::ReadOn { session });
        }
    }

    /// `discard_timeout_request`: whether it is data of a connection that has gone, which nobody wants.
    fn is_too_late<A: App>(&self, app: &A, session: SessionId, news: &News<'_>) -> bool {
        let data = match news {
            News::Request { body, .. } => Some(body.len()),
            news => news.data_bytes(),
        };
        let Some(bytes) = data.filter(|_| self.options().discards_late && !self.exists(session)) else {
            return false;
        };
        let code = ErrorCode::SESSION_DISCARD_TIMEOUT_DATA.code();
        app.log(LogLine::Warning(&format!(
            "(ERRNO {code}): ignore data[{bytes} bytes] received from session#{session}"
        )));
        true
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

    /// As [`Worker::hear`], for a message that the application may take with the buffer of its record.
    fn hear_large<A: App>(
        &self,
        app: &A,
        session: SessionId,
        opcode: Opcode,
        compressed: bool,
        record: &mut Vec<u8>,
    ) {
        let stats = self.0.reactor.stats;
        stats.set(Counter::Working, session.as_u64());
        self.count_dispatch();
        let mut block = Block::of_room(std::mem::take(record));
        app.on_block(self, session, opcode, compressed, &mut block);
        *record = block.into_buffer();
        if record.capacity() == 0 {
            *record = self.0.take_block().into_buffer();
        }
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
                let existed = self.exists(session);
                let headers = self.sendable(app, app.before_handshake_response(self, session, &request));
                let was_closed = existed && !self.exists(session);
                let lines = headers.iter().flat_map(|(name, value)| [&name[..], b": ", value, b"\r\n"]);
                let lines = lines.flatten().copied().collect::<Vec<u8>>();
                // A session that has gone needs no answer.
                let _ = self.ask(session, &Command::Answer { session, headers: lines.into() });
                // A peer may begin to leave at any time; only the application can have refused it.
                if !was_closed {
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
                app.on_packet(self, packet);
            }
            News::BufferFull => app.on_buffer_full(self, session),
            News::BufferEmpty => app.on_buffer_empty(self, session),
            News::Room => self.there_is_room(app, session),
            News::Close(closed, row) => {
                self.0.owed.borrow_mut().remove(&session);
                self.0.departed.set(Some(row));
                app.on_close(self, session, &closed);
                self.0.departed.set(None);
            }
        }
    }

    /// Sends a frame or bytes to the owner of a session, unless too much waits for it already. False when the policy
    /// for that is to drop it.
    pub(super) fn deliver(
        &self,
        owner: u16,
        session: SessionId,
        command: &Command<'_>,
    ) -> Result<bool, SendFailure> {
        let Some(flow) = self.0.shared.flow else { return self.command(owner, command).map(|()| true) };
        let (waiting, bytes) = (flow.waiting(session), command.tail().len());
        let options = self.options();
        if bytes > options.send_bytes_max {
            return Err(SendFailure::TooLong);
        }
        // What is said about a connection always goes; only what is said to it may be too much.
        if self.lane_to(owner).is_some_and(|(lanes, lane)| lanes.is_congested(lane)) {
            return Err(SendFailure::Full);
        }
        let is_full = waiting.saturating_add(bytes) > self.port(session).outbox.connection_bytes_max
            || self.stats().block(owner).value(Counter::BytesQueued) >= options.outbox_bytes_max as u64;
        if waiting > 0 && is_full {
            return match options.overflow {
                OverflowPolicy::Drop if matches!(command, Command::Push { .. }) => Ok(false),
                OverflowPolicy::Fail | OverflowPolicy::Drop => Err(SendFailure::Full),
                OverflowPolicy::Close => {
                    self.close(session, true)?;
                    Err(SendFailure::TooSlow)
                }
            };
        }
        self.command(owner, command)?;
        flow.sent(session, bytes);
        Ok(true)
    }

    /// Asks the reactor of a session for something.
    fn ask(&self, session: SessionId, command: &Command<'_>) -> Option<()> {
        let reactor = self.0.shared.sessions.worker_of(session)?;
        self.command(reactor, command).ok()
    }

    /// Tells the reactors that this worker has begun, and where.
    pub(super) fn greet_reactors(&self) {
        let Some(lanes) = self.0.lanes.as_ref().filter(|_| !self.is_reactor()) else { return };
        for (lane, read) in (0..).zip(lanes.read_so_far()) {
            let hello = Command::Hello { read };
            lanes.send(lane, &[hello.head().bytes()]);
        }
    }
}
