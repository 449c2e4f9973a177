//! Our client against a server that breaks the rules, by section of RFC 6455 and RFC 7692: every violation is answered
//! with the close code that belongs to it, and what is allowed is taken.
#![cfg(feature = "net")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::rc::Rc;
use std::time::Duration;

use swoole::client::{Conversation, Incoming, Link};
use swoole::net::dial::{Peer, dial};
use swoole::protocol::close::CloseReason;
use swoole::protocol::connection::{Limits, Options, SendFlags};
use swoole::protocol::deflate::Deflate;
use swoole::protocol::extension::{DeflateConfig, DeflateParams};
use swoole::protocol::opcode::Opcode;
use swoole::protocol::role::Role;

/// What the client saw of `bytes`, and the bytes that it sent itself.
struct Seen {
    incoming: Vec<Incoming>,
    sent: Vec<u8>,
}

/// Lets a server send `bytes` in pieces of `step` to a client whose handshake is done, and then end its side.
fn meet(bytes: &[u8], step: usize, deflate: bool) -> Seen {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let bytes = bytes.to_vec();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        for piece in bytes.chunks(step) {
            // The client may have had enough.
            if stream.write_all(piece).is_err() {
                break;
            }
        }
        let _ = stream.shutdown(std::net::Shutdown::Write);
        read_to_end(&mut stream)
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let incoming = tokio::task::LocalSet::new().block_on(&runtime, async move {
        let link = Rc::new(Link::new(dial(&Peer::new("127.0.0.1", port), None).await.unwrap()));
        let conversation = converse(Rc::clone(&link), deflate);
        let mut incoming = Vec::new();
        loop {
            let next = conversation.next().await.unwrap();
            let last = matches!(next, Incoming::Close(_) | Incoming::Failed(_) | Incoming::End);
            incoming.push(next);
            if last {
                link.finish().await;
                return incoming;
            }
        }
    });
    Seen { incoming, sent: server.join().unwrap() }
}

fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

fn converse(link: Rc<Link>, deflate: bool) -> Conversation {
    let limits = Limits {
        frame_bytes_max: 100_000,
        message_bytes_max: 100_000,
        inflated_bytes_max: 100_000,
        fragments_max: 1_000,
    };
    let params = DeflateParams {
        server_no_context_takeover: false,
        client_no_context_takeover: false,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    };
    let deflate = deflate.then(|| Deflate::new(Role::Client, params, &DeflateConfig::default()));
    Conversation::new(link, Options { auto_pong: true, limits }, true, deflate)
}

/// The frames that the client sent: first byte and unmasked payload. Every one has a mask (5.1).
fn frames(mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut frames = Vec::new();
    while let [first, second, rest @ ..] = bytes {
        assert_eq!(second & 0x80, 0x80, "a client masks");
        let len = usize::from(second & 0x7f);
        assert!(len < 126, "only short ones are read here");
        let (key, rest) = rest.split_at(4);
        let (payload, rest) = rest.split_at(len);
        frames.push((*first, payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()));
        bytes = rest;
    }
    frames
}

/// An unmasked frame, as servers send them.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        len @ 0..=125 => out.push(len as u8),
        len @ 126..=0xffff => {
            out.push(126);
            out.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            out.push(127);
            out.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
    out
}

/// A violation, after one good message: the client takes the message, says this code, and is done.
fn is_refused(name: &str, bytes: &[u8], code: u16) {
    refused(name, bytes, code, false);
}

fn refused(name: &str, bytes: &[u8], code: u16, deflate: bool) {
    let all = [&frame(0x81, b"good"), bytes].concat();
    for step in [1, 7, usize::MAX] {
        let seen = meet(&all, step, deflate);
        assert_eq!(seen.incoming[0], message(b"good"), "{name}");
        assert!(matches!(seen.incoming.last(), Some(Incoming::Failed(_))), "{name}: {:?}", seen.incoming);
        let sent = frames(&seen.sent);
        let (first, close) = sent.last().unwrap();
        assert_eq!((*first, &close[..2]), (0x88, &code.to_be_bytes()[..]), "{name}, {step} bytes at a time");
    }
}

fn message(payload: &[u8]) -> Incoming {
    Incoming::Message { opcode: Opcode::Text, compressed: false, payload: payload.into() }
}

/// Legal bytes bring these messages.
fn is_taken(name: &str, bytes: &[u8], expected: &[&[u8]]) {
    for step in [1, 7, usize::MAX] {
        let seen = meet(bytes, step, false);
        let messages: Vec<_> = seen
            .incoming
            .into_iter()
            .filter_map(|incoming| match incoming {
                Incoming::Message { payload, .. } => Some(payload),
                _ => None,
            })
            .collect();
        let messages: Vec<&[u8]> = messages.iter().map(|message| &message[..]).collect();
        assert_eq!(messages, expected, "{name}");
    }
}

#[test]
fn section_5_1_a_masked_frame_from_a_server_is_refused() {
    is_refused("masked", &[0x81, 0x81, 1, 2, 3, 4, b'x'], 1002);
}

#[test]
fn section_5_2_reserved_bits_are_refused() {
    for bits in [0x40, 0x20, 0x10, 0x70] {
        is_refused("reserved bit", &frame(0x81 | bits, b"x"), 1002);
        is_refused("reserved bit of a control frame", &frame(0x89 | bits, b"x"), 1002);
    }
}

#[test]
fn section_5_2_reserved_opcodes_are_refused() {
    for opcode in (3..8).chain(11..16) {
        is_refused("reserved opcode", &frame(0x80 | opcode, b"x"), 1002);
    }
}

#[test]
fn section_5_2_lengths_take_no_more_bytes_than_they_need() {
    is_refused("5 in 16 bits", &[0x82, 126, 0, 5, 1, 2, 3, 4, 5], 1002);
    is_refused("5 in 64 bits", &[0x82, 127, 0, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4, 5], 1002);
    is_refused("the top bit", &[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002);
}

#[test]
fn section_5_4_fragments_come_in_order() {
    is_refused("continuation of nothing", &frame(0x80, b"x"), 1002);
    is_refused("continuation without an end", &frame(0x00, b"x"), 1002);
    is_refused("a message in a message", &[frame(0x01, b"a"), frame(0x81, b"b")].concat(), 1002);
    is_refused("a fragment in a message", &[frame(0x01, b"a"), frame(0x02, b"b")].concat(), 1002);
    let whole = [
        frame(0x01, b"one "),
        frame(0x00, b""),
        frame(0x89, b"?"),
        frame(0x00, b"two "),
        frame(0x80, b"three"),
    ];
    is_taken("with a ping between them", &whole.concat(), &[b"one two three"]);
    is_taken("empty ones", &[frame(0x01, b""), frame(0x80, b"")].concat(), &[b""]);
}

#[test]
fn section_5_5_control_frames_are_short_and_whole() {
    for opcode in [8, 9, 10] {
        is_refused("126 bytes", &frame(0x80 | opcode, &[b'x'; 126]), 1002);
        is_refused("a part", &frame(opcode, b""), 1002);
    }
}

#[test]
fn section_5_5_1_closes_are_answered_with_their_code() {
    for code in
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999_u16]
    {
        let seen = meet(&frame(0x88, &[&code.to_be_bytes()[..], b"why"].concat()), usize::MAX, false);
        assert_eq!(seen.incoming, [Incoming::Close(CloseReason::new(code, "why").unwrap())]);
        assert_eq!(frames(&seen.sent), [(0x88, code.to_be_bytes().to_vec())]);
    }
    let seen = meet(&frame(0x88, b""), 1, false);
    assert_eq!(seen.incoming, [Incoming::Close(CloseReason::EMPTY)]);
    assert_eq!(frames(&seen.sent), [(0x88, Vec::new())]);
}

#[test]
fn section_5_5_1_what_follows_a_close_is_not_looked_at() {
    let seen =
        meet(&[frame(0x88, &[3, 232]), frame(0x81, b"late"), vec![0xff; 50]].concat(), usize::MAX, false);
    assert_eq!(seen.incoming, [Incoming::Close(CloseReason::new(1000, "").unwrap())]);
}

#[test]
fn section_7_4_codes_that_may_not_be_sent_are_refused() {
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535_u16] {
        is_refused("close code", &frame(0x88, &code.to_be_bytes()), 1002);
    }
    is_refused("half a code", &frame(0x88, b"x"), 1002);
    is_refused("a reason that is no text", &frame(0x88, b"\x03\xe8\xff"), 1007);
}

#[test]
fn sections_5_5_2_and_5_5_3_pings_are_answered_in_order_and_pongs_are_not() {
    let bytes =
        [frame(0x89, b"one"), frame(0x8a, b"unasked"), frame(0x89, b""), frame(0x89, &[b'x'; 125])].concat();
    for step in [1, usize::MAX] {
        let seen = meet(&bytes, step, false);
        assert_eq!(
            frames(&seen.sent),
            [(0x8a, b"one".to_vec()), (0x8a, Vec::new()), (0x8a, vec![b'x'; 125])]
        );
        assert_eq!(seen.incoming.len(), 5);
    }
}

#[test]
fn section_8_1_text_is_utf8_however_it_is_cut() {
    for nonsense in [&b"\xff"[..], b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82"] {
        is_refused("text", &frame(0x81, nonsense), 1007);
        is_refused("a part", &[frame(0x01, b"a"), frame(0x80, nonsense)].concat(), 1007);
    }
    let euro = "€".as_bytes();
    is_taken("cut inside a character", &[frame(0x01, &euro[..1]), frame(0x80, &euro[1..])].concat(), &[euro]);
}

#[test]
fn our_own_limits_are_1009() {
    is_refused("a frame", &[0x82, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xa1], 1009);
    is_refused("a message", &[frame(0x02, &[0; 60_000]), frame(0x80, &[0; 60_000])].concat(), 1009);
    let many: Vec<u8> =
        std::iter::once(frame(0x01, b"")).chain((0..1_000).map(|_| frame(0x00, b""))).flatten().collect();
    is_refused("fragments", &many, 1009);
}

#[test]
fn section_7_1_5_an_end_without_a_close_is_an_end() {
    assert_eq!(meet(b"", usize::MAX, false).incoming, [Incoming::End]);
    assert_eq!(meet(&frame(0x81, b"cut")[..3], usize::MAX, false).incoming, [Incoming::End]);
    assert_eq!(meet(&frame(0x01, b"unfinished"), usize::MAX, false).incoming, [Incoming::End]);
}

/// A message compressed by zlib, without the four bytes that RFC 7692, 7.2.1 leaves out.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::Compress::new(flate2::Compression::default(), false);
    let mut out = Vec::with_capacity(payload.len() + 100);
    encoder.compress_vec(payload, &mut out, flate2::FlushCompress::Sync).unwrap();
    out.truncate(out.len() - 4);
    out
}

#[test]
fn rfc_7692_compressed_messages_and_what_is_none() {
    let text = "again and again and again ".repeat(40);
    let bytes = compressed(text.as_bytes());
    let seen = meet(&frame(0xc1, &bytes), 3, true);
    let whole = Incoming::Message { opcode: Opcode::Text, compressed: true, payload: text.as_bytes().into() };
    assert_eq!(seen.incoming, [whole, Incoming::End]);
    let (one, two) = bytes.split_at(bytes.len() / 2);
    let seen = meet(&[frame(0x41, one), frame(0x80, two)].concat(), usize::MAX, true);
    assert!(
        matches!(&seen.incoming[0], Incoming::Message { payload, .. } if payload[..] == *text.as_bytes())
    );

    refused("6: a continuation with the bit", &[frame(0x41, one), frame(0xc0, two)].concat(), 1002, true);
    refused("6: a ping with the bit", &frame(0xc9, b"x"), 1002, true);
    refused("7.2.2: no DEFLATE", &frame(0xc2, &[0xff; 20]), 1007, true);
    refused("8.1: inflated text that is none", &frame(0xc1, &compressed(b"\xff\xfe")), 1007, true);
    refused("our limit, inflated", &frame(0xc2, &compressed(&[0; 200_000])), 1009, true);
    is_refused("the bit without an agreement", &frame(0xc1, &bytes), 1002);
}

#[test]
fn section_5_1_no_two_masks_are_alike_and_unmasked_is_possible() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || read_to_end(&mut listener.accept().unwrap().0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let link = Rc::new(Link::new(dial(&Peer::new("127.0.0.1", port), None).await.unwrap()));
        let conversation = converse(Rc::clone(&link), false);
        for _ in 0..3 {
            conversation.send(Opcode::Binary, &[0; 4], SendFlags::WHOLE).unwrap();
        }
        link.flush().await.unwrap();
        let bare = Conversation::new(Rc::clone(&link), Options::default(), false, None);
        bare.send(Opcode::Text, b"bare", SendFlags::WHOLE).unwrap();
        link.flush().await.unwrap();
    });
    let sent = server.join().unwrap();
    let keys: Vec<_> = sent[..30].chunks(10).map(|frame| frame[2..6].to_vec()).collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2], "{keys:?}");
    assert_eq!(&sent[30..], b"\x81\x04bare");
}
