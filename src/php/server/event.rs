//! The events of `$server->on()`: the one list of their names, and where their callbacks are kept.

use std::cell::RefCell;

use crate::zend::{Callback, Gc, Trace};

/// What a script can listen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Event {
    Start,
    BeforeShutdown,
    Shutdown,
    WorkerStart,
    WorkerStop,
    BeforeReload,
    AfterReload,
    WorkerExit,
    WorkerError,
    Task,
    Finish,
    ManagerStart,
    ManagerStop,
    PipeMessage,
    Connect,
    Receive,
    Close,
    Packet,
    BufferFull,
    BufferEmpty,
    Request,
    Handshake,
    Open,
    Message,
    Disconnect,
    BeforeHandshakeResponse,
}

impl Event {
    /// The event of a name as scripts write it: without "on", in any case.
    pub fn named(name: &[u8]) -> Option<Self> {
        SERVER_EVENTS
            .iter()
            .chain(PORT_EVENTS)
            .find(|(_, known, _)| known.as_bytes().eq_ignore_ascii_case(name))
            .map(|row| row.0)
    }

    /// Every event, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        SERVER_EVENTS.iter().chain(PORT_EVENTS).map(|row| row.0)
    }

    /// Whether it means something only where all events of a connection come to one worker.
    pub fn needs_order(self) -> bool {
        matches!(self, Self::Connect | Self::Close | Self::BufferFull | Self::BufferEmpty)
    }

    /// The name of the property that shows the callback: `onClose`.
    pub fn property(self) -> &'static str {
        let row = SERVER_EVENTS.iter().chain(PORT_EVENTS).find(|row| row.0 == self);
        let declared = row.and_then(|row| row.2.split_once('$')).map_or("", |(_, declared)| declared);
        declared.split(' ').next().unwrap_or_default()
    }

    /// Whether its callback belongs to a port rather than to the whole server.
    pub fn is_of_port(self) -> bool {
        self as usize >= Self::Connect as usize
    }
}

/// A name and the property that shows its callback.
type Row = (Event, &'static str, &'static str);

/// The events of the server as a whole.
pub const SERVER_EVENTS: &[Row] = &[
    (Event::Start, "start", "private $onStart = null"),
    (Event::BeforeShutdown, "beforeShutdown", "private $onBeforeShutdown = null"),
    (Event::Shutdown, "shutdown", "private $onShutdown = null"),
    (Event::WorkerStart, "workerStart", "private $onWorkerStart = null"),
    (Event::WorkerStop, "workerStop", "private $onWorkerStop = null"),
    (Event::BeforeReload, "beforeReload", "private $onBeforeReload = null"),
    (Event::AfterReload, "afterReload", "private $onAfterReload = null"),
    (Event::WorkerExit, "workerExit", "private $onWorkerExit = null"),
    (Event::WorkerError, "workerError", "private $onWorkerError = null"),
    (Event::Task, "task", "private $onTask = null"),
    (Event::Finish, "finish", "private $onFinish = null"),
    (Event::ManagerStart, "managerStart", "private $onManagerStart = null"),
    (Event::ManagerStop, "managerStop", "private $onManagerStop = null"),
    (Event::PipeMessage, "pipeMessage", "private $onPipeMessage = null"),
];

/// The events of one port.
pub const PORT_EVENTS: &[Row] = &[
    (Event::Connect, "connect", "private $onConnect = null"),
    (Event::Receive, "receive", "private $onReceive = null"),
    (Event::Close, "close", "private $onClose = null"),
    (Event::Packet, "packet", "private $onPacket = null"),
    (Event::BufferFull, "bufferFull", "private $onBufferFull = null"),
    (Event::BufferEmpty, "bufferEmpty", "private $onBufferEmpty = null"),
    (Event::Request, "request", "private $onRequest = null"),
    (Event::Handshake, "handshake", "private $onHandshake = null"),
    (Event::Open, "open", "private $onOpen = null"),
    (Event::Message, "message", "private $onMessage = null"),
    (Event::Disconnect, "disconnect", "private $onDisconnect = null"),
    (Event::BeforeHandshakeResponse, "beforeHandshakeResponse", "private $onBeforeHandshakeResponse = null"),
];

const EVENTS: usize = SERVER_EVENTS.len() + PORT_EVENTS.len();

/// The callbacks of a server or a port.
#[derive(Debug)]
pub struct Callbacks([RefCell<Option<Callback>>; EVENTS]);

impl Default for Callbacks {
    fn default() -> Self {
        Self([const { RefCell::new(None) }; EVENTS])
    }
}

impl Callbacks {
    /// A clone, so that the callback may be replaced while it runs.
    #[inline]
    pub fn of(&self, event: Event) -> Option<Callback> {
        self.0[event as usize].borrow().clone()
    }

    pub fn has(&self, event: Event) -> bool {
        self.0[event as usize].borrow().is_some()
    }

    pub fn set(&self, event: Event, callback: Callback) {
        // The old one is dropped after the borrow has ended: its destructor may run PHP.
        let old = self.0[event as usize].borrow_mut().replace(callback);
        drop(old);
    }
}

impl Trace for Callbacks {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.0);
    }
}
