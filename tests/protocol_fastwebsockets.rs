//! Our connection against that of fastwebsockets, in both roles and both directions, in memory.

#[path = "support/ours.rs"]
mod ours;

use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload as TheirPayload, WebSocket};
use ours::{LENGTHS, Ours, message};
use swoole::protocol::connection::{End, Event, Initiator, Payload};
use swoole::protocol::opcode::Opcode;
use swoole::protocol::role::Role;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// Both ends: ours with the raw end of a pipe, theirs behind the other.
struct Pair {
    ours: Ours,
    pipe: DuplexStream,
    theirs: FragmentCollector<DuplexStream>,
}

impl Pair {
    fn both() -> [Self; 2] {
        use fastwebsockets::Role as TheirRole;
        [(Role::Server, TheirRole::Client), (Role::Client, TheirRole::Server)].map(|(our, their)| {
            let (pipe, far) = tokio::io::duplex(PIPE_BYTES);
            let theirs = FragmentCollector::new(WebSocket::after_handshake(far, their));
            Self { ours: Ours::new(our), pipe, theirs }
        })
    }

    /// Reads what they have written, at least one byte of it.
    async fn their_bytes(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PIPE_BYTES);
        self.pipe.read_buf(&mut bytes).await.expect("bytes");
        bytes
    }

    /// Hands them what we have written.
    async fn deliver(&mut self) {
        let bytes = self.ours.written();
        self.pipe.write_all(&bytes).await.expect("written");
    }
}

/// What is in the pipe at once: more than the longest message here.
const PIPE_BYTES: usize = 4 << 20;

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(test);
}

#[test]
fn their_messages_arrive_at_our_end_in_reads_of_any_size() {
    run(async {
        for mut pair in Pair::both() {
            for len in LENGTHS {
                let text = "t".repeat(len);
                let frame = Frame::text(TheirPayload::Owned(text.clone().into_bytes()));
                pair.theirs.write_frame(frame).await.expect("sent");
                let frame = Frame::binary(TheirPayload::Owned(vec![0xfe; len]));
                pair.theirs.write_frame(frame).await.expect("sent");
                let bytes = pair.their_bytes().await;
                let expected =
                    [message(Opcode::Text, text.as_bytes()), message(Opcode::Binary, &vec![0xfe; len])];
                for size in [1999, 65_536, usize::MAX] {
                    assert_eq!(pair.ours.receive_by(size, &bytes), expected, "{len} bytes by {size}");
                }
            }
        }
    });
}

#[test]
fn our_messages_arrive_at_their_end() {
    run(async {
        for mut pair in Pair::both() {
            for len in LENGTHS {
                for (opcode, theirs) in [(Opcode::Text, OpCode::Text), (Opcode::Binary, OpCode::Binary)] {
                    pair.ours.send(opcode, &vec![b'o'; len], true);
                    pair.deliver().await;
                    let frame = pair.theirs.read_frame().await.expect("a message");
                    assert_eq!(frame.opcode, theirs);
                    assert!(frame.payload.iter().eq(vec![b'o'; len].iter()), "{len} bytes");
                }
            }
        }
    });
}

#[test]
fn our_fragments_become_one_message_at_their_end() {
    run(async {
        for mut pair in Pair::both() {
            let text = "añ😀".repeat(100);
            let (left, right) = text.as_bytes().split_at(302);
            pair.ours.send(Opcode::Text, left, false);
            pair.ours.send(Opcode::Ping, b"between", true);
            pair.ours.send(Opcode::Continuation, b"", false);
            pair.ours.send(Opcode::Continuation, right, true);
            pair.deliver().await;
            let frame = pair.theirs.read_frame().await.expect("a message");
            assert_eq!((frame.opcode, &frame.payload[..]), (OpCode::Text, text.as_bytes()));
            let bytes = pair.their_bytes().await;
            assert_eq!(pair.ours.receive(&bytes), [Event::Pong(Payload::Owned(b"between"[..].into()))]);
        }
    });
}

#[test]
fn their_fragments_become_one_message_at_our_end() {
    run(async {
        for mut pair in Pair::both() {
            let text = "añ😀".repeat(100);
            let (left, right) = text.as_bytes().split_at(302);
            let part = |fin, opcode, bytes: &[u8]| {
                Frame::new(fin, opcode, None, TheirPayload::Owned(bytes.to_vec()))
            };
            for frame in [
                part(false, OpCode::Text, left),
                part(true, OpCode::Ping, b"between"),
                part(false, OpCode::Continuation, b""),
                part(true, OpCode::Continuation, right),
            ] {
                pair.theirs.write_frame(frame).await.expect("sent");
            }
            let bytes = pair.their_bytes().await;
            let ping = Event::Ping(Payload::Owned(b"between"[..].into()));
            assert_eq!(pair.ours.receive_by(100, &bytes), [ping, message(Opcode::Text, text.as_bytes())]);
            pair.deliver().await;
            let frame = pair.theirs.read_frame().await.expect("our pong");
            assert_eq!((frame.opcode, &frame.payload[..]), (OpCode::Pong, &b"between"[..]));
        }
    });
}

#[test]
fn their_close_is_answered_and_both_ends_are_clean() {
    run(async {
        for mut pair in Pair::both() {
            pair.theirs.write_frame(Frame::close(4000, b"enough")).await.expect("sent");
            let bytes = pair.their_bytes().await;
            match &pair.ours.receive(&bytes)[..] {
                [Event::Close(reason)] => {
                    assert_eq!((reason.code(), reason.reason()), (Some(4000), "enough"))
                }
                other => panic!("{other:?}"),
            }
            pair.deliver().await;
            let frame = pair.theirs.read_frame().await.expect("our close");
            assert_eq!((frame.opcode, &frame.payload[..]), (OpCode::Close, &4000_u16.to_be_bytes()[..]));
            assert_eq!(pair.ours.connection.eof(), End::Clean { by: Initiator::Peer, code: 4000 });
        }
    });
}

#[test]
fn our_close_is_answered_and_both_ends_are_clean() {
    run(async {
        for mut pair in Pair::both() {
            pair.ours.close(1000, "done");
            pair.deliver().await;
            let frame = pair.theirs.read_frame().await.expect("our close");
            assert_eq!((frame.opcode, &frame.payload[2..]), (OpCode::Close, &b"done"[..]));
            let bytes = pair.their_bytes().await;
            assert!(matches!(&pair.ours.receive(&bytes)[..], [Event::Close(_)]));
            assert_eq!(pair.ours.connection.eof(), End::Clean { by: Initiator::Us, code: 1000 });
        }
    });
}

#[test]
fn text_that_is_not_utf8_is_refused_by_both() {
    run(async {
        for mut pair in Pair::both() {
            // Both let a sender send what it likes.
            let bad = [b'a', 0xff];
            pair.theirs.write_frame(Frame::text(TheirPayload::Owned(bad.to_vec()))).await.expect("sent");
            pair.ours.send(Opcode::Text, &bad, true);
            pair.deliver().await;
            assert!(pair.theirs.read_frame().await.is_err());
            let bytes = pair.their_bytes().await;
            assert!(
                matches!(&pair.ours.receive(&bytes)[..], [Event::Failed(error)] if error.close_code() == 1007)
            );
        }
    });
}
