//! Our connection against tungstenite's, in both roles and both directions, in memory.

#[path = "support/ours.rs"]
mod ours;

use std::io::{self, Read, Write};

use ours::{LENGTHS, Ours, message};
use proptest::prelude::*;
use swoole::protocol::connection::{Cut, End, Event, Initiator, Payload};
use swoole::protocol::opcode::Opcode;
use swoole::protocol::role::Role;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::protocol::{CloseFrame, Role as TheirRole};
use tungstenite::{Error, Message, WebSocket};

/// What the other end has sent and we have not read, and the reverse.
#[derive(Default)]
struct Pipe {
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.incoming.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let len = buffer.len().min(self.incoming.len());
        buffer[..len].copy_from_slice(&self.incoming[..len]);
        self.incoming.drain(..len);
        Ok(len)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Both ends: ours in one role, theirs in the other.
struct Pair {
    ours: Ours,
    theirs: WebSocket<Pipe>,
}

impl Pair {
    fn both() -> [Self; 2] {
        [(Role::Server, TheirRole::Client), (Role::Client, TheirRole::Server)].map(|(our, their)| Self {
            ours: Ours::new(our),
            theirs: WebSocket::from_raw_socket(Pipe::default(), their, None),
        })
    }

    /// What they have written since the last call.
    fn their_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.theirs.get_mut().outgoing)
    }

    /// Hands them what we have written.
    fn deliver(&mut self) {
        let bytes = self.ours.written();
        self.theirs.get_mut().incoming.extend(bytes);
    }

    fn their_message(&mut self, wanted: Opcode, payload: &[u8]) {
        self.deliver();
        let expected = match wanted {
            Opcode::Text => Message::text(String::from_utf8(payload.to_vec()).expect("text")),
            _ => Message::binary(payload.to_vec()),
        };
        assert_eq!(self.theirs.read().expect("a message"), expected);
    }
}

/// Valid text of any length in bytes, mostly of two-byte characters.
fn text_of(len: usize) -> String {
    "é".repeat(len / 2) + if len % 2 == 1 { "x" } else { "" }
}

#[test]
fn their_messages_arrive_at_our_end_in_reads_of_any_size() {
    for mut pair in Pair::both() {
        for len in LENGTHS {
            let text = text_of(len);
            pair.theirs.send(Message::text(text.clone())).expect("sent");
            pair.theirs.send(Message::binary(vec![0x80; len])).expect("sent");
            let bytes = pair.their_bytes();
            let expected =
                [message(Opcode::Text, text.as_bytes()), message(Opcode::Binary, &vec![0x80; len])];
            for size in [1999, 65_536, usize::MAX] {
                assert_eq!(pair.ours.receive_by(size, &bytes), expected, "{len} bytes by {size}");
            }
        }
    }
}

#[test]
fn our_messages_arrive_at_their_end() {
    for mut pair in Pair::both() {
        for len in LENGTHS {
            let text = text_of(len);
            pair.ours.send(Opcode::Text, text.as_bytes(), true);
            pair.their_message(Opcode::Text, text.as_bytes());
            pair.ours.send(Opcode::Binary, &vec![0x80; len], true);
            pair.their_message(Opcode::Binary, &vec![0x80; len]);
        }
    }
}

#[test]
fn our_fragments_become_one_message_at_their_end() {
    for mut pair in Pair::both() {
        let text = text_of(1000);
        pair.ours.send(Opcode::Text, &text.as_bytes()[..333], false);
        pair.ours.send(Opcode::Ping, b"between", true);
        pair.ours.send(Opcode::Continuation, b"", false);
        pair.ours.send(Opcode::Continuation, &text.as_bytes()[333..], true);
        pair.deliver();
        assert_eq!(pair.theirs.read().expect("the ping"), Message::Ping(b"between".to_vec().into()));
        pair.their_message(Opcode::Text, text.as_bytes());
        pair.theirs.flush().expect("their pong");
        let bytes = pair.their_bytes();
        let pong = Event::Pong(Payload::Owned(b"between"[..].into()));
        assert_eq!(pair.ours.receive(&bytes), [pong]);
    }
}

#[test]
fn their_ping_gets_our_pong() {
    for mut pair in Pair::both() {
        pair.theirs.send(Message::Ping(b"are you there?".to_vec().into())).expect("sent");
        let bytes = pair.their_bytes();
        let ping = Event::Ping(Payload::Owned(b"are you there?"[..].into()));
        assert_eq!(pair.ours.receive(&bytes), [ping]);
        pair.deliver();
        assert_eq!(pair.theirs.read().expect("our pong"), Message::Pong(b"are you there?".to_vec().into()));
    }
}

#[test]
fn their_close_is_answered_and_both_ends_are_clean() {
    for mut pair in Pair::both() {
        let frame = CloseFrame { code: CloseCode::Library(4321), reason: "genug".into() };
        pair.theirs.close(Some(frame)).expect("sent");
        let bytes = pair.their_bytes();
        match &pair.ours.receive(&bytes)[..] {
            [Event::Close(reason)] => assert_eq!((reason.code(), reason.reason()), (Some(4321), "genug")),
            other => panic!("{other:?}"),
        }
        pair.deliver();
        let code = match pair.theirs.read() {
            Ok(Message::Close(Some(frame))) => u16::from(frame.code),
            other => panic!("{other:?}"),
        };
        assert_eq!(code, 4321);
        assert_eq!(pair.ours.connection.eof(), End::Clean { by: Initiator::Peer, code: 4321 });
    }
}

#[test]
fn our_close_is_answered_and_both_ends_are_clean() {
    for mut pair in Pair::both() {
        pair.ours.close(1001, "going away");
        pair.deliver();
        let frame = CloseFrame { code: CloseCode::Away, reason: "going away".into() };
        assert_eq!(pair.theirs.read().expect("our close"), Message::Close(Some(frame)));
        // Their answer is written when they are asked for more.
        let _ = pair.theirs.flush();
        let bytes = pair.their_bytes();
        assert!(matches!(&pair.ours.receive(&bytes)[..], [Event::Close(_)]));
        assert_eq!(pair.ours.connection.eof(), End::Clean { by: Initiator::Us, code: 1001 });
    }
}

#[test]
fn a_peer_that_drops_the_connection_is_abnormal() {
    for mut pair in Pair::both() {
        pair.theirs.send(Message::text("the last one")).expect("sent");
        let bytes = pair.their_bytes();
        assert_eq!(pair.ours.receive(&bytes[..bytes.len() - 1]), []);
        assert_eq!(pair.ours.connection.eof(), End::Abnormal(Cut::InsideFrame));
    }
}

/// Bytes of a server that no client may accept.
const NONSENSE: &[(&str, &[u8])] = &[
    ("a reserved bit", &[0xc1, 0x01, b'a']),
    ("a reserved opcode", &[0x83, 0x00]),
    ("a fragmented ping", &[0x09, 0x00]),
    ("a ping of 126 bytes", &[0x89, 126, 0, 126]),
    ("a continuation of nothing", &[0x80, 0x00]),
    ("a message inside a message", &[0x01, 0x01, b'a', 0x81, 0x01, b'b']),
    ("text that is not utf-8", &[0x81, 0x02, 0xc3, 0x28]),
    ("a close of one byte", &[0x88, 0x01, 0x03]),
    ("a close with a reason that is not utf-8", &[0x88, 0x03, 0x03, 0xe8, 0xff]),
];

#[test]
fn what_they_refuse_we_refuse() {
    for (what, bytes) in NONSENSE {
        // They wait for a payload before they look.
        let bytes = &[bytes, &[0; 126][..]].concat();
        let mut pair = Pair::both().into_iter().nth(1).expect("our client");
        let events = pair.ours.receive(bytes);
        assert!(matches!(&events[..], [Event::Failed(_)]), "{what}: {events:?}");

        let pipe = Pipe { incoming: bytes.clone(), outgoing: Vec::new() };
        let mut theirs = WebSocket::from_raw_socket(pipe, TheirRole::Client, None);
        let answer = theirs.read();
        let refused = match &answer {
            Err(Error::Io(error)) => error.kind() != io::ErrorKind::WouldBlock,
            Err(_) => true,
            Ok(_) => false,
        };
        assert!(refused, "{what}: {answer:?}");
    }
}

#[test]
fn they_read_the_reason_of_our_failure() {
    let [mut pair, _] = Pair::both();
    // Their client's frame, spoilt: without the masking bit.
    pair.theirs.send(Message::text("hello")).expect("sent");
    let mut bytes = pair.their_bytes();
    bytes[1] &= 0x7f;
    assert!(matches!(&pair.ours.receive(&bytes)[..], [Event::Failed(_)]));
    pair.deliver();
    let frame = CloseFrame { code: CloseCode::Protocol, reason: "unmasked frame from a client".into() };
    assert_eq!(pair.theirs.read().expect("our close"), Message::Close(Some(frame)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_messages_go_both_ways_however_they_are_cut(
        messages in prop::collection::vec((any::<bool>(), "\\PC{0,200}"), 1..8), size in 1..300_usize,
    ) {
        for mut pair in Pair::both() {
            let mut expected = Vec::new();
            for (binary, content) in &messages {
                let (opcode, theirs) = if *binary {
                    (Opcode::Binary, Message::binary(content.clone().into_bytes()))
                } else {
                    (Opcode::Text, Message::text(content.clone()))
                };
                pair.theirs.send(theirs).expect("sent");
                pair.ours.send(opcode, content.as_bytes(), true);
                pair.their_message(opcode, content.as_bytes());
                expected.push(message(opcode, content.as_bytes()));
            }
            let bytes = pair.their_bytes();
            prop_assert_eq!(pair.ours.receive_by(size, &bytes), expected);
        }
    }
}
