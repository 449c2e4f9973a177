//! The connection, seen from its driver. This file has the harness; the promises are in the files below.

mod closing;
mod compressed;
mod direct;
mod limits;
mod receiving;
mod sending;
mod splits;

use std::sync::Arc;

use crate::protocol::connection::{Connection, Event, Io, Options, Payload, Pool};
use crate::protocol::deflate::Deflate;
use crate::protocol::frame::FrameHeader;
use crate::protocol::mask::MaskKeys;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

pub const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A connection with everything that its driver lends it.
pub struct End {
    pub connection: Connection,
    pub out: Vec<u8>,
    pub pool: Pool,
    pub keys: MaskKeys,
}

impl End {
    pub fn new(role: Role) -> Self {
        Self::with(role, Options::default(), None)
    }

    pub fn with(role: Role, options: Options, deflate: Option<Deflate>) -> Self {
        Self {
            connection: Connection::new(role, Arc::new(options), deflate.map(Box::new)),
            out: Vec::new(),
            pool: Pool::default(),
            keys: MaskKeys::fixed(KEY),
        }
    }

    /// Both roles, for promises that both must keep.
    pub fn both() -> [Self; 2] {
        [Self::new(Role::Server), Self::new(Role::Client)]
    }

    /// Calls a method that needs an [`Io`].
    pub fn io<T>(&mut self, call: impl FnOnce(&mut Connection, &mut Io<'_>) -> T) -> T {
        let mut io = Io { out: &mut self.out, pool: &mut self.pool, keys: &mut self.keys };
        call(&mut self.connection, &mut io)
    }

    /// Everything that `bytes` cause, when they come in one read.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<Event<'static>> {
        let mut bytes = bytes.to_vec();
        let mut input = &mut bytes[..];
        let mut events = Vec::new();
        while let Some(event) = self.io(|connection, io| connection.receive(&mut input, io)) {
            events.push(owned(event));
        }
        assert!(input.is_empty(), "None means that the input is taken");
        events
    }

    /// Everything that `bytes` cause, when they come in reads of `size` bytes.
    pub fn receive_by(&mut self, size: usize, bytes: &[u8]) -> Vec<Event<'static>> {
        bytes.chunks(size).flat_map(|bytes| self.receive(bytes)).collect()
    }

    /// The bytes that are to be written now.
    pub fn written(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// A frame as this end's peer would send it: masked if we are the server.
    pub fn frame(&self, fin: bool, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
        let mask = (self.connection.role() == Role::Server).then_some(KEY);
        let mut bytes = Vec::new();
        FrameHeader { fin, mask, ..FrameHeader::new(opcode, 0) }.encode_with(payload, &mut bytes);
        bytes
    }

    /// A whole message or control frame of this end's peer.
    pub fn whole(&self, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
        self.frame(true, opcode, payload)
    }

    /// A Close frame of this end's peer.
    pub fn close_frame(&self, code: u16, reason: &str) -> Vec<u8> {
        self.whole(Opcode::Close, &[&code.to_be_bytes(), reason.as_bytes()].concat())
    }
}

/// A frame as this end sends it, to compare with [`End::written`].
pub fn sent(role: Role, fin: bool, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mask = (role == Role::Client).then_some(KEY);
    let mut bytes = Vec::new();
    FrameHeader { fin, mask, ..FrameHeader::new(opcode, 0) }.encode_with(payload, &mut bytes);
    bytes
}

pub fn owned(event: Event<'_>) -> Event<'static> {
    let keep = |payload: Payload<'_>| match payload {
        Payload::Borrowed(bytes) => Payload::Owned((&*bytes).into()),
        Payload::Owned(block) => Payload::Owned(block),
    };
    match event {
        Event::Message { opcode, compressed, payload } => {
            Event::Message { opcode, compressed, payload: keep(payload) }
        }
        Event::Ping(payload) => Event::Ping(keep(payload)),
        Event::Pong(payload) => Event::Pong(keep(payload)),
        Event::Close(reason) => Event::Close(reason),
        Event::Failed(error) => Event::Failed(error),
    }
}

pub fn text(payload: &str) -> Event<'static> {
    message(Opcode::Text, payload.as_bytes())
}

pub fn message(opcode: Opcode, payload: &[u8]) -> Event<'static> {
    Event::Message { opcode, compressed: false, payload: Payload::Owned(payload.into()) }
}

pub fn ping(payload: &[u8]) -> Event<'static> {
    Event::Ping(Payload::Owned(payload.into()))
}

pub fn pong(payload: &[u8]) -> Event<'static> {
    Event::Pong(Payload::Owned(payload.into()))
}
