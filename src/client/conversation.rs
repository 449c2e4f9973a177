//! WebSocket after its handshake, as a client has it: frames out, whole messages in.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::link::Link;
use crate::protocol::block::Block;
use crate::protocol::close::CloseReason;
use crate::protocol::connection::{Connection, Event, Io, Options, Pool, SendFlags, SendRefused};
use crate::protocol::deflate::Deflate;
use crate::protocol::error::ProtocolError;
use crate::protocol::mask::MaskKeys;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

/// A WebSocket connection over a link.
#[derive(Debug)]
pub struct Conversation {
    link: Rc<Link>,
    speech: RefCell<Speech>,
}

#[derive(Debug)]
struct Speech {
    connection: Connection,
    keys: MaskKeys,
    /// What the state machine appends to before it goes to the link.
    out: Vec<u8>,
}

/// Something the peer sent, or did.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming {
    Message {
        opcode: Opcode,
        compressed: bool,
        payload: Block,
    },
    /// Answered already, unless the options say otherwise.
    Ping(Block),
    Pong(Block),
    /// Answered already. [`Link::finish`] is to follow.
    Close(CloseReason),
    /// The peer broke the protocol, and was told so. [`Link::finish`] is to follow.
    Failed(ProtocolError),
    /// The connection ended.
    End,
}

impl Conversation {
    /// The connection after its handshake. Frames may have been read with it.
    pub fn new(link: Rc<Link>, options: Options, mask: bool, deflate: Option<Deflate>) -> Self {
        let mut connection = Connection::new(Role::Client, Arc::new(options), deflate.map(Box::new));
        if !mask {
            connection.send_unmasked();
        }
        Self { link, speech: RefCell::new(Speech { connection, keys: MaskKeys::new(), out: Vec::new() }) }
    }

    pub fn link(&self) -> &Rc<Link> {
        &self.link
    }

    /// The next thing that came in whole. What was read is looked at first; replies are written on the way.
    pub fn poll_next(&self, cx: &mut Context<'_>) -> Poll<io::Result<Incoming>> {
        loop {
            if let Some(incoming) = self.next_read() {
                return Poll::Ready(Ok(incoming));
            }
            // Whoever does not take our pongs gets no further pings looked at.
            if self.link.queued() > 0 && (self.link.poll_flush(cx)?.is_pending() && self.is_congested()) {
                return Poll::Pending;
            }
            let read = match ready!(self.link.poll_fill(cx)) {
                // TLS that ends without saying so: the frames tell whether something is missing.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
                read => read?,
            };
            if read == 0 {
                self.speech.borrow_mut().connection.eof();
                return Poll::Ready(Ok(Incoming::End));
            }
        }
    }

    /// As [`Conversation::poll_next`].
    pub async fn next(&self) -> io::Result<Incoming> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// What was read already, without looking at the socket.
    pub fn next_read(&self) -> Option<Incoming> {
        self.link.take(|input| {
            let before = input.len();
            let mut rest = input;
            let incoming = self.speak(|connection, io| connection.receive(&mut rest, io).map(Incoming::from));
            (before - rest.len(), incoming)
        })
    }

    /// Queues a frame; [`Link::poll_flush`] is to follow.
    pub fn send(&self, opcode: Opcode, payload: &[u8], flags: SendFlags) -> Result<(), SendRefused> {
        self.speak(|connection, io| connection.send(opcode, payload, flags, io))
    }

    /// Queues a Close.
    pub fn close(&self, reason: &CloseReason) -> Result<(), SendRefused> {
        self.speak(|connection, io| connection.close(reason, io))
    }

    /// Whether nothing can come any more: a Close has passed in both directions, or the connection was failed.
    pub fn is_over(&self) -> bool {
        self.speech.borrow().connection.state().is_final()
    }

    fn is_congested(&self) -> bool {
        self.link.queued() > QUEUED_BYTES_MAX
    }

    fn speak<T>(&self, speak: impl FnOnce(&mut Connection, &mut Io<'_>) -> T) -> T {
        let Speech { connection, keys, out } = &mut *self.speech.borrow_mut();
        let result = POOL.with_borrow_mut(|pool| speak(connection, &mut Io { out, pool, keys }));
        if !out.is_empty() {
            self.link.queue(|queue| queue.extend_from_slice(out));
            out.clear();
            out.shrink_to(OUT_BYTES_KEPT);
        }
        result
    }
}

impl From<Event<'_>> for Incoming {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Message { opcode, compressed, payload } => {
                Self::Message { opcode, compressed, payload: payload.into_block() }
            }
            Event::Ping(payload) => Self::Ping(payload.into_block()),
            Event::Pong(payload) => Self::Pong(payload.into_block()),
            Event::Close(reason) => Self::Close(reason),
            Event::Failed(error) => Self::Failed(error),
        }
    }
}

thread_local! {
    /// Contexts for connections without takeover: as many as messages are under way, not as there are connections.
    static POOL: RefCell<Pool> = RefCell::new(Pool::default());
}

/// Replies that may wait for a peer that does not read.
const QUEUED_BYTES_MAX: usize = 64 * 1024;

/// One large message should not keep its room for ever.
const OUT_BYTES_KEPT: usize = 4 * 1024;
