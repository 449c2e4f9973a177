//! The handle of a running worker: everything that an application may ask of it, from inside a callback or between
//! two. Cheap to clone; lives on its thread.
//!
//! No method calls the application, and none keeps a borrow when it returns: what follows from a call (`on_close`, the
//! next request) happens after the running callback has ended or suspended.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use tokio::task::{JoinHandle, LocalSet};

use super::options::{OverflowPolicy, PortOptions, Protocol, ServeOptions};
use crate::net::link::{Defer, Link, Pause, SendError, Stage};
use crate::net::reactor::Reactor;
use crate::net::talk::{Exchange, Step, Talk};
use crate::process::shared::Shared;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::{Connection, Io, SendFlags, SendRefused};
use crate::protocol::deflate::{Deflate, DeflatePool};
use crate::protocol::extension::DeflateParams;
use crate::protocol::mask::MaskKeys;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;
use crate::server::lifecycle::{Life, Lifecycle};
use crate::server::session::{ClientInfo, CloseCause, Closed, ClosedBy, SessionId, WebSocketStatus};
use crate::server::stats::{Counter, Stats};

/// A running worker.
#[derive(Clone)]
pub struct Worker(pub(super) Rc<Core>);

pub(super) struct Core {
    pub id: u16,
    pub options: ServeOptions,
    pub shared: Shared,
    pub reactor: Rc<Reactor>,
    pub tasks: LocalSet,
    pub life: Life,
    pub stop: Cell<Option<Stop>>,
    /// Frames are encoded here before they are written.
    scratch: RefCell<Vec<u8>>,
    pool: RefCell<DeflatePool>,
    keys: RefCell<MaskKeys>,
    pub defer: Cell<Defer>,
    /// Connections whose `on_close` is due.
    pub endings: RefCell<VecDeque<(Rc<Link>, Closed)>>,
    /// Connections whose response has ended and that hold bytes of a next request.
    pub resumed: RefCell<VecDeque<(Rc<Link>, Vec<u8>)>>,
    /// Sessions whose `on_close` has not run yet.
    pub sessions: Cell<usize>,
}

/// Why a worker stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The server ends: Close 1001.
    Shutdown,
    /// A successor takes over: Close 1012.
    Reload,
    /// The application cannot go on (`exit()`, a fatal error): Close 1001, but it is not called any more.
    Abort,
}

/// Why bytes could not be sent. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendFailure {
    /// No such session, or it is being closed.
    NotFound,
    /// The session does not speak WebSocket.
    NotWebSocket,
    /// The frame would break the protocol.
    Refused(SendRefused),
    /// The outbox is full: wait with [`Worker::await_room`], or give up.
    Full,
    /// The peer reads too slowly and the policy closed the connection.
    TooSlow,
}

impl Worker {
    pub(super) fn new(id: u16, options: ServeOptions, shared: Shared, reactor: Rc<Reactor>) -> Self {
        let core = Core {
            id,
            options,
            shared,
            reactor,
            tasks: LocalSet::new(),
            life: Life::default(),
            stop: Cell::new(None),
            scratch: RefCell::default(),
            pool: RefCell::new(DeflatePool::new()),
            keys: RefCell::default(),
            defer: Cell::default(),
            endings: RefCell::default(),
            resumed: RefCell::default(),
            sessions: Cell::new(0),
        };
        Self(Rc::new(core))
    }

    /// The number of this worker, from 0.
    pub fn id(&self) -> u16 {
        self.0.id
    }

    pub fn options(&self) -> &ServeOptions {
        &self.0.options
    }

    pub fn state(&self) -> Lifecycle {
        self.0.life.now()
    }

    /// Pushes a frame. Written before this returns unless the reader is slow, or more of its messages are at hand.
    pub fn push(
        &self,
        session: SessionId,
        opcode: Opcode,
        payload: &[u8],
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.push_to(&link, opcode, payload, flags)
    }

    /// Starts the closing handshake; the connection ends when the peer has answered, or after a while. It is no longer
    /// established from now on.
    pub fn disconnect(&self, session: SessionId, reason: &CloseReason) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.begin_close(&link, reason)
    }

    /// Sends bytes as they are.
    pub fn send(&self, session: SessionId, bytes: &[u8]) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.write(&link, bytes, &[])
    }

    /// Sends two pieces as they are, with one system call.
    pub fn send_parts(&self, session: SessionId, head: &[u8], body: &[u8]) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.write(&link, head, body)
    }

    /// Closes the connection without a closing handshake, after what is queued; with `reset`, at once and without it.
    pub fn close(&self, session: SessionId, reset: bool) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.finish(&link, Closed::by_server(CloseCause::Closed));
        if reset {
            link.reset(&self.0.reactor);
        }
        Ok(())
    }

    /// Says that the response of the session's request has been sent. The connection takes the next request, or closes.
    pub fn end_response(&self, session: SessionId, keep_alive: bool) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.end_response(&link, keep_alive);
        Ok(())
    }

    /// Turns a connection whose handshake the application answered itself (its 101 is sent) into WebSocket.
    pub fn upgrade(&self, session: SessionId, deflate: Option<DeflateParams>) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        let held = match &mut *link.talk.borrow_mut() {
            Talk::Http(exchange) => std::mem::take(&mut exchange.held),
            Talk::Idle => Vec::new(),
            Talk::WebSocket(_) | Talk::Raw | Talk::Over => return Err(SendFailure::NotFound),
        };
        self.0.enter_websocket(&link, deflate);
        self.0.hold(&link, held);
        Ok(())
    }

    /// Whether the session's response was announced with `Upgrade`, and is not ended.
    pub fn owes_response(&self, session: SessionId) -> bool {
        self.0.reactor.link(session).is_some_and(|link| match &*link.talk.borrow() {
            Talk::Http(exchange) => matches!(exchange.step, Step::Response),
            _ => false,
        })
    }

    /// Asks for [`super::App::on_buffer_empty`] when the session's outbox has room; false when it has room now.
    pub fn await_room(&self, session: SessionId) -> bool {
        self.0.reactor.link(session).is_some_and(|link| link.await_room())
    }

    /// Whether the session is there, on any worker.
    pub fn exists(&self, session: SessionId) -> bool {
        self.0.shared.sessions.exists(session)
    }

    /// Whether frames may be pushed to the session, on any worker.
    pub fn is_established(&self, session: SessionId) -> bool {
        self.0.shared.sessions.is_established(session)
    }

    pub fn client_info(&self, session: SessionId) -> Option<ClientInfo> {
        self.0.shared.sessions.info(session)
    }

    /// Bytes that wait for the session's peer; 0 when it lives elsewhere.
    pub fn queued_bytes(&self, session: SessionId) -> usize {
        self.0.reactor.link(session).map_or(0, |link| link.queued_bytes())
    }

    /// Sessions of all workers.
    pub fn session_count(&self) -> u64 {
        self.0.shared.sessions.count()
    }

    /// The first session at or after a position, and the next position; begin with 0. See
    /// [`crate::server::sessions::SessionTable::next`].
    pub fn next_session(&self, position: usize) -> Option<(usize, SessionId)> {
        self.0.shared.sessions.next(position)
    }

    /// The position behind a session.
    pub fn position_after(&self, session: SessionId) -> Option<usize> {
        self.0.shared.sessions.position_after(session)
    }

    /// The highest session id so far.
    pub fn last_session(&self) -> u64 {
        self.0.shared.sessions.last_id()
    }

    /// The address that the session's peer connected to.
    pub fn local_ip(&self, session: SessionId) -> Option<std::net::IpAddr> {
        self.0.reactor.link(session)?.local_ip()
    }

    /// Stops reading from a connection.
    pub fn pause(&self, session: SessionId) -> Result<(), SendFailure> {
        self.open_link(session)?.pause(Pause::Asked);
        Ok(())
    }

    pub fn resume(&self, session: SessionId) -> Result<(), SendFailure> {
        self.open_link(session)?.resume(&self.0.reactor, Pause::Asked);
        Ok(())
    }

    /// Exempts a session from the idle limit.
    pub fn protect(&self, session: SessionId, protected: bool) -> Result<(), SendFailure> {
        let link = self.open_link(session)?;
        self.0.shared.sessions.set_protected(link.slot(), protected);
        Ok(())
    }

    pub fn stats(&self) -> Stats {
        self.0.shared.stats
    }

    /// Ends the worker after the running callback.
    pub fn stop(&self, stop: Stop) {
        if self.0.stop.get().is_none() {
            self.0.stop.set(Some(stop));
        }
    }

    /// Ends the worker without calling the application again.
    pub fn abort(&self) {
        self.0.stop.set(Some(Stop::Abort));
    }

    /// Runs a future on this worker's thread, beside the connections. It must not call the application; it may wake it
    /// through whatever [`super::App::poll_ready`] looks at.
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.0.tasks.spawn_local(future)
    }

    fn open_link(&self, session: SessionId) -> Result<Rc<Link>, SendFailure> {
        let link = self.0.reactor.link(session).filter(|link| link.stage() == Stage::Open);
        link.ok_or(SendFailure::NotFound)
    }
}

impl Core {
    pub fn port(&self, _link: &Link) -> &PortOptions {
        &self.options.port
    }

    /// Runs `f` with the WebSocket connection of a link and writes what it appends.
    pub fn with_connection<R>(
        &self,
        f: impl FnOnce(&mut Io<'_>) -> R,
    ) -> (R, std::cell::RefMut<'_, Vec<u8>>) {
        let mut out = self.scratch.borrow_mut();
        out.clear();
        out.shrink_to(SCRATCH_KEPT);
        let (mut pool, mut keys) = (self.pool.borrow_mut(), self.keys.borrow_mut());
        let result = f(&mut Io { out: &mut out, pool: &mut pool, keys: &mut keys });
        (result, out)
    }

    pub fn push_to(
        &self,
        link: &Rc<Link>,
        opcode: Opcode,
        payload: &[u8],
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        if !link.has_room(&self.reactor, payload.len()) {
            return self.overflow(link);
        }
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return Err(SendFailure::NotWebSocket) };
        let apart = !flags.compress && payload.len() >= VECTORED_BYTES_MIN;
        let (result, head) = self.with_connection(|io| {
            if apart {
                let head = connection.head(opcode, payload.len(), flags.fin, io.keys)?;
                head.encode(io.out);
                Ok(())
            } else {
                connection.send(opcode, payload, flags, io)
            }
        });
        result.map_err(SendFailure::Refused)?;
        let stateful = !flags.fin || connection.is_deflating();
        drop(talk);
        self.reactor.stats.add(Counter::Responses, 1);
        link.times.message_ms.set(self.reactor.now_ms());
        let payload = if apart { payload } else { &[] };
        match link.send(&self.reactor, &head, payload, self.defer.get()) {
            Ok(()) => Ok(()),
            // The connection has counted a frame that the peer will not see.
            Err(SendError::Full) if stateful => self.too_slow(link),
            Err(SendError::Full) => self.overflow(link),
            Err(SendError::Cut) => self.too_slow(link),
        }
    }

    /// Writes raw bytes.
    pub fn write(&self, link: &Rc<Link>, head: &[u8], body: &[u8]) -> Result<(), SendFailure> {
        match link.send(&self.reactor, head, body, Defer::default()) {
            Ok(()) => Ok(()),
            Err(SendError::Full) => self.overflow(link),
            Err(SendError::Cut) => self.too_slow(link),
        }
    }

    fn overflow(&self, link: &Rc<Link>) -> Result<(), SendFailure> {
        match self.options.overflow {
            OverflowPolicy::Fail => Err(SendFailure::Full),
            OverflowPolicy::Drop => Ok(()),
            OverflowPolicy::Close => self.too_slow(link),
        }
    }

    fn too_slow(&self, link: &Rc<Link>) -> Result<(), SendFailure> {
        self.finish(link, Closed::by_server(CloseCause::SlowReader));
        link.reset(&self.reactor);
        Err(SendFailure::TooSlow)
    }

    /// Sends a Close and waits for the peer's.
    pub fn begin_close(&self, link: &Rc<Link>, reason: &CloseReason) -> Result<(), SendFailure> {
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return Err(SendFailure::NotWebSocket) };
        let (result, out) = self.with_connection(|io| connection.close(reason, io));
        result.map_err(SendFailure::Refused)?;
        drop(talk);
        self.shared.sessions.set_status(link.slot(), WebSocketStatus::Closing);
        // "0 does not wait": the end comes with the next round.
        self.expect_by(link, Some(self.options.times.close.unwrap_or_default()));
        if link.send(&self.reactor, &out, &[], Defer::default()).is_err() {
            drop(out);
            return self.too_slow(link);
        }
        Ok(())
    }

    /// Ends a connection for the application: `on_close` follows after the running callback. What is queued is still
    /// written. The first caller says why.
    pub fn finish(&self, link: &Rc<Link>, mut closed: Closed) {
        let talk = link.talk.replace(Talk::Over);
        if matches!(talk, Talk::Over) {
            return;
        }
        closed.websocket = matches!(talk, Talk::WebSocket(_));
        self.shared.sessions.set_closing(link.slot());
        self.endings.borrow_mut().push_back((Rc::clone(link), closed));
        link.leave(&self.reactor);
    }

    /// The handshake is done: from here on the connection speaks WebSocket.
    pub fn enter_websocket(&self, link: &Link, deflate: Option<DeflateParams>) {
        let port = self.port(link);
        let deflate = deflate
            .zip(port.handshake.deflate.as_ref())
            .map(|(params, config)| Box::new(Deflate::new(Role::Server, params, config)));
        let connection = Connection::new(Role::Server, port.websocket.clone(), deflate);
        link.talk.replace(Talk::WebSocket(connection));
        link.times.stage_until_ms.set(None);
        self.shared.sessions.set_status(link.slot(), WebSocketStatus::Active);
    }

    fn end_response(&self, link: &Rc<Link>, keep_alive: bool) {
        let held = match &mut *link.talk.borrow_mut() {
            Talk::Http(exchange) if matches!(exchange.step, Step::Response) => {
                std::mem::take(&mut exchange.held)
            }
            _ => return,
        };
        self.reactor.stats.add(Counter::Responses, 1);
        let stopping = self.stop.get().is_some();
        if !keep_alive || stopping || (link.has_ended() && held.is_empty()) {
            return self.finish(link, Closed::by_server(CloseCause::Closed));
        }
        link.talk.replace(Talk::Idle);
        self.hold(link, held);
    }

    /// Keeps bytes that arrived too early for the loop to look at after the running callback.
    fn hold(&self, link: &Rc<Link>, held: Vec<u8>) {
        link.resume(&self.reactor, Pause::Response);
        if held.is_empty() && !link.has_ended() {
            return;
        }
        self.resumed.borrow_mut().push_back((Rc::clone(link), held));
    }

    /// What is spoken first on a fresh connection.
    pub fn first_talk(&self, link: &Link) -> Talk {
        match self.port(link).protocol {
            Protocol::Raw => Talk::Raw,
            Protocol::Http | Protocol::WebSocket => Talk::Idle,
        }
    }

    /// An exchange that owes a response.
    pub fn awaiting_response() -> Talk {
        Talk::Http(Box::new(Exchange { step: Step::Response, held: Vec::new() }))
    }
}

impl Closed {
    /// The server ended the connection and no close code was seen.
    pub(super) fn by_server(cause: CloseCause) -> Self {
        Self { by: ClosedBy::Server, cause, websocket: false, code: ABNORMAL, reason: String::new() }
    }

    /// The peer ended the connection and no close code was seen.
    pub(super) fn by_peer(cause: CloseCause) -> Self {
        Self { by: ClosedBy::Peer, ..Self::by_server(cause) }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("id", &self.0.id).field("state", &self.state()).finish_non_exhaustive()
    }
}

impl fmt::Display for SendFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("the session does not exist"),
            Self::NotWebSocket => f.write_str("the session does not speak WebSocket"),
            Self::Refused(refused) => refused.fmt(f),
            Self::Full => f.write_str("the outbox is full"),
            Self::TooSlow => f.write_str("the connection was closed because it reads too slowly"),
        }
    }
}

impl std::error::Error for SendFailure {}

/// RFC 6455, 7.1.5: "If _The WebSocket Connection is Closed_ and no Close control frame was received by the endpoint
/// [...] _The WebSocket Connection Close Code_ is considered to be 1006."
const ABNORMAL: u16 = 1006;
/// From here on two parts in one system call are cheaper than copying the payload behind its header.
const VECTORED_BYTES_MIN: usize = 16 * 1024;
/// What the encoding buffer keeps between frames.
const SCRATCH_KEPT: usize = 64 * 1024;
