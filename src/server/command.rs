//! What one worker asks of another: operations on a session that lives there, and messages between workers.
//!
//! Commands travel over a SEQPACKET socket, whose packets are atomic: a worker killed in the middle of a command
//! cannot shift its successor's view. A command larger than a packet goes in chunks; chunks of one sender arrive in
//! order, chunks of several interleave, so each packet names its sender. Both ends are the same program, but a
//! malformed packet is still only dropped, never a panic.

use std::borrow::Cow;
use std::collections::HashMap;

use super::session::SessionId;
use crate::protocol::extension::DeflateParams;

/// An operation for another worker, or for the reactor of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// Push a frame: opcode and `SWOOLE_WEBSOCKET_FLAG_*` bits as `push()` got them.
    Push { session: SessionId, opcode: u8, flags: u8, payload: Cow<'a, [u8]> },
    /// Start the closing handshake.
    Disconnect { session: SessionId, code: u16, reason: Cow<'a, [u8]> },
    /// Send raw bytes.
    Send { session: SessionId, bytes: Cow<'a, [u8]> },
    /// Close the connection; `reset` drops what is queued.
    Close { session: SessionId, reset: bool },
    /// Stop or go on reading.
    Pause { session: SessionId, paused: bool },
    /// Exempt from the heartbeat, or not.
    Protect { session: SessionId, protected: bool },
    /// The response of the session's request has been sent.
    EndResponse { session: SessionId, keep_alive: bool },
    /// The application has answered a handshake itself.
    Upgrade { session: SessionId, deflate: Option<DeflateParams> },
    /// Header lines for the answer to a handshake, ready to be sent.
    Answer { session: SessionId, headers: Cow<'a, [u8]> },
    /// Say when there is room in the session's outbox.
    AwaitRoom { session: SessionId },
    /// The worker has caught up with the session: read on.
    ReadOn { session: SessionId },
    /// Enough of the session's callbacks wait: read no further, or read on.
    Hold { session: SessionId, held: bool },
    /// A worker has begun; so far its predecessors have read of what the reactor wrote.
    Hello { read: u64 },
    /// `sendMessage()`.
    Message(Letter),
    /// `task()`: work for a task worker.
    Task(Letter),
    /// `command()`: a question; a [`Command::Finish`] answers it.
    Ask(Letter),
    /// What came out of a task, for the worker that gave it.
    Finish(Letter),
}

/// What the application of one worker writes to that of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// Of the task; 0 for messages.
    pub id: u32,
    /// The worker that wrote it.
    pub from: u16,
    /// What the application says about the bytes.
    pub flags: u8,
    /// When it was written, in microseconds since 1970.
    pub sent_us: u64,
    pub bytes: Vec<u8>,
}

impl Command<'_> {
    /// Whether it goes in one packet, so that any of several readers may take it.
    pub fn is_small(&self) -> bool {
        self.head().bytes().len() + self.tail().len() <= CHUNK_BYTES
    }

    /// Appends the command's packets to `packets`, each at most [`PACKET_BYTES_MAX`] bytes.
    pub fn encode(&self, sender: u16, packets: &mut impl FnMut(&[u8])) {
        let body = [self.head().bytes(), self.tail()].concat();
        let mut packet = Vec::with_capacity(body.len().min(CHUNK_BYTES) + HEAD_BYTES);
        let mut rest = body.as_slice();
        let mut first = true;
        while first || !rest.is_empty() {
            let (chunk, tail) = rest.split_at(rest.len().min(CHUNK_BYTES));
            let mark = if first { FIRST } else { 0 } | if tail.is_empty() { LAST } else { 0 };
            packet.clear();
            packet.extend_from_slice(&sender.to_le_bytes());
            packet.push(mark);
            packet.extend_from_slice(chunk);
            packets(&packet);
            (rest, first) = (tail, false);
        }
    }

    /// What comes before [`Command::tail`] in the command as bytes.
    pub fn head(&self) -> Head {
        match self {
            Self::Push { session, opcode, flags, .. } => {
                Head::new(1, session.as_u64(), u16::from(*opcode), *flags)
            }
            Self::Disconnect { session, code, .. } => Head::new(2, session.as_u64(), *code, 0),
            Self::Send { session, .. } => Head::new(3, session.as_u64(), 0, 0),
            Self::Close { session, reset } => Head::new(4, session.as_u64(), 0, u8::from(*reset)),
            Self::Pause { session, paused } => Head::new(5, session.as_u64(), 0, u8::from(*paused)),
            Self::Protect { session, protected } => Head::new(6, session.as_u64(), 0, u8::from(*protected)),
            Self::Message(letter) => letter.head(7),
            Self::Task(letter) => letter.head(TASK),
            Self::Finish(letter) => letter.head(9),
            Self::EndResponse { session, keep_alive } => {
                Head::new(10, session.as_u64(), 0, u8::from(*keep_alive))
            }
            Self::Upgrade { session, deflate } => {
                let (bits, flags) = deflate.map_or((0, 0), |params| {
                    let bits =
                        u16::from_le_bytes([params.server_max_window_bits, params.client_max_window_bits]);
                    let server = u8::from(params.server_no_context_takeover) * SERVER_FORGETS;
                    let client = u8::from(params.client_no_context_takeover) * CLIENT_FORGETS;
                    (bits, DEFLATE | server | client)
                });
                Head::new(14, session.as_u64(), bits, flags)
            }
            Self::Answer { session, .. } => Head::new(12, session.as_u64(), 0, 0),
            Self::AwaitRoom { session } => Head::new(13, session.as_u64(), 0, 0),
            Self::Hello { read } => Head::new(15, *read, 0, 0),
            Self::ReadOn { session } => Head::new(16, session.as_u64(), 0, 0),
            Self::Hold { session, held } => Head::new(17, session.as_u64(), 0, u8::from(*held)),
            Self::Ask(letter) => letter.head(11),
        }
    }

    /// The bytes that the command carries.
    pub fn tail(&self) -> &[u8] {
        match self {
            Self::Push { payload: bytes, .. }
            | Self::Disconnect { reason: bytes, .. }
            | Self::Send { bytes, .. }
            | Self::Answer { headers: bytes, .. } => bytes,
            Self::Message(letter) | Self::Task(letter) | Self::Ask(letter) | Self::Finish(letter) => {
                &letter.bytes
            }
            Self::Close { .. }
            | Self::Pause { .. }
            | Self::Protect { .. }
            | Self::EndResponse { .. }
            | Self::Upgrade { .. }
            | Self::AwaitRoom { .. }
            | Self::ReadOn { .. }
            | Self::Hold { .. }
            | Self::Hello { .. } => &[],
        }
    }

    /// The same command with bytes of its own.
    fn into_owned(self) -> Command<'static> {
        let own = |bytes: Cow<'_, [u8]>| Cow::Owned(bytes.into_owned());
        match self {
            Self::Push { session, opcode, flags, payload } => {
                Command::Push { session, opcode, flags, payload: own(payload) }
            }
            Self::Disconnect { session, code, reason } => {
                Command::Disconnect { session, code, reason: own(reason) }
            }
            Self::Send { session, bytes } => Command::Send { session, bytes: own(bytes) },
            Self::Answer { session, headers } => Command::Answer { session, headers: own(headers) },
            Self::Close { session, reset } => Command::Close { session, reset },
            Self::Pause { session, paused } => Command::Pause { session, paused },
            Self::Protect { session, protected } => Command::Protect { session, protected },
            Self::EndResponse { session, keep_alive } => Command::EndResponse { session, keep_alive },
            Self::Upgrade { session, deflate } => Command::Upgrade { session, deflate },
            Self::AwaitRoom { session } => Command::AwaitRoom { session },
            Self::ReadOn { session } => Command::ReadOn { session },
            Self::Hold { session, held } => Command::Hold { session, held },
            Self::Hello { read } => Command::Hello { read },
            Self::Message(letter) => Command::Message(letter),
            Self::Task(letter) => Command::Task(letter),
            Self::Ask(letter) => Command::Ask(letter),
            Self::Finish(letter) => Command::Finish(letter),
        }
    }
}

impl<'a> Command<'a> {
    /// Whether a packet begins a task.
    pub fn begins_task(packet: &[u8]) -> bool {
        matches!(packet, [_, _, mark, TASK, ..] if mark & FIRST != 0)
    }

    /// The command of these bytes: a head and a tail.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        let (head, rest) = body.split_at_checked(BODY_HEAD_BYTES)?;
        let session = SessionId::new(u64::from_le_bytes(head[1..9].try_into().ok()?));
        let a = u16::from_le_bytes([head[9], head[10]]);
        let b = head[11];
        Some(match head[0] {
            1 => Self::Push { session, opcode: a as u8, flags: b, payload: Cow::Borrowed(rest) },
            2 => Self::Disconnect { session, code: a, reason: Cow::Borrowed(rest) },
            3 => Self::Send { session, bytes: Cow::Borrowed(rest) },
            4 => Self::Close { session, reset: b != 0 },
            5 => Self::Pause { session, paused: b != 0 },
            6 => Self::Protect { session, protected: b != 0 },
            7..=9 | 11 => {
                let (time, bytes) = rest.split_first_chunk()?;
                let sent_us = u64::from_le_bytes(*time);
                let id = u32::try_from(session.as_u64()).ok()?;
                let letter = Letter { id, from: a, flags: b, sent_us, bytes: bytes.to_vec() };
                match head[0] {
                    7 => Self::Message(letter),
                    TASK => Self::Task(letter),
                    9 => Self::Finish(letter),
                    _ => Self::Ask(letter),
                }
            }
            10 => Self::EndResponse { session, keep_alive: b != 0 },
            14 => {
                let [server_max_window_bits, client_max_window_bits] = a.to_le_bytes();
                let params = DeflateParams {
                    server_no_context_takeover: b & SERVER_FORGETS != 0,
                    client_no_context_takeover: b & CLIENT_FORGETS != 0,
                    server_max_window_bits,
                    client_max_window_bits,
                };
                Self::Upgrade { session, deflate: (b & DEFLATE != 0).then_some(params) }
            }
            12 => Self::Answer { session, headers: Cow::Borrowed(rest) },
            13 => Self::AwaitRoom { session },
            15 => Self::Hello { read: session.as_u64() },
            16 => Self::ReadOn { session },
            17 => Self::Hold { session, held: b != 0 },
            _ => return None,
        })
    }
}

/// The beginning of a command as bytes: what it is, and its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    bytes: [u8; BODY_HEAD_BYTES + TIME_BYTES],
    len: usize,
}

impl Head {
    fn new(kind: u8, number: u64, a: u16, b: u8) -> Self {
        let mut bytes = [0; BODY_HEAD_BYTES + TIME_BYTES];
        bytes[0] = kind;
        bytes[1..9].copy_from_slice(&number.to_le_bytes());
        bytes[9..11].copy_from_slice(&a.to_le_bytes());
        bytes[11] = b;
        Self { bytes, len: BODY_HEAD_BYTES }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Letter {
    fn head(&self, kind: u8) -> Head {
        let mut head = Head::new(kind, self.id.into(), self.from, self.flags);
        head.bytes[BODY_HEAD_BYTES..].copy_from_slice(&self.sent_us.to_le_bytes());
        Head { len: BODY_HEAD_BYTES + TIME_BYTES, ..head }
    }
}

/// Puts the packets of all senders together again.
#[derive(Debug, Default)]
pub struct Assembler {
    /// Unfinished commands by sender.
    parts: HashMap<u16, Vec<u8>>,
}

impl Assembler {
    /// Whether a command has begun to arrive and not ended.
    pub fn is_amid(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Takes a packet; returns a command when it was the last of one. Malformed and orphaned packets are dropped: a
    /// worker that starts anew may find the tail of a command meant for its predecessor.
    pub fn receive(&mut self, packet: &[u8]) -> Option<Command<'static>> {
        let (head, chunk) = packet.split_at_checked(HEAD_BYTES)?;
        let sender = u16::from_le_bytes([head[0], head[1]]);
        match (head[2] & FIRST != 0, head[2] & LAST != 0) {
            (true, true) => {
                self.parts.remove(&sender);
                Command::parse(chunk).map(Command::into_owned)
            }
            (true, false) => {
                self.parts.insert(sender, chunk.to_vec());
                None
            }
            (false, last) => {
                let part = self.parts.get_mut(&sender)?;
                if part.len() + chunk.len() > COMMAND_BYTES_MAX {
                    self.parts.remove(&sender);
                    return None;
                }
                part.extend_from_slice(chunk);
                if !last {
                    return None;
                }
                Command::parse(&self.parts.remove(&sender)?).map(Command::into_owned)
            }
        }
    }
}

/// A packet fits the default send buffer of a unix socket several times over.
pub const PACKET_BYTES_MAX: usize = 64 * 1024;
/// Nobody sends more than this in one command: the largest message that a client may send is far below it.
pub const COMMAND_BYTES_MAX: usize = 256 * 1024 * 1024;

const HEAD_BYTES: usize = 3;
const CHUNK_BYTES: usize = PACKET_BYTES_MAX - HEAD_BYTES;
const BODY_HEAD_BYTES: usize = 12;
/// The time of a letter, behind its head.
const TIME_BYTES: usize = 8;
/// What [`Command::Task`] begins with.
const TASK: u8 = 8;
/// Bits of [`Command::Upgrade`].
const DEFLATE: u8 = 1;
const SERVER_FORGETS: u8 = 2;
const CLIENT_FORGETS: u8 = 4;
const FIRST: u8 = 1;
const LAST: u8 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(command: &Command<'_>, sender: u16) -> Vec<Vec<u8>> {
        let mut packets = Vec::new();
        command.encode(sender, &mut |packet: &[u8]| packets.push(packet.to_vec()));
        packets
    }

    fn push(bytes: usize) -> Command<'static> {
        let payload = (0..bytes).map(|n| n as u8).collect::<Vec<_>>().into();
        Command::Push { session: SessionId::new(9), opcode: 2, flags: 3, payload }
    }

    #[test]
    fn every_command_survives_the_trip() {
        let session = SessionId::new(u64::MAX);
        for command in [
            push(0),
            push(5),
            Command::Disconnect { session, code: 4000, reason: b"bye".into() },
            Command::Send { session, bytes: b"raw".into() },
            Command::Close { session, reset: true },
            Command::Pause { session, paused: false },
            Command::Protect { session, protected: true },
            Command::EndResponse { session, keep_alive: true },
            Command::Upgrade { session, deflate: None },
            Command::Upgrade {
                session,
                deflate: Some(DeflateParams {
                    server_no_context_takeover: true,
                    client_no_context_takeover: false,
                    server_max_window_bits: 15,
                    client_max_window_bits: 9,
                }),
            },
            Command::Answer { session, headers: b"A: b\r\n".into() },
            Command::AwaitRoom { session },
            Command::ReadOn { session },
            Command::Hold { session, held: true },
            Command::Hello { read: u64::MAX },
            Command::Message(Letter { from: 7, bytes: vec![0; 10], ..Letter::default() }),
            Command::Task(Letter { id: u32::MAX, from: 1, flags: 3, sent_us: u64::MAX, bytes: vec![] }),
            Command::Ask(Letter { id: 6, from: 3, flags: 0, sent_us: 1, bytes: b"{}".to_vec() }),
            Command::Finish(Letter { id: 5, from: 2, flags: 1, sent_us: 9, bytes: b"done".to_vec() }),
        ] {
            let packets = packets(&command, 1);
            assert_eq!(packets.len(), 1);
            assert_eq!(Assembler::default().receive(&packets[0]), Some(command));
        }
    }

    #[test]
    fn a_command_goes_in_one_packet_up_to_the_limit_and_in_two_above_it() {
        let most = CHUNK_BYTES - BODY_HEAD_BYTES;
        assert_eq!(packets(&push(most), 0).len(), 1);
        assert_eq!(packets(&push(most + 1), 0).len(), 2);
        assert!(push(most).is_small() && !push(most + 1).is_small());
        assert!(packets(&push(1_000_000), 0).iter().all(|packet| packet.len() <= PACKET_BYTES_MAX));
    }

    #[test]
    fn the_first_packet_of_a_task_tells_that_it_is_one() {
        let letter = |len| Letter { bytes: vec![8; len], ..Letter::default() };
        let begins = |command| -> Vec<bool> {
            packets(&command, 8).iter().map(|packet| Command::begins_task(packet)).collect()
        };
        assert_eq!(begins(Command::Task(letter(5))), [true]);
        assert_eq!(begins(Command::Task(letter(100_000))), [true, false]);
        assert_eq!(begins(Command::Finish(letter(5))), [false]);
        assert!(!Command::begins_task(b""));
    }

    #[test]
    fn chunks_of_several_senders_may_interleave() {
        let (a, b) = (push(200_000), push(150_000));
        let (pa, pb) = (packets(&a, 1), packets(&b, 2));
        let mut assembler = Assembler::default();
        let mut got = Vec::new();
        for n in 0..pa.len().max(pb.len()) {
            got.extend([pa.get(n), pb.get(n)].into_iter().flatten().filter_map(|p| assembler.receive(p)));
        }
        assert_eq!(got, [b, a]);
    }

    #[test]
    fn a_successor_drops_the_tail_of_a_command_it_never_saw_begin() {
        let packets = packets(&push(200_000), 1);
        let mut assembler = Assembler::default();
        for packet in &packets[1..] {
            assert_eq!(assembler.receive(packet), None);
        }
        let next = push(1);
        next.encode(1, &mut |packet: &[u8]| assert_eq!(assembler.receive(packet), Some(push(1))));
    }

    #[test]
    fn garbage_is_dropped_without_a_panic() {
        let mut assembler = Assembler::default();
        for packet in
            [&[][..], &[1], &[1, 0, 3], &[1, 0, 3, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 1]]
        {
            assert_eq!(assembler.receive(packet), None);
        }
    }
}
