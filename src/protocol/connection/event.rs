//! What a connection tells its driver, and what the driver lends it.

use std::fmt;
use std::ops::Deref;

use crate::protocol::block::{Block, Blocks};
use crate::protocol::close::CloseReason;
use crate::protocol::deflate::DeflatePool;
use crate::protocol::error::ProtocolError;
use crate::protocol::mask::MaskKeys;
use crate::protocol::message::Limits;
use crate::protocol::opcode::Opcode;

/// Something that arrived. Replies are in [`Io::out`] already.
#[derive(Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A whole message: text (valid UTF-8) or binary, unmasked and inflated.
    Message {
        opcode: Opcode,
        /// It was compressed on the wire.
        compressed: bool,
        payload: Payload<'a>,
    },
    /// A ping. Its pong is sent already unless [`Options::auto_pong`] is off.
    Ping(Payload<'a>),
    /// A pong, asked for or not.
    Pong(Payload<'a>),
    /// The peer's Close. Write what is in `out`, then end the TCP connection: a server first, a client after a while
    /// in which the server had the chance (RFC 6455, 7.1.1).
    Close(CloseReason),
    /// The peer broke the protocol. Write what is in `out`, then end the TCP connection.
    Failed(ProtocolError),
}

/// Where the bytes of an event are.
#[derive(PartialEq, Eq)]
pub enum Payload<'a> {
    /// Inside the driver's read buffer, unmasked in place.
    Borrowed(&'a mut [u8]),
    /// In a buffer of its own, because they came in pieces or compressed.
    Owned(Block),
}

impl Payload<'_> {
    pub fn into_block(self) -> Block {
        match self {
            Self::Borrowed(bytes) => Block::from(&*bytes),
            Self::Owned(block) => block,
        }
    }
}

impl Deref for Payload<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(block) => block,
        }
    }
}

impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

/// What a connection borrows for one call. One set serves all connections of a thread.
#[derive(Debug)]
pub struct Io<'a> {
    /// Receives the bytes to write to the peer, in order and behind what is in it.
    pub out: &'a mut Vec<u8>,
    pub pool: &'a mut Pool,
    pub keys: &'a mut MaskKeys,
}

/// What messages use while they are under way, and leave for the next ones.
#[derive(Debug, Default)]
pub struct Pool {
    pub deflate: DeflatePool,
    pub blocks: Blocks,
}

/// What all connections of one port have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Answer pings by ourselves. Off, whoever sees [`Event::Ping`] has to.
    pub auto_pong: bool,
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { auto_pong: true, limits: Limits::default() }
    }
}
