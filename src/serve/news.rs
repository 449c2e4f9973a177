//! What a reactor tells a worker about a connection: the calls of [`App`](super::App), as bytes.
//!
//! Both ends are the same program; bytes that make no sense are dropped, never a panic.

use std::borrow::Cow;
use std::net::IpAddr;

use super::app::{Matter, Request};
use crate::net::datagram::Datagram;
use crate::net::form::Form;
use crate::net::socket::Name;
use crate::protocol::block::Block;
use crate::protocol::http::{HeadLimits, RequestHead};
use crate::protocol::opcode::Opcode;
use crate::server::session::{CloseCause, Closed, ClosedBy, SessionId};
use crate::server::sessions::Row;

/// One call.
#[derive(Debug)]
pub(super) enum News<'a> {
    Connect,
    /// The connection speaks WebSocket.
    Open(Head<'a>),
    /// The handshake is accepted; header lines for the answer are wanted, then the connection is open.
    Accepted(Head<'a>),
    /// A handshake that the application answers.
    Handshake(Head<'a>),
    Request {
        head: Head<'a>,
        body: Cow<'a, [u8]>,
        form: Option<Form>,
    },
    Message {
        opcode: Opcode,
        compressed: bool,
        close_code: u16,
        payload: &'a [u8],
    },
    Receive(&'a [u8]),
    /// Of no session.
    Packet(Datagram),
    BufferFull,
    BufferEmpty,
    Room,
    /// With what the table said of the session, which is out of it by now.
    Close(Cow<'a, Closed>, Row),
}

/// A request's head as it came, and the address it came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head<'a> {
    pub bytes: &'a [u8],
    pub local: Option<IpAddr>,
}

impl<'a> News<'a> {
    /// Hands the parts of the record to `send`. The session came in by this port, and may be gone when it is read.
    pub fn encode(&self, session: SessionId, port: u8, send: impl FnOnce(&[&[u8]])) {
        let head = |kind: u8, flags: u8, number: u32| {
            let mut head = [0; HEAD_BYTES];
            head[0] = kind;
            head[1] = flags;
            head[2] = port;
            head[4..8].copy_from_slice(&number.to_le_bytes());
            head[8..].copy_from_slice(&session.as_u64().to_le_bytes());
            head
        };
        match self {
            Self::Connect => send(&[&head(1, 0, 0)]),
            Self::Open(request) => send(&[&head(2, 0, 0), &request.address(), request.bytes]),
            Self::Accepted(request) => send(&[&head(3, 0, 0), &request.address(), request.bytes]),
            Self::Handshake(request) => send(&[&head(4, 0, 0), &request.address(), request.bytes]),
            Self::Request { head: request, body, form } => {
                let (flags, bytes) = match form {
                    None => (0, Cow::Borrowed(&body[..])),
                    Some(form) => (FORM, Cow::Owned(form.to_bytes())),
                };
                let head = head(5, flags, request.bytes.len() as u32);
                send(&[&head, &request.address(), request.bytes, &bytes]);
            }
            Self::Message { opcode, compressed, close_code, payload } => {
                let flags = *opcode as u8 | if *compressed { COMPRESSED } else { 0 };
                send(&[&head(6, flags, (*close_code).into()), &[0; SPARE_BYTES], payload]);
            }
            Self::Receive(bytes) => send(&[&head(7, 0, 0), bytes]),
            Self::Packet(packet) => {
                let from = packet.from.to_bytes();
                send(&[&head(12, 0, from.len() as u32), &from, &packet.bytes]);
            }
            Self::BufferFull => send(&[&head(8, 0, 0)]),
            Self::BufferEmpty => send(&[&head(9, 0, 0)]),
            Self::Room => send(&[&head(10, 0, 0)]),
            Self::Close(closed, row) => {
                let by = if closed.by == ClosedBy::Peer { BY_PEER } else { 0 };
                let flags = by | if closed.websocket { WEBSOCKET } else { 0 };
                let number = u32::from(closed.code) | u32::from(cause_number(closed.cause)) << 16;
                send(&[
                    &head(11, flags, number),
                    row.map(u64::to_le_bytes).as_flattened(),
                    closed.reason.as_bytes(),
                ]);
            }
        }
    }

    /// How many bytes of the connection it hands out, where that does not stand still until they are answered.
    pub fn data_bytes(&self) -> Option<usize> {
        match self {
            Self::Message { payload: bytes, .. } | Self::Receive(bytes) => Some(bytes.len()),
            _ => None,
        }
    }

    /// The connection whose callback a record begins, if it does so: those come in order. What the record holds, uploaded
    /// files above all, stays untouched.
    pub fn callback_of(record: &[u8]) -> Option<SessionId> {
        let (head, _) = record.split_first_chunk::<HEAD_BYTES>()?;
        let session = u64::from_le_bytes(*head.last_chunk()?);
        (!WITHOUT_ORDER.contains(&head[0])).then(|| SessionId::new(session))
    }

    /// Whether the connection stands still until the worker has answered.
    pub const fn wants_answer(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::Handshake(_) | Self::Request { .. })
    }

    /// What an application that chooses workers is told.
    pub fn matter(&self) -> (Matter, &[u8]) {
        match self {
            Self::Connect => (Matter::Connect, &[]),
            Self::Close(..) => (Matter::Close, &[]),
            Self::Message { payload, .. } => (Matter::Data, payload),
            Self::Receive(bytes) => (Matter::Data, bytes),
            Self::Open(head) | Self::Accepted(head) | Self::Handshake(head) | Self::Request { head, .. } => {
                (Matter::Data, head.bytes)
            }
            Self::Packet(packet) => (Matter::Data, &packet.bytes),
            Self::BufferFull | Self::BufferEmpty | Self::Room => (Matter::Data, &[]),
        }
    }

    /// What a record says, of which session and port.
    pub fn parse(record: &'a [u8]) -> Option<(SessionId, u8, Self)> {
        let (head, bytes) = record.split_first_chunk::<HEAD_BYTES>()?;
        let (kind, flags, port) = (head[0], head[1], head[2]);
        let number = u32::from_le_bytes(head[4..8].try_into().ok()?);
        let session = SessionId::new(u64::from_le_bytes(head[8..].try_into().ok()?));
        let news = match kind {
            1 => Self::Connect,
            2 => Self::Open(Head::parse(bytes)?),
            3 => Self::Accepted(Head::parse(bytes)?),
            4 => Self::Handshake(Head::parse(bytes)?),
            5 => {
                let Head { bytes, local } = Head::parse(bytes)?;
                let (bytes, rest) = bytes.split_at_checked(number as usize)?;
                let head = Head { bytes, local };
                match flags & FORM {
                    0 => Self::Request { head, body: Cow::Borrowed(rest), form: None },
                    _ => Self::Request { head, body: Cow::default(), form: Some(Form::from_bytes(rest)?) },
                }
            }
            6 => Self::Message {
                opcode: Opcode::from_u8(flags & !COMPRESSED)?,
                compressed: flags & COMPRESSED != 0,
                close_code: number as u16,
                payload: bytes.get(SPARE_BYTES..)?,
            },
            7 => Self::Receive(bytes),
            8 => Self::BufferFull,
            9 => Self::BufferEmpty,
            10 => Self::Room,
            11 => {
                let (row, reason) = bytes.split_first_chunk::<{ size_of::<Row>() }>()?;
                let (words, _) = row.as_chunks();
                let mut row = Row::default();
                row.iter_mut().zip(words).for_each(|(word, bytes)| *word = u64::from_le_bytes(*bytes));
                let closed = Closed {
                    by: if flags & BY_PEER != 0 { ClosedBy::Peer } else { ClosedBy::Server },
                    cause: cause_of((number >> 16) as u8),
                    websocket: flags & WEBSOCKET != 0,
                    code: number as u16,
                    reason: String::from_utf8_lossy(reason).into_owned(),
                };
                Self::Close(Cow::Owned(closed), row)
            }
            12 => {
                let (from, bytes) = bytes.split_at_checked(number as usize)?;
                let from = Name::from_bytes(from)?;
                Self::Packet(Datagram { port, from, bytes: bytes.to_vec() })
            }
            _ => return None,
        };
        Some((session, port, news))
    }
}

impl<'a> Head<'a> {
    /// As bytes: an IPv6 address, into which IPv4 fits; zeros are none.
    fn address(&self) -> [u8; ADDRESS_BYTES] {
        match self.local {
            Some(IpAddr::V4(ip)) => ip.to_ipv6_mapped().octets(),
            Some(IpAddr::V6(ip)) => ip.octets(),
            None => [0; ADDRESS_BYTES],
        }
    }

    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (address, bytes) = bytes.split_first_chunk::<ADDRESS_BYTES>()?;
        let local = Some(IpAddr::from(*address).to_canonical()).filter(|ip| !ip.is_unspecified());
        Some(Self { bytes, local })
    }
}

/// A request as it was in the reactor, which has held its head to the limits.
pub(super) fn request(head: Head<'_>, body: Vec<u8>, form: Option<Form>) -> Option<Request> {
    let (head, _) = RequestHead::parse(head.bytes, &UNLIMITED).ok()??;
    Some(Request { head, body, form })
}

fn cause_number(cause: CloseCause) -> u8 {
    match cause {
        CloseCause::Handshake => 0,
        CloseCause::Gone => 1,
        // Which rule was broken has been said where it was seen; the code says the rest.
        CloseCause::Protocol(_) | CloseCause::Closed => 2,
        CloseCause::Idle => 3,
        CloseCause::HandshakeTimeout => 4,
        CloseCause::SlowReader => 5,
        CloseCause::Shutdown => 6,
    }
}

const fn cause_of(number: u8) -> CloseCause {
    match number {
        0 => CloseCause::Handshake,
        1 => CloseCause::Gone,
        3 => CloseCause::Idle,
        4 => CloseCause::HandshakeTimeout,
        5 => CloseCause::SlowReader,
        6 => CloseCause::Shutdown,
        _ => CloseCause::Closed,
    }
}

const ADDRESS_BYTES: usize = 16;
/// Kind, flags, the port, a spare byte, a number, the session.
const HEAD_BYTES: usize = 16;
/// Before the payload of a message, so that the record is a [`Block`] with it: its reader may give it away whole.
const SPARE_BYTES: usize = Block::HEADROOM - HEAD_BYTES;
const FORM: u8 = 1;
/// Above the opcode's four bits.
const COMPRESSED: u8 = 16;
const BY_PEER: u8 = 1;
const WEBSOCKET: u8 = 2;
const UNLIMITED: HeadLimits =
    HeadLimits { head_bytes: ANY, header_count: ANY, target_bytes: ANY, require_host: false };
const ANY: usize = u32::MAX as usize;

/// Records that belong to no connection's order: what is said of outboxes, and packets.
const WITHOUT_ORDER: [u8; 4] = [8, 9, 10, 12];

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &[u8] = b"GET /a?b HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";

    const REQUEST: Head<'static> =
        Head { bytes: HEAD, local: Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)) };

    fn trip(news: &News<'_>) -> (SessionId, Vec<u8>) {
        let mut record = Vec::new();
        let session = SessionId::new(u64::MAX - 1);
        news.encode(session, 3, |parts| record = parts.concat());
        (session, record)
    }

    /// What Debug says is all there is to compare.
    fn survives(news: &News<'_>) {
        let (session, record) = trip(news);
        let (told, port, read) = News::parse(&record).unwrap();
        assert_eq!((told, port, format!("{read:?}")), (session, 3, format!("{news:?}")));
    }

    #[test]
    fn every_call_survives_the_trip() {
        survives(&News::Connect);
        survives(&News::Open(REQUEST));
        survives(&News::Accepted(Head { local: None, ..REQUEST }));
        survives(&News::Handshake(REQUEST));
        survives(&News::Request { head: REQUEST, body: Cow::Borrowed(b"body"), form: None });
        survives(&News::Request { head: REQUEST, body: Cow::default(), form: Some(Form::default()) });
        for (opcode, compressed) in [(Opcode::Text, true), (Opcode::Close, false)] {
            survives(&News::Message { opcode, compressed, close_code: 4999, payload: b"hi" });
        }
        survives(&News::Receive(b"raw"));
        for name in [
            Name::inet(std::net::Ipv6Addr::LOCALHOST.into(), 5),
            Name::Unix("/a b".into()),
            Name::Unix("".into()),
        ] {
            survives(&News::Packet(Datagram { port: 3, from: name, bytes: b"packet".to_vec() }));
        }
        survives(&News::BufferFull);
        survives(&News::BufferEmpty);
        survives(&News::Room);
        let closed = Closed {
            by: ClosedBy::Peer,
            cause: CloseCause::Idle,
            websocket: true,
            code: 4000,
            reason: "bye".into(),
        };
        survives(&News::Close(Cow::Owned(closed), [1, 2, 3, 4, 5, 6, 7, 8, u64::MAX]));
    }

    #[test]
    fn a_head_is_parsed_again() {
        let request = request(REQUEST, b"body".to_vec(), None).unwrap();
        assert_eq!(request.head.header("a"), Some(&b"b"[..]));
        assert_eq!(request.body, b"body");
        assert!(super::request(Head { bytes: b"GET", local: None }, Vec::new(), None).is_none());
    }

    #[test]
    fn nonsense_is_dropped() {
        let mut record = vec![0; HEAD_BYTES];
        assert!(News::parse(&record[1..]).is_none());
        for kind in [0, 13, 255] {
            record[0] = kind;
            assert!(News::parse(&record).is_none());
        }
        // A head that is longer than the record.
        (record[0], record[4]) = (5, 1);
        assert!(News::parse(&record).is_none());
    }
}
