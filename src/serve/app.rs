//! What a server calls: the application. The PHP layer is one, tests are others.
//!
//! Every method is called outside of any poll, on the worker's thread, with no borrow of the server's alive: the
//! application may call any method of [`Worker`] from inside, and may leave a suspended coroutine behind.

use std::task::{Context, Poll};
use std::time::Instant;

use super::letters::TaskInHand;
use super::worker::Worker;
use crate::net::datagram::Datagram;
use crate::net::form::Form;
use crate::protocol::block::Block;
use crate::protocol::framing::FramingError;
use crate::protocol::http::RequestHead;
use crate::protocol::opcode::Opcode;
use crate::server::command::Letter;
use crate::server::log::{LOG, Level};
use crate::server::session::{Closed, SessionId};

/// A request, whole: head and decoded body.
#[derive(Clone, Debug)]
pub struct Request {
    pub head: RequestHead,
    /// Empty where `form` is what became of it.
    pub body: Vec<u8>,
    /// A form too large for a body; see [`super::PortOptions::upload_bytes_max`].
    pub form: Option<Form>,
}

impl Request {
    pub fn new(head: RequestHead, body: Vec<u8>) -> Self {
        Self { head, body, form: None }
    }
}

/// A message or, where asked for, a control frame.
#[derive(Debug)]
pub struct Message<'a> {
    pub opcode: Opcode,
    /// It was compressed on the wire.
    pub compressed: bool,
    /// Unmasked, inflated, and valid UTF-8 when it is text. For a Close: the reason.
    pub payload: &'a [u8],
    /// The code of a Close; 1005 when it carried none.
    pub close_code: u16,
}

/// What `onBeforeHandshakeResponse` adds to the 101: header names and values.
pub type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// What an application wants to be asked at a port.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// It answers handshakes itself, through [`App::on_handshake`].
    pub handshake: bool,
    /// [`App::before_handshake_response`] has something to say.
    pub headers: bool,
}

/// What is to be dispatched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    Connect,
    /// A message, a request, bytes.
    Data,
    Close,
}

/// Where something goes that a reactor has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    Worker(u16),
    /// As if the application had no opinion.
    Fallback,
    Discard,
    /// Discard it and close the connection.
    Close,
}

/// An application. All methods have a default that does nothing, save those of the protocol that is served.
#[allow(unused_variables)]
pub trait App {
    // A connection, in the order of its life.

    /// A TCP connection was accepted.
    fn on_connect(&self, worker: &Worker, session: SessionId) {}

    /// Which worker gets something, in a server whose options say that the application chooses.
    fn choose_worker(&self, worker: &Worker, session: SessionId, matter: Matter, data: &[u8]) -> Choice {
        Choice::Fallback
    }

    /// What it wants to be asked about connections of a port.
    fn hooks(&self, port: u8) -> Hooks {
        Hooks { handshake: false, headers: true }
    }

    /// A handshake to answer: send a response with [`Worker::send`], then [`Worker::upgrade`] or [`Worker::end_response`].
    fn on_handshake(&self, worker: &Worker, session: SessionId, request: Request) {}

    /// The handshake is accepted. True when its headers come later, from elsewhere; then the application is told of the
    /// connection there too.
    fn on_accepted(&self, worker: &Worker, session: SessionId, request: &Request) -> bool {
        false
    }

    /// The handshake is accepted and about to be answered. Frames may be pushed already; they follow the answer.
    fn before_handshake_response(&self, worker: &Worker, session: SessionId, request: &Request) -> Headers {
        Headers::new()
    }

    /// The connection speaks WebSocket now. Its first message comes after this returned.
    fn on_open(&self, worker: &Worker, session: SessionId, request: Request) {}

    /// A message. Also Ping, Pong and Close frames if the options ask for them.
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>);

    /// A message in a block of its own, which the application may take.
    fn on_block(
        &self,
        worker: &Worker,
        session: SessionId,
        opcode: Opcode,
        compressed: bool,
        block: &mut Block,
    ) {
        self.on_message(worker, session, Message { opcode, compressed, payload: block, close_code: 0 });
    }

    /// A request: answer with [`Worker::send`] and [`Worker::end_response`], now or later. The next request of the
    /// connection comes after that.
    fn on_request(&self, worker: &Worker, session: SessionId, request: Request);

    /// How long the packet is that `bytes` begin with, on a port with [`super::Packets::Measured`]; `None` when more bytes
    /// must come to tell.
    fn package_length(
        &self,
        worker: &Worker,
        session: SessionId,
        bytes: &[u8],
    ) -> Result<Option<u64>, FramingError> {
        Ok(None)
    }

    /// Bytes on a port without a protocol; a whole packet where they are cut into packets.
    fn on_receive(&self, worker: &Worker, session: SessionId, bytes: &[u8]) {}

    /// A packet that belongs to no connection.
    fn on_packet(&self, worker: &Worker, packet: Datagram) {}

    /// The outbox rose to the high watermark.
    fn on_buffer_full(&self, worker: &Worker, session: SessionId) {}

    /// The outbox fell to the low watermark.
    fn on_buffer_empty(&self, worker: &Worker, session: SessionId) {}

    /// There may be the room that [`Worker::await_room`] asked for. The session may live elsewhere, or be gone.
    fn on_room(&self, worker: &Worker, session: SessionId) {}

    /// The connection is over: the last call for this session, exactly one for each `on_connect`.
    fn on_close(&self, worker: &Worker, session: SessionId, closed: &Closed) {}

    /// A message from another worker.
    fn on_pipe_message(&self, worker: &Worker, letter: Letter) {}

    /// A question of another process, and its answer; the manager has no handle.
    fn on_question(&self, worker: Option<&Worker>, letter: &Letter) -> Vec<u8> {
        Vec::new()
    }

    // Task workers.

    /// A task; only task workers get them. Its last result goes by [`Worker::finish_task`] once it counts as done.
    fn on_task(&self, worker: &Worker, letter: Letter, task: TaskInHand) {}

    /// What came out of a task that this worker gave, or the answer to its question.
    fn on_finish(&self, worker: &Worker, letter: Letter) {}

    // The processes.

    /// Which processes there are; the first call in each of them. 0: there is no manager.
    fn on_processes(&self, master: u32, manager: u32) {}
    /// This is the master where it is no worker, about to run; timers and coroutines that are made in
    /// [`App::on_start`] may use the handle, too.
    fn on_master(&self, master: &Worker) {}
    /// The server is about to run; in the process that called `start()`.
    fn on_start(&self) {}
    fn on_worker_start(&self, worker: &Worker) {}
    /// A process of the application's own, of [`super::ServeOptions::user_process_num`]. It ends, and is forked again,
    /// when this has returned and [`App::is_idle`]; of the methods about processes no other is called in it.
    fn on_user_process(&self, worker: &Worker, index: u16) {}
    /// The worker has stopped taking work and still waits for coroutines; called about once a second.
    fn on_worker_exit(&self, worker: &Worker) {}
    fn on_worker_stop(&self, worker: &Worker) {}
    fn on_manager_start(&self) {}
    fn on_manager_stop(&self) {}
    /// A worker ended without having been told to.
    fn on_worker_error(&self, failure: WorkerFailure) {}
    fn on_before_reload(&self) {}
    fn on_after_reload(&self) {}
    fn on_before_shutdown(&self) {}
    fn on_shutdown(&self) {}

    // Coroutines and timers, if the application has any.

    /// Ready when [`App::run_ready`] has something to do. Called inside a poll: must not run application code.
    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }

    /// Does a round, in which the rest of this is called. If the application cannot return from one of them, the round ends
    /// in here instead, and the worker is aborted.
    fn guarded(&self, worker: &Worker, round: &mut dyn FnMut()) {
        round();
    }

    /// Resumes what is ready and fires due timers. Called after every round.
    fn run_ready(&self, worker: &Worker) {}

    /// When [`App::run_ready`] wants to be called at the latest.
    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    /// Whether a stopping worker may end: no coroutine is suspended.
    fn is_idle(&self) -> bool {
        true
    }

    /// A line for the server's log.
    fn log(&self, line: LogLine<'_>) {}
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerFailure {
    pub worker: u16,
    pub pid: u32,
    pub exit_code: i32,
    pub signal: i32,
}

/// What the server itself has to say.
#[derive(Clone, Copy, Debug)]
pub enum LogLine<'a> {
    Info(&'a str),
    Warning(&'a str),
    Error(&'a str),
}

impl LogLine<'_> {
    /// Writes it to the process's log.
    pub fn write(self) {
        let (level, text) = match self {
            Self::Info(text) => (Level::Info, text),
            Self::Warning(text) => (Level::Warning, text),
            Self::Error(text) => (Level::Error, text),
        };
        LOG.write(level, text);
    }
}
