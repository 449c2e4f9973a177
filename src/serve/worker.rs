//! The handle of a running worker: everything that an application may ask of it, from inside a callback or between
//! two. Cheap to clone; lives on its thread.
//!
//! No method calls the application, and none keeps a borrow when it returns: what follows from a call (`on_close`, the
//! next request) happens after the running callback has ended or suspended. A session may live in another worker: the
//! operations on it are sent there and succeed when they are on their way.

use std::fmt;
use std::rc::Rc;

use nix::sys::signal::Signal;
use tokio::task::JoinHandle;

use super::core::Core;
use super::download::After;
use super::lanes::Lanes;
use super::options::ServeOptions;
use super::peers::Peers;
use crate::net::link::{Link, Pause, Stage};
use crate::net::parcel::Parcel;
use crate::net::reactor::Reactor;
use crate::net::talk::Talk;
use crate::net::turns::unbudgeted;
use crate::process::shared::Shared;
use crate::process::sys;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::SendRefused;
use crate::protocol::extension::DeflateParams;
use crate::server::command::Command;
use crate::server::lifecycle::Lifecycle;
use crate::server::session::{ClientInfo, CloseCause, Closed, SessionId, WebSocketStatus};
use crate::server::stats::{Counter, Stats};

/// A running worker.
#[derive(Clone)]
pub struct Worker(pub(super) Rc<Core>);

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
    /// The outbox is full: wait with [`Worker::await_room`], or give up. Also: the session's worker does not keep up.
    Full,
    /// More than `output_buffer_size` at once, for a socket in another process.
    TooLong,
    /// The peer reads too slowly and the policy closed the connection.
    TooSlow,
}

/// Where a session lives.
pub(super) enum Home {
    Here(Rc<Link>),
    There(u16),
}

impl Worker {
    pub(super) fn new(
        id: u16,
        options: ServeOptions,
        shared: Shared,
        reactor: Rc<Reactor>,
        peers: Peers,
        lanes: Option<Lanes>,
        office: Option<Lanes>,
    ) -> Self {
        Self(Rc::new(Core::new(id, options, shared, reactor, peers, lanes, office)))
    }

    /// The number of this worker, from 0.
    pub fn id(&self) -> u16 {
        self.0.id
    }

    pub fn options(&self) -> &ServeOptions {
        &self.0.options
    }

    /// The number of the reactor that a session lives in, as scripts count them: a worker with sockets of its own is one.
    pub fn reactor_of(&self, session: SessionId) -> u16 {
        let owner = self.client_info(session).map_or(self.id(), |info| info.worker);
        self.options().reactor_number(owner)
    }

    pub fn state(&self) -> Lifecycle {
        self.0.life.now()
    }

    /// Whether a manager watches this worker: with several workers.
    pub fn is_managed(&self) -> bool {
        self.0.options.is_managed()
    }

    /// Whether this worker does tasks and has no connections.
    pub fn is_task_worker(&self) -> bool {
        self.0.options.is_task_worker(self.id())
    }

    /// Which of the user processes this is, from 0; none if it is a worker.
    pub fn user_process(&self) -> Option<u16> {
        self.options().is_user_process(self.id()).then(|| self.id() - self.options().first_user_process())
    }

    /// Whether connections end here.
    pub(super) fn owns_sockets(&self) -> bool {
        match self.options().is_split() {
            true => self.is_reactor(),
            false => self.id() < self.options().worker_num.max(1),
        }
    }

    /// Whether this is the first of those that own sockets.
    pub(super) fn is_first(&self) -> bool {
        self.id() == if self.options().is_split() { self.options().workers() } else { 0 }
    }

    /// Whether this is no worker but a thread of the master, which owns sockets and has no application.
    pub(super) fn is_reactor(&self) -> bool {
        self.options().is_reactor(self.id())
    }

    /// Whether a shutdown is the server's, not only this worker's: it is alone, or its manager ends or is gone.
    pub(super) fn ends_with_all(&self) -> bool {
        !self.is_managed()
            || self.is_reactor()
            || self.stats().is_ending()
            || sys::is_orphan(self.manager_pid())
    }

    /// Whether this is the master where it is no worker: the thread of its first reactor, which has the application's
    /// callbacks about the server.
    pub fn is_master(&self) -> bool {
        self.options().is_split() && self.id() == self.options().workers()
    }

    /// The process that watches the workers; this one when it is alone.
    pub fn manager_pid(&self) -> u32 {
        self.0.shared.stats.manager_pid()
    }

    /// The process of a worker; 0 while it has none.
    pub fn pid_of(&self, worker: u16) -> u32 {
        match worker < self.0.shared.stats.workers() {
            true => self.0.shared.stats.worker(worker).value(Counter::Pid) as u32,
            false => 0,
        }
    }

    /// Starts the closing handshake; the connection ends when the peer has answered, or after a while. It is no longer
    /// established from now on.
    pub fn disconnect(&self, session: SessionId, reason: &CloseReason) -> Result<(), SendFailure> {
        let worker = match self.find(session)? {
            Home::Here(link) => return self.0.begin_close(&link, reason),
            Home::There(worker) => worker,
        };
        self.require_established(session)?;
        let (code, reason) = (reason.code_or_none(), reason.reason().as_bytes().into());
        self.command(worker, &Command::Disconnect { session, code, reason })?;
        self.0.shared.sessions.set_status_of(session, WebSocketStatus::Closing);
        Ok(())
    }

    /// Sends bytes as they are.
    pub fn send<'a>(&self, session: SessionId, bytes: impl Into<Parcel<'a>>) -> Result<(), SendFailure> {
        self.send_parts(session, &[], bytes.into())
    }

    /// Sends two pieces as they are, with one system call.
    pub fn send_parts(&self, session: SessionId, head: &[u8], body: Parcel<'_>) -> Result<(), SendFailure> {
        match self.send_behind_file(session, head, &body) {
            Some(kept) => kept,
            None => self.send_now(session, head, body),
        }
    }

    /// As [`Worker::send_parts`], and before what waits behind a file.
    pub(super) fn send_now(
        &self,
        session: SessionId,
        head: &[u8],
        body: Parcel<'_>,
    ) -> Result<(), SendFailure> {
        match self.find(session)? {
            Home::Here(link) => self.0.write(&link, head, body),
            Home::There(worker) => {
                let bytes = if body.is_empty() { head.into() } else { [head, &body].concat().into() };
                self.deliver(worker, session, &Command::Send { session, bytes })?;
                Ok(())
            }
        }
    }

    /// Closes the connection without a closing handshake, after what is queued; with `reset`, at once and without it.
    pub fn close(&self, session: SessionId, reset: bool) -> Result<(), SendFailure> {
        if !reset && self.do_after_file(session, After::Close) {
            return Ok(());
        }
        let link = match self.find(session)? {
            Home::Here(link) => link,
            Home::There(worker) => {
                self.command(worker, &Command::Close { session, reset })?;
                self.0.shared.sessions.set_closing_of(session);
                return Ok(());
            }
        };
        let closed = Closed::by_server(CloseCause::Closed);
        match reset {
            true => self.0.cut_off(&link, closed),
            false => self.0.finish(&link, closed),
        }
        Ok(())
    }

    /// Stops reading from a connection, or goes on.
    pub fn pause(&self, session: SessionId, paused: bool) -> Result<(), SendFailure> {
        match self.find(session)? {
            Home::Here(link) if paused => link.pause(Pause::Asked),
            Home::Here(link) => link.resume(&self.0.reactor, Pause::Asked),
            Home::There(worker) => return self.command(worker, &Command::Pause { session, paused }),
        }
        Ok(())
    }

    /// Exempts a session from the heartbeat, or not.
    pub fn protect(&self, session: SessionId, protected: bool) -> Result<(), SendFailure> {
        match self.find(session)? {
            Home::Here(link) => self.0.shared.sessions.set_protected(link.slot(), protected),
            Home::There(worker) => return self.command(worker, &Command::Protect { session, protected }),
        }
        Ok(())
    }

    /// Says that the response of the session's request has been sent. The connection takes the next request, or closes.
    pub fn end_response(&self, session: SessionId, keep_alive: bool) -> Result<(), SendFailure> {
        if self.do_after_file(session, After::Response { keep_alive }) {
            return Ok(());
        }
        match self.find(session)? {
            Home::Here(link) => self.0.end_response(&link, keep_alive),
            Home::There(worker) => {
                self.0.reactor.stats.add(Counter::Responses, 1);
                self.0.owed.borrow_mut().remove(&session);
                return self.command(worker, &Command::EndResponse { session, keep_alive });
            }
        }
        Ok(())
    }

    /// Turns a connection whose handshake the application answered itself (its 101 is sent) into WebSocket.
    pub fn upgrade(&self, session: SessionId, deflate: Option<DeflateParams>) -> Result<(), SendFailure> {
        let link = match self.find(session)? {
            Home::Here(link) => link,
            Home::There(worker) => {
                self.command(worker, &Command::Upgrade { session, deflate })?;
                self.0.owed.borrow_mut().remove(&session);
                self.0.shared.sessions.set_status_of(session, WebSocketStatus::Active);
                return Ok(());
            }
        };
        let held = match &mut *link.talk.borrow_mut() {
            Talk::Http(exchange) => std::mem::take(&mut exchange.held),
            Talk::Idle => Vec::new(),
            Talk::WebSocket(_) | Talk::Raw(_) | Talk::Over => return Err(SendFailure::NotFound),
        };
        self.0.enter_websocket(&link, deflate);
        self.0.watch(&link);
        self.0.hold(&link, held);
        Ok(())
    }

    /// Whether a response is owed to the session, as far as this process knows.
    pub fn owes_response(&self, session: SessionId) -> bool {
        match self.0.lanes {
            Some(_) => self.0.owed.borrow().contains(&session),
            None => self.0.reactor.link(session).is_some_and(|link| link.talk.borrow().owes_response()),
        }
    }

    /// Asks for [`super::App::on_room`] when there is room for the session again, in its outbox or on the way to its
    /// worker; false when nothing stands in the way now.
    pub fn await_room(&self, session: SessionId) -> bool {
        match self.find(session) {
            Ok(Home::Here(link)) => link.await_room(),
            Ok(Home::There(worker)) => match self.lane_to(worker) {
                Some((lanes, lane)) => lanes.await_room(lane, session) || self.await_outbox(session),
                None => self.0.peers.await_room(worker, session),
            },
            Err(_) => false,
        }
    }

    /// Microseconds since 1970, as of the beginning of this round of the loop.
    pub fn now_us(&self) -> u64 {
        self.0.reactor.now_us()
    }

    pub fn stats(&self) -> Stats {
        self.0.shared.stats
    }

    /// Ends this worker after the running callback. A manager forks its successor.
    pub fn stop(&self, stop: Stop) {
        if self.0.stop.get().is_none() {
            self.0.stop.set(Some(stop));
        }
    }

    /// Ends the worker without calling the application again.
    pub fn abort(&self) {
        self.0.stop.set(Some(Stop::Abort));
    }

    /// Ends another worker, or this one; false for an unknown number.
    pub fn stop_worker(&self, worker: u16) -> bool {
        if worker == self.id() && !self.is_master() {
            self.stop(Stop::Reload);
            return true;
        }
        let pid = self.pid_of(worker);
        let signal = if self.0.options.is_user_process(worker) { Signal::SIGTERM } else { Signal::SIGUSR1 };
        sys::kill(pid, signal);
        pid != 0
    }

    /// Ends the server after the running callback.
    pub fn shutdown(&self) {
        match self.is_managed() {
            true => sys::kill(self.stats().master_pid(), Signal::SIGTERM),
            false => self.stop(Stop::Shutdown),
        }
    }

    /// Replaces all workers, one after the other; false when there is no manager to do it.
    pub fn reload(&self) -> bool {
        if self.is_managed() {
            sys::kill(self.manager_pid(), Signal::SIGUSR1);
        }
        self.is_managed()
    }

    /// Runs a future on this worker's thread, beside the connections. It must not call the application; it may wake it
    /// through whatever [`super::App::poll_ready`] looks at.
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.0.tasks.spawn_local(unbudgeted(future))
    }

    /// The lane to a reactor, from a worker or the master.
    pub(super) fn lane_to(&self, party: u16) -> Option<(&Lanes, u16)> {
        let lanes = self.0.office.as_ref().or(self.0.lanes.as_ref())?;
        Some((lanes, party.checked_sub(self.options().workers())?))
    }

    #[inline(always)]
    pub(super) fn own_link(&self, session: SessionId) -> Result<Rc<Link>, SendFailure> {
        let link = self.0.reactor.link(session).filter(|link| link.stage() == Stage::Open);
        link.ok_or(SendFailure::NotFound)
    }

    #[inline(always)]
    pub(super) fn find(&self, session: SessionId) -> Result<Home, SendFailure> {
        match self.own_link(session) {
            Ok(link) => Ok(Home::Here(link)),
            Err(_) => self.find_there(session).map(Home::There),
        }
    }

    #[inline(never)]
    fn find_there(&self, session: SessionId) -> Result<u16, SendFailure> {
        let worker = self.0.shared.sessions.worker_of(session).filter(|worker| *worker != self.id());
        worker.filter(|_| self.exists(session)).ok_or(SendFailure::NotFound)
    }

    pub(super) fn require_established(&self, session: SessionId) -> Result<ClientInfo, SendFailure> {
        match self.client_info(session) {
            Some(info) if info.status == WebSocketStatus::Active => Ok(info),
            Some(_) => Err(SendFailure::NotWebSocket),
            None => Err(SendFailure::NotFound),
        }
    }

    pub(super) fn command(&self, worker: u16, command: &Command<'_>) -> Result<(), SendFailure> {
        if let Some((lanes, lane)) = self.lane_to(worker) {
            lanes.send(lane, &[command.head().bytes(), command.tail()]);
            return Ok(());
        }
        self.0.peers.send(worker, command, &self.0.tasks).map_err(|_| SendFailure::Full)
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
            Self::TooLong => f.write_str(
                "the length of the data exceeds the output buffer size, please use the sendfile, chunked transfer \
                 mode or adjust the output_buffer_size",
            ),
            Self::TooSlow => f.write_str("the connection was closed because it reads too slowly"),
        }
    }
}

impl std::error::Error for SendFailure {}
