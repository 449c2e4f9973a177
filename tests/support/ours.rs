//! Our end of a connection in memory, for the tests beside somebody else's end.

use std::sync::Arc;

use swoole::protocol::close::CloseReason;
use swoole::protocol::connection::{Connection, Event, Io, Options, Payload, Pool, SendFlags};
use swoole::protocol::mask::MaskKeys;
use swoole::protocol::opcode::Opcode;
use swoole::protocol::role::Role;

/// A connection, what its driver lends it, and what it wants written.
pub struct Ours {
    pub connection: Connection,
    pub out: Vec<u8>,
    pool: Pool,
    keys: MaskKeys,
}

impl Ours {
    pub fn new(role: Role) -> Self {
        let connection = Connection::new(role, Arc::new(Options::default()), None);
        Self { connection, out: Vec::new(), pool: Pool::default(), keys: MaskKeys::new() }
    }

    /// What `bytes` cause when they come in reads of `size` bytes.
    pub fn receive_by(&mut self, size: usize, bytes: &[u8]) -> Vec<Event<'static>> {
        let mut events = Vec::new();
        for piece in bytes.chunks(size) {
            let mut piece = piece.to_vec();
            let mut input = &mut piece[..];
            let mut io = Io { out: &mut self.out, pool: &mut self.pool, keys: &mut self.keys };
            while let Some(event) = self.connection.receive(&mut input, &mut io) {
                events.push(owned(event));
            }
        }
        events
    }

    pub fn receive(&mut self, bytes: &[u8]) -> Vec<Event<'static>> {
        self.receive_by(usize::MAX, bytes)
    }

    pub fn send(&mut self, opcode: Opcode, payload: &[u8], fin: bool) {
        let mut io = Io { out: &mut self.out, pool: &mut self.pool, keys: &mut self.keys };
        let flags = SendFlags { fin, compress: false };
        self.connection.send(opcode, payload, flags, &mut io).expect("may be sent");
    }

    pub fn close(&mut self, code: u16, reason: &str) {
        let mut io = Io { out: &mut self.out, pool: &mut self.pool, keys: &mut self.keys };
        let reason = CloseReason::new(code, reason).expect("may be sent");
        self.connection.close(&reason, &mut io).expect("open");
    }

    pub fn written(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

pub fn message(opcode: Opcode, payload: &[u8]) -> Event<'static> {
    Event::Message { opcode, compressed: false, payload: Payload::Owned(payload.into()) }
}

/// Lengths on both sides of every limit of the header, and one that spans many reads.
pub const LENGTHS: [usize; 9] = [0, 1, 124, 125, 126, 65_535, 65_536, 65_537, 1_000_000];

fn owned(event: Event<'_>) -> Event<'static> {
    let keep = |payload: Payload<'_>| Payload::Owned(payload[..].into());
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
