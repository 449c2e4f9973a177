//! RFC 7692 as the connection sees it: the RSV1 bit, pieces, limits. What deflates and inflates is tested beside it.

use super::{End, KEY, message, ping, text};
use crate::protocol::connection::{Event, Limits, Options, Payload, SendFlags};
use crate::protocol::deflate::Deflate;
use crate::protocol::error::ProtocolError;
use crate::protocol::extension::{DeflateConfig, DeflateParams};
use crate::protocol::frame::FrameHeader;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

/// RFC 7692, 7.2.3.1: "Hello" in one fixed Huffman block.
const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
/// RFC 7692, 7.2.3.2: "Hello" again, out of the window.
const HELLO_AGAIN: [u8; 5] = [0xf2, 0x00, 0x11, 0x00, 0x00];

fn with(role: Role, takeover: bool, limits: Limits) -> End {
    let params = DeflateParams {
        server_no_context_takeover: !takeover,
        client_no_context_takeover: !takeover,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    };
    let deflate = Deflate::new(role, params, &DeflateConfig::default());
    End::with(role, Options { limits, ..Options::default() }, Some(deflate))
}

fn both(takeover: bool) -> [End; 2] {
    [Role::Server, Role::Client].map(|role| with(role, takeover, Limits::default()))
}

fn server() -> End {
    with(Role::Server, true, Limits::default())
}

/// A frame of a client, with the RSV1 bit.
fn compressed(fin: bool, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    FrameHeader { fin, rsv1: true, mask: Some(KEY), ..FrameHeader::new(opcode, 0) }
        .encode_with(payload, &mut bytes);
    bytes
}

fn inflated(opcode: Opcode, payload: &[u8]) -> Event<'static> {
    Event::Message { opcode, compressed: true, payload: Payload::Owned(payload.into()) }
}

fn send(end: &mut End, opcode: Opcode, payload: &[u8], fin: bool) -> Vec<u8> {
    end.io(|connection, io| connection.send(opcode, payload, SendFlags { fin, compress: true }, io)).unwrap();
    end.written()
}

#[test]
fn rfc_7692_7_2_3_1_one_compressed_frame() {
    assert_eq!(server().receive(&compressed(true, Opcode::Text, &HELLO)), [inflated(Opcode::Text, b"Hello")]);
}

#[test]
fn rfc_7692_7_2_3_1_the_same_in_two_fragments_with_the_bit_on_the_first() {
    let mut end = server();
    let rest = end.whole(Opcode::Continuation, &HELLO[3..]);
    let bytes = [compressed(false, Opcode::Text, &HELLO[..3]), rest].concat();
    assert_eq!(end.receive(&bytes), [inflated(Opcode::Text, b"Hello")]);
    let mut end = server();
    assert_eq!(end.receive_by(1, &bytes), [inflated(Opcode::Text, b"Hello")]);
}

#[test]
fn rfc_7692_7_2_3_2_the_window_is_shared_by_messages() {
    let bytes =
        [compressed(true, Opcode::Text, &HELLO), compressed(true, Opcode::Text, &HELLO_AGAIN)].concat();
    let hello = || inflated(Opcode::Text, b"Hello");
    assert_eq!(server().receive(&bytes), [hello(), hello()]);
}

#[test]
fn a_message_without_the_bit_is_taken_as_it_is() {
    let mut end = server();
    let bytes = end.whole(Opcode::Binary, &HELLO);
    assert_eq!(end.receive(&bytes), [message(Opcode::Binary, &HELLO)]);
}

#[test]
fn control_frames_between_compressed_fragments_are_plain() {
    let mut end = server();
    let bytes = [
        compressed(false, Opcode::Text, &HELLO[..1]),
        end.whole(Opcode::Ping, b"!"),
        end.whole(Opcode::Continuation, &HELLO[1..]),
    ]
    .concat();
    assert_eq!(end.receive(&bytes), [ping(b"!"), inflated(Opcode::Text, b"Hello")]);
}

#[test]
fn the_bit_on_a_control_frame_or_continuation_fails_at_the_first_byte() {
    for first in [0xc8, 0xc9, 0xca] {
        assert_eq!(server().receive(&[first]), [Event::Failed(ProtocolError::CompressedControl)]);
    }
    let mut end = server();
    assert_eq!(end.receive(&compressed(false, Opcode::Text, &HELLO)), []);
    assert_eq!(end.receive(&[0xc0]), [Event::Failed(ProtocolError::CompressedControl)]);
}

#[test]
fn the_other_reserved_bits_stay_reserved() {
    for bits in [0x20, 0x10, 0x60] {
        assert_eq!(server().receive(&[0x81 | bits]), [Event::Failed(ProtocolError::ReservedBit)]);
    }
}

#[test]
fn data_that_does_not_inflate_fails_with_1007() {
    let mut end = server();
    let failed = Event::Failed(ProtocolError::InvalidDeflate);
    assert_eq!(end.receive(&compressed(true, Opcode::Binary, &[0xff; 10])), [failed]);
    assert_eq!(end.written()[2..4], 1007_u16.to_be_bytes());
}

#[test]
fn text_is_checked_after_inflation() {
    let mut client = with(Role::Client, true, Limits::default());
    let mut bad = vec![b'a'; 1000];
    bad[500] = 0xff;
    let bytes = send(&mut client, Opcode::Text, &bad, true);
    assert!(bytes.len() < 100, "compressed");
    assert_eq!(server().receive(&bytes), [Event::Failed(ProtocolError::InvalidUtf8)]);
    assert_eq!(server().receive_by(1, &bytes), [Event::Failed(ProtocolError::InvalidUtf8)]);
}

#[test]
fn a_message_inflates_up_to_the_limit_and_not_beyond() {
    let limits = Limits { inflated_bytes_max: 1000, ..Limits::default() };
    for (len, event) in [
        (1000, inflated(Opcode::Binary, &[0; 1000])),
        (1001, Event::Failed(ProtocolError::InflatedTooBig)),
        (1_000_000, Event::Failed(ProtocolError::InflatedTooBig)),
    ] {
        let mut client = with(Role::Client, true, Limits::default());
        let bytes = send(&mut client, Opcode::Binary, &vec![0; len], true);
        for size in [1, 7, bytes.len()] {
            let mut server = with(Role::Server, true, limits);
            let events = server.receive_by(size, &bytes);
            assert_eq!(events, [owned_copy(&event)], "{len} bytes by {size}");
        }
    }
}

fn owned_copy(event: &Event<'static>) -> Event<'static> {
    match event {
        Event::Message { opcode, compressed, payload } => Event::Message {
            opcode: *opcode,
            compressed: *compressed,
            payload: Payload::Owned(payload[..].into()),
        },
        Event::Failed(error) => Event::Failed(*error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn messages_of_any_size_make_the_round_trip_in_both_directions() {
    for takeover in [true, false] {
        let [mut server, mut client] = both(takeover);
        for len in [0, 1, 63, 64, 125, 126, 127, 300, 65_535, 65_536, 70_000, 500_000] {
            let payload: Vec<u8> = (0..len).map(|i| b"abcdefgh"[(i / 7 + i / 100) % 8]).collect();
            for (from, to) in [(true, false), (false, true)] {
                let bytes = send(if from { &mut server } else { &mut client }, Opcode::Text, &payload, true);
                let to = if to { &mut server } else { &mut client };
                let compressed = bytes[0] & 0x40 != 0;
                assert_eq!(compressed, len >= 64, "{len} bytes");
                assert!(bytes.len() <= len + 14);
                let payload = Payload::Owned(payload[..].into());
                let event = Event::Message { opcode: Opcode::Text, compressed, payload };
                assert_eq!(to.receive(&bytes), [event]);
            }
        }
    }
}

#[test]
fn what_does_not_get_smaller_goes_out_plain_and_the_window_stays_in_step() {
    let [mut server, mut client] = both(true);
    let mut noise = 1_u32;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    })
    .take(2000)
    .collect();
    for _ in 0..3 {
        let bytes = send(&mut server, Opcode::Binary, &random, true);
        let before = bytes.len();
        assert!(before <= 2004);
        assert_eq!(client.receive(&bytes).len(), 1);
        let words = "the same words as before ".repeat(20);
        let bytes = send(&mut server, Opcode::Text, words.as_bytes(), true);
        assert_eq!(client.receive(&bytes), [inflated(Opcode::Text, words.as_bytes())]);
    }
}

#[test]
fn fragments_and_control_frames_are_not_compressed() {
    let [mut server, mut client] = both(true);
    let payload = "a".repeat(100);
    let mut bytes = send(&mut server, Opcode::Text, payload.as_bytes(), false);
    bytes.extend(send(&mut server, Opcode::Ping, payload.as_bytes(), true));
    bytes.extend(send(&mut server, Opcode::Continuation, payload.as_bytes(), true));
    assert_eq!(client.receive(&bytes), [ping(payload.as_bytes()), text(&payload.repeat(2))]);
}

#[test]
fn a_connection_that_closes_drops_compressed_data_without_inflating_it() {
    let mut end = server();
    assert_eq!(end.receive(&compressed(false, Opcode::Binary, &HELLO[..4])), []);
    end.io(|connection, io| connection.close(&crate::protocol::close::CloseReason::EMPTY, io)).unwrap();
    let bytes = [end.whole(Opcode::Continuation, &[0xff; 50]), compressed(true, Opcode::Text, &[0xff; 50])];
    assert_eq!(end.receive(&bytes.concat()), []);
    assert!(end.connection.is_deflating());
}
