//! What a worker does to its connections: push, write, close. The insides of [`super::Worker`], shared by its methods
//! and the loop.

use std::cell::{Cell, RefCell, RefMut};
use std::collections::{HashMap, HashSet, VecDeque};
use std::net::IpAddr;
use std::rc::Rc;

use tokio::task::LocalSet;

use super::download::FileOnTheWay;
use super::lanes::Lanes;
use super::mailbox::Mailbox;
use super::options::{OverflowPolicy, PortOptions, Protocol, ServeOptions};
use super::peers::Peers;
use super::ports::DatagramSocket;
use super::waiting::Waiting;
use super::worker::{SendFailure, Stop};
use crate::net::link::{Defer, Full, Link, Pause};
use crate::net::parcel::Parcel;
use crate::net::reactor::Reactor;
use crate::net::talk::{Exchange, Step, Talk};
use crate::process::shared::Shared;
use crate::protocol::block::Block;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::{Connection, Io, Pool, SendFlags, SendRefused};
use crate::protocol::deflate::Deflate;
use crate::protocol::extension::DeflateParams;
use crate::protocol::handshake::server::Accepted;
use crate::protocol::mask::MaskKeys;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;
use crate::server::lifecycle::Life;
use crate::server::session::{CloseCause, Closed, ClosedBy, SessionId, WebSocketStatus};
use crate::server::sessions::Row;
use crate::server::stats::Counter;

/// The state of a worker.
pub(super) struct Core {
    pub id: u16,
    pub options: ServeOptions,
    pub shared: Shared,
    pub reactor: Rc<Reactor>,
    pub peers: Peers,
    /// To the other side, where sockets and the application are in different processes.
    pub lanes: Option<Lanes>,
    /// From the master's own application to the reactors.
    pub office: Option<Lanes>,
    pub tasks: LocalSet,
    pub life: Life,
    pub stop: Cell<Option<Stop>>,
    /// Whose turn it is among task workers that have equally much to do.
    pub task_turn: Cell<u16>,
    /// Frames are encoded here before they are written.
    scratch: RefCell<Vec<u8>>,
    /// What `scratch` still holds, if it is a whole plain message: its opcode and the length of its header. A broadcast
    /// pushes one payload to many.
    encoded: Cell<Option<(Opcode, usize)>>,
    pool: RefCell<Pool>,
    keys: RefCell<MaskKeys>,
    pub defer: Cell<Defer>,
    /// The sockets of ports that have packets instead of connections.
    pub datagram_sockets: RefCell<Vec<DatagramSocket>>,
    /// Connections whose `on_close` is due.
    pub endings: RefCell<VecDeque<(Rc<Link>, Closed)>>,
    /// Connections whose response has ended and that hold bytes of a next request.
    pub resumed: RefCell<VecDeque<(Rc<Link>, Vec<u8>)>>,
    /// Sessions whose `on_close` has not run yet.
    pub sessions: Cell<usize>,
    /// Handshakes whose answer waits for headers of the application's.
    pub accepted: RefCell<HashMap<SessionId, Accepted>>,
    /// Sessions that wait for an answer of a worker.
    pub unanswered: RefCell<HashMap<SessionId, Asked>>,
    /// Workers that wait for room in the outbox of a session.
    pub awaiting: RefCell<Vec<(SessionId, u16)>>,
    /// Of the session whose `on_close` runs in another process than its socket.
    pub departed: Cell<Option<Row>>,
    /// The session of the record that is being read, and its port.
    pub heard_of: Cell<Option<(SessionId, u8)>>,
    /// The address that the session of this call was connected to, which is elsewhere.
    pub local_ip: Cell<Option<(SessionId, IpAddr)>>,
    /// Files that tasks send.
    pub files_on_the_way: RefCell<HashMap<SessionId, Rc<FileOnTheWay>>>,
    /// Sessions of other processes that wait for a response of this one.
    pub owed: RefCell<HashSet<SessionId>>,
    pub mailbox: Mailbox,
    pub waiting: Waiting,
    /// What is sent now has been promised room by whoever accepted it: a limit comes too late.
    pub promised: Cell<bool>,
    /// Where the lanes of a stopping worker end for it.
    pub last_news: RefCell<Option<Vec<u64>>>,
}

/// A question that a reactor has asked a worker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub worker: u16,
    /// Where it ends on the lane.
    pub end: u64,
    /// Some of the answer has come.
    pub begun: bool,
}

impl Core {
    pub fn new(
        id: u16,
        options: ServeOptions,
        shared: Shared,
        reactor: Rc<Reactor>,
        peers: Peers,
        lanes: Option<Lanes>,
        office: Option<Lanes>,
    ) -> Self {
        Self {
            id,
            mailbox: Mailbox::new(options.mailbox_bytes_max),
            options,
            shared,
            reactor,
            peers,
            lanes,
            office,
            tasks: LocalSet::new(),
            life: Life::default(),
            stop: Cell::new(None),
            task_turn: Cell::default(),
            scratch: RefCell::default(),
            encoded: Cell::default(),
            pool: RefCell::new(Pool::default()),
            keys: RefCell::default(),
            defer: Cell::default(),
            datagram_sockets: RefCell::default(),
            endings: RefCell::default(),
            resumed: RefCell::default(),
            sessions: Cell::new(0),
            accepted: RefCell::default(),
            unanswered: RefCell::default(),
            awaiting: RefCell::default(),
            departed: Cell::new(None),
            heard_of: Cell::new(None),
            local_ip: Cell::new(None),
            files_on_the_way: RefCell::default(),
            owed: RefCell::default(),
            waiting: Waiting::default(),
            promised: Cell::new(false),
            last_news: RefCell::default(),
        }
    }

    /// The port that a connection came in by.
    pub fn port(&self, link: &Link) -> &PortOptions {
        &self.options.ports[usize::from(link.port)]
    }

    /// Runs `f` with the WebSocket connection of a link and writes what it appends.
    pub fn with_connection<R>(&self, f: impl FnOnce(&mut Io<'_>) -> R) -> (R, RefMut<'_, Vec<u8>>) {
        let mut out = self.empty_scratch();
        let (mut pool, mut keys) = (self.pool.borrow_mut(), self.keys.borrow_mut());
        let result = f(&mut Io { out: &mut out, pool: &mut pool, keys: &mut keys });
        (result, out)
    }

    /// A block that a large message has used, if there is one.
    pub fn take_block(&self) -> Block {
        self.pool.borrow_mut().blocks.take(Block::LARGE as u64)
    }

    /// Keeps a block for a message to come.
    pub fn give_back(&self, block: Block) {
        self.pool.borrow_mut().blocks.give(block);
    }

    #[inline]
    fn empty_scratch(&self) -> RefMut<'_, Vec<u8>> {
        let mut out = self.scratch.borrow_mut();
        self.encoded.set(None);
        out.clear();
        out.shrink_to(SCRATCH_KEPT);
        out
    }

    #[inline(always)]
    pub fn push_to(
        &self,
        link: &Rc<Link>,
        opcode: Opcode,
        payload: Parcel<'_>,
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        if opcode == Opcode::Close {
            return self.push_close(link, &payload);
        }
        if !link.has_room(&self.reactor, payload.len()) && !self.promised.get() {
            return self.overflow(link);
        }
        let apart = match self.holds(link, opcode, &payload, flags) {
            true => false,
            false => self.encode(link, opcode, &payload, flags)?,
        };
        self.reactor.stats.add(Counter::Responses, 1);
        link.times.message_ms.set(self.reactor.now_ms());
        let head = self.scratch.borrow();
        let payload = if apart { payload } else { Parcel::EMPTY };
        match link.send(&self.reactor, &head, payload, self.defer.get()) {
            Ok(()) => Ok(()),
            Err(Full) => self.not_sent(link, &head, payload, flags),
        }
    }

    #[cold]
    fn push_close(&self, link: &Rc<Link>, payload: &[u8]) -> Result<(), SendFailure> {
        let refused = SendFailure::Refused(SendRefused::NotThisWay);
        self.begin_close(link, &CloseReason::parse(payload).map_err(|_| refused)?)
    }

    /// Whether `scratch` holds this message already, as this connection would send it.
    #[inline(always)]
    fn holds(&self, link: &Link, opcode: Opcode, payload: &[u8], flags: SendFlags) -> bool {
        let Some((encoded, head)) = self.encoded.get() else { return false };
        if encoded != opcode || !flags.fin || self.scratch.borrow().get(head..) != Some(payload) {
            return false;
        }
        match &*link.talk.borrow() {
            Talk::WebSocket(connection) => {
                connection.is_ready_for_message() && !self.compresses(link, connection, opcode, flags)
            }
            _ => false,
        }
    }

    /// Encodes a message into `scratch`, or its head alone where that is to be sent apart from the payload: then true.
    fn encode(
        &self,
        link: &Link,
        opcode: Opcode,
        payload: &[u8],
        flags: SendFlags,
    ) -> Result<bool, SendFailure> {
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return Err(SendFailure::NotWebSocket) };
        let flags = SendFlags { compress: self.compresses(link, connection, opcode, flags), ..flags };
        let apart = !flags.compress && payload.len() >= VECTORED_BYTES_MIN;
        if flags == SendFlags::WHOLE && !apart {
            let mut out = self.empty_scratch();
            if connection.send_whole(opcode, payload, &mut out) {
                self.encoded.set(Some((opcode, out.len() - payload.len())));
                return Ok(false);
            }
        }
        let (result, _) = self.with_connection(|io| {
            if apart {
                let head = connection.head(opcode, payload.len(), flags.fin, io.keys)?;
                head.encode(io.out);
                Ok(())
            } else {
                connection.send(opcode, payload, flags, io)
            }
        });
        result.map_err(SendFailure::Refused)?;
        Ok(apart)
    }

    /// With the port's option on, every whole message is worth a try; the flag asks for it where the option is off.
    #[inline(always)]
    fn compresses(&self, link: &Link, connection: &Connection, opcode: Opcode, flags: SendFlags) -> bool {
        connection.is_deflating()
            && (flags.compress || (flags.fin && !opcode.is_control() && self.port(link).compress))
    }

    #[cold]
    fn not_sent(
        &self,
        link: &Rc<Link>,
        head: &[u8],
        payload: Parcel<'_>,
        flags: SendFlags,
    ) -> Result<(), SendFailure> {
        // The connection has counted a frame that the peer must not miss.
        let counted = !flags.fin || link.talk.borrow().is_deflating();
        if counted || self.promised.get() {
            link.queue_anyway(&self.reactor, head, payload);
            return Ok(());
        }
        self.overflow(link)
    }

    /// Writes raw bytes.
    pub fn write(&self, link: &Rc<Link>, head: &[u8], body: Parcel<'_>) -> Result<(), SendFailure> {
        match link.send(&self.reactor, head, body, Defer::default()) {
            Ok(()) => Ok(()),
            Err(Full) if self.promised.get() => {
                link.queue_anyway(&self.reactor, head, body);
                Ok(())
            }
            // Messages may be dropped, but not a piece out of a stream of bytes.
            Err(Full) if self.options.overflow == OverflowPolicy::Drop => Err(SendFailure::Full),
            Err(Full) => self.overflow(link),
        }
    }

    fn overflow(&self, link: &Rc<Link>) -> Result<(), SendFailure> {
        match self.options.overflow {
            OverflowPolicy::Fail => Err(SendFailure::Full),
            OverflowPolicy::Drop => {
                self.reactor.stats.add(Counter::Dropped, 1);
                Ok(())
            }
            OverflowPolicy::Close => self.too_slow(link),
        }
    }

    pub fn too_slow(&self, link: &Rc<Link>) -> Result<(), SendFailure> {
        self.reactor.stats.add(Counter::TooSlow, 1);
        self.cut_off(link, Closed::by_server(CloseCause::SlowReader));
        Err(SendFailure::TooSlow)
    }

    /// Sends a Close and waits for the peer's.
    pub fn begin_close(&self, link: &Rc<Link>, reason: &CloseReason) -> Result<(), SendFailure> {
        let mut talk = link.talk.borrow_mut();
        let Talk::WebSocket(connection) = &mut *talk else { return Err(SendFailure::NotWebSocket) };
        let (result, out) = self.with_connection(|io| connection.close(reason, io));
        result.map_err(SendFailure::Refused)?;
        drop(talk);
        // What has come of a message is let go.
        self.count_unfinished(link);
        self.shared.sessions.set_status(link.slot(), WebSocketStatus::Closing);
        // "0 does not wait": the end comes with the next round.
        self.expect_by(link, Some(self.port(link).times.close.unwrap_or_default()));
        if link.send(&self.reactor, &out, Parcel::EMPTY, Defer::default()).is_err() {
            drop(out);
            return self.too_slow(link);
        }
        Ok(())
    }

    /// Ends a connection for the application: `on_close` follows after the running callback. What is queued is still
    /// written. The first caller says why.
    pub fn finish(&self, link: &Rc<Link>, closed: Closed) {
        let agreed = closed.cause == CloseCause::Handshake;
        match (self.end(link, closed), agreed) {
            (false, _) => {}
            (true, true) => link.depart(&self.reactor),
            (true, false) => link.leave(&self.reactor),
        }
    }

    /// As [`Core::finish`], but the peer gets a reset and nothing more.
    pub fn cut_off(&self, link: &Rc<Link>, closed: Closed) {
        self.end(link, closed);
        link.reset(&self.reactor);
    }

    /// Ends a connection for the application; false when it had ended before.
    fn end(&self, link: &Rc<Link>, mut closed: Closed) -> bool {
        let talk = link.talk.replace(Talk::Over);
        if matches!(talk, Talk::Over) {
            return false;
        }
        closed.websocket = matches!(talk, Talk::WebSocket(_));
        self.forget_unfinished(link.id());
        self.waiting.forget_input(link.id());
        self.shared.sessions.set_closing(link.slot());
        self.endings.borrow_mut().push_back((Rc::clone(link), closed));
        true
    }

    /// The handshake is done: from here on the connection speaks WebSocket.
    pub fn enter_websocket(&self, link: &Link, deflate: Option<DeflateParams>) {
        let port = self.port(link);
        let deflate = deflate
            .zip(port.handshake.deflate.as_ref())
            .map(|(params, config)| Box::new(Deflate::new(Role::Server, params, config)));
        let connection = Connection::new(Role::Server, port.websocket.clone(), deflate);
        link.talk.replace(Talk::WebSocket(Box::new(connection)));
        link.times.stage_until_ms.set(None);
        self.shared.sessions.set_status(link.slot(), WebSocketStatus::Active);
    }

    pub fn end_response(&self, link: &Rc<Link>, keep_alive: bool) {
        let held = match &mut *link.talk.borrow_mut() {
            Talk::Http(exchange) if matches!(exchange.step, Step::Response | Step::Download(_)) => {
                std::mem::take(&mut exchange.held)
            }
            _ => return,
        };
        self.reactor.stats.add(Counter::Responses, 1);
        let stopping = self.stop.get().is_some();
        link.times.stage_until_ms.set(None);
        if link.has_ended() && held.is_empty() {
            return self.finish(link, Closed::by_peer(CloseCause::Gone));
        }
        if !keep_alive || stopping {
            return self.finish(link, Closed::by_server(CloseCause::Closed));
        }
        link.talk.replace(Talk::Idle);
        if link.queued_bytes() > RESPONSE_BYTES_WAITING && link.await_room() {
            // Whoever does not take the responses of requests gets no further ones begun.
            link.pause(Pause::Response);
            self.keep_input(link, &held);
            return;
        }
        self.hold(link, held);
    }

    /// Begins the next request of a connection that has taken its responses.
    pub fn go_on_with_requests(&self, link: &Rc<Link>) {
        let waits = link.is_paused(Pause::Response) && matches!(*link.talk.borrow(), Talk::Idle);
        if waits && (link.queued_bytes() <= RESPONSE_BYTES_WAITING || !link.await_room()) {
            self.hear_link_again(link, Pause::Response);
        }
    }

    /// Keeps bytes that arrived too early for the loop to look at after the running callback.
    pub fn hold(&self, link: &Rc<Link>, held: Vec<u8>) {
        link.resume(&self.reactor, Pause::Response);
        if held.is_empty() && !link.has_ended() {
            return;
        }
        self.resumed.borrow_mut().push_back((Rc::clone(link), held));
    }

    /// What is spoken first on a fresh connection.
    pub fn first_talk(&self, link: &Link) -> Talk {
        match self.port(link).protocol {
            Protocol::Raw => Talk::Raw(None),
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

/// RFC 6455, 7.1.5: "If _The WebSocket Connection is Closed_ and no Close control frame was received by the endpoint
/// [...] _The WebSocket Connection Close Code_ is considered to be 1006."
const ABNORMAL: u16 = 1006;
/// So much of earlier responses may wait for a client while a next request of it is begun.
const RESPONSE_BYTES_WAITING: usize = 256 * 1024;
/// From here on two parts in one system call are cheaper than copying the payload behind its header.
const VECTORED_BYTES_MIN: usize = 16 * 1024;
/// What the encoding buffer keeps between frames.
const SCRATCH_KEPT: usize = 64 * 1024;
