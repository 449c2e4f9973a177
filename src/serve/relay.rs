//! The application of a reactor: every call becomes a record for a worker.

use super::app::{App, Choice, Hooks, LogLine, Matter, Message, Request};
use super::core::Asked;
use super::lanes::Lanes;
use super::news::{Head, News};
use super::options::ServeOptions;
use super::worker::Worker;
use crate::net::datagram::Datagram;
use crate::net::link::Pause;
use crate::protocol::framing::FramingError;
use crate::protocol::http::RequestHead;
use crate::server::command::Letter;
use crate::server::dispatcher::{Dispatcher, Subject};
use crate::server::session::{Closed, SessionId};
use crate::server::stats::Counter;

use std::borrow::Cow;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Instant;

/// Stands in for the application, which lives in the workers. The master's own thread has it too, for what happens in
/// the master.
pub(super) struct Relay<'a, A> {
    pub app: Option<&'a A>,
    /// By port.
    hooks: &'a [Hooks],
    dispatcher: Dispatcher,
    /// Set when the application has seen the start.
    begun: &'a OnceLock<()>,
}

impl<'a, A: App> Relay<'a, A> {
    pub fn new(
        app: Option<&'a A>,
        hooks: &'a [Hooks],
        options: &ServeOptions,
        begun: &'a OnceLock<()>,
    ) -> Self {
        let dispatcher = Dispatcher::new(options.dispatch, options.worker_num.max(1));
        Self { app, hooks, dispatcher, begun }
    }

    fn tell(&self, worker: &Worker, session: SessionId, news: &News<'_>) {
        let Some(lanes) = &worker.0.lanes else { return };
        let Some(to) = self.worker_for(worker, session, news) else { return };
        // Before the worker can have taken it.
        self.count_unread(worker, session, news);
        news.encode(session, worker.port_of(session), |parts| lanes.send(to, parts));
        if news.wants_answer() {
            let asked = Asked { worker: to, end: lanes.end_of_last(to), begun: false };
            worker.0.unanswered.borrow_mut().insert(session, asked);
        }
        if lanes.is_congested(to) {
            hold_back(worker, lanes, to, session);
            worker.0.review_mailbox();
        }
    }

    /// `max_queued_bytes`: reads no further from a connection of which so much waits for its worker.
    fn count_unread(&self, worker: &Worker, session: SessionId, news: &News<'_>) {
        let limit = worker.options().unread_bytes_max;
        if let (Some(limit), Some(bytes), Some(flow)) = (limit, news.data_bytes(), worker.0.shared.flow)
            && flow.told(session, bytes) > limit
            && let Some(link) = worker.0.reactor.link(session)
        {
            link.pause(Pause::Unread);
        }
    }

    /// None: nobody is to hear of it.
    fn worker_for(&self, worker: &Worker, session: SessionId, news: &News<'_>) -> Option<u16> {
        if worker.options().dispatch_by_app
            && let Some(app) = self.app
        {
            let (matter, data) = news.matter();
            match app.choose_worker(worker, session, matter, data) {
                Choice::Worker(id) => return Some(id),
                Choice::Fallback => {}
                // The end of a connection concerns more than the callback.
                Choice::Discard | Choice::Close if matter == Matter::Close => {}
                Choice::Discard => return None,
                Choice::Close => {
                    // It ends after this; what is gone already is what was wanted.
                    let _ = worker.close(session, false);
                    return None;
                }
            }
        }
        if let Some(chosen) = self.dispatcher.by_session(session) {
            return Some(chosen);
        }
        let info = worker.client_info(session)?;
        let stats = worker.stats();
        let load = |id| {
            let block = stats.worker(id);
            block.value(Counter::Busy) + block.value(Counter::Coroutines)
        };
        let subject = Subject { session, ip: info.peer.ip(), uid: info.uid };
        Some(self.dispatcher.choose(&subject, load))
    }
}

fn head<'r>(worker: &Worker, session: SessionId, head: &'r RequestHead) -> Head<'r> {
    Head { bytes: head.as_bytes(), local: worker.local_ip(session) }
}

/// Reads no further from a connection whose worker does not keep up.
fn hold_back(worker: &Worker, lanes: &Lanes, to: u16, session: SessionId) {
    let Some(link) = worker.0.reactor.link(session) else { return };
    if worker.0.mailbox.is_shut() {
        // It has come since the others were told.
        link.pause(Pause::Crowd);
    }
    if !link.is_paused(Pause::Mailbox) && lanes.await_room(to, session) {
        link.pause(Pause::Mailbox);
    }
}

impl<A: App> App for Relay<'_, A> {
    fn on_connect(&self, worker: &Worker, session: SessionId) {
        self.tell(worker, session, &News::Connect);
    }

    fn hooks(&self, port: u8) -> Hooks {
        self.hooks[usize::from(port)]
    }

    fn on_handshake(&self, worker: &Worker, session: SessionId, request: Request) {
        self.tell(worker, session, &News::Handshake(head(worker, session, &request.head)));
    }

    fn on_accepted(&self, worker: &Worker, session: SessionId, request: &Request) -> bool {
        let wanted = self.hooks(worker.port_of(session)).headers;
        if wanted {
            self.tell(worker, session, &News::Accepted(head(worker, session, &request.head)));
        }
        wanted
    }

    fn on_open(&self, worker: &Worker, session: SessionId, request: Request) {
        self.tell(worker, session, &News::Open(head(worker, session, &request.head)));
    }

    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        let Message { opcode, compressed, payload, close_code } = message;
        self.tell(worker, session, &News::Message { opcode, compressed, close_code, payload });
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        let Request { head: bytes, body, form } = request;
        let head = head(worker, session, &bytes);
        self.tell(worker, session, &News::Request { head, body: Cow::Owned(body), form });
    }

    fn package_length(
        &self,
        worker: &Worker,
        session: SessionId,
        bytes: &[u8],
    ) -> Result<Option<u64>, FramingError> {
        // Such servers have one reactor, in the thread of the application.
        self.app.map_or(Err(FramingError::Malformed), |app| app.package_length(worker, session, bytes))
    }

    fn on_packet(&self, worker: &Worker, packet: Datagram) {
        let Some(lanes) = &worker.0.lanes else { return };
        let to = self.dispatcher.choose_for_packet();
        if lanes.is_congested(to) {
            // As the kernel does with packets that nobody reads.
            return;
        }
        let port = packet.port;
        News::Packet(packet).encode(SessionId::new(0), port, |parts| lanes.send(to, parts));
    }

    fn on_receive(&self, worker: &Worker, session: SessionId, bytes: &[u8]) {
        self.tell(worker, session, &News::Receive(bytes));
    }

    fn on_buffer_full(&self, worker: &Worker, session: SessionId) {
        self.tell(worker, session, &News::BufferFull);
    }

    fn on_buffer_empty(&self, worker: &Worker, session: SessionId) {
        self.tell(worker, session, &News::BufferEmpty);
    }

    fn on_room(&self, worker: &Worker, session: SessionId) {
        worker.tell_of_room(session);
        // The master's own senders.
        if let Some(app) = self.app {
            app.on_room(worker, session);
        }
    }

    fn on_close(&self, worker: &Worker, session: SessionId, closed: &Closed) {
        let row = worker.0.reactor.link(session).map(|link| worker.0.shared.sessions.row(link.slot()));
        self.tell(worker, session, &News::Close(Cow::Borrowed(closed), row.unwrap_or_default()));
        self.on_room(worker, session);
        worker.0.unanswered.borrow_mut().remove(&session);
        worker.0.accepted.borrow_mut().remove(&session);
        self.dispatcher.forget(session);
    }

    fn on_worker_start(&self, worker: &Worker) {
        if let Some(app) = self.app {
            app.on_master(worker);
            app.on_start();
            // The manager tells what cannot be.
            let _ = worker.options().identity.assume();
            let _ = self.begun.set(());
        }
    }

    fn on_pipe_message(&self, worker: &Worker, letter: Letter) {
        if let Some(app) = self.app {
            app.on_pipe_message(worker, letter);
        }
    }

    fn on_question(&self, worker: Option<&Worker>, letter: &Letter) -> Vec<u8> {
        self.app.map_or_else(Vec::new, |app| app.on_question(worker, letter))
    }

    fn on_finish(&self, worker: &Worker, letter: Letter) {
        if let Some(app) = self.app {
            app.on_finish(worker, letter);
        }
    }

    fn on_before_shutdown(&self) {
        if let Some(app) = self.app {
            app.on_before_shutdown();
        }
    }

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        self.app.map_or(Poll::Pending, |app| app.poll_ready(context))
    }

    fn guarded(&self, worker: &Worker, round: &mut dyn FnMut()) {
        match self.app {
            Some(app) => app.guarded(worker, round),
            None => round(),
        }
    }

    fn run_ready(&self, worker: &Worker) {
        if let Some(app) = self.app {
            app.run_ready(worker);
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.app.and_then(App::next_deadline)
    }

    fn log(&self, line: LogLine<'_>) {
        self.app.map_or_else(|| line.write(), |app| app.log(line));
    }
}
