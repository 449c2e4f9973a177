//! RFC 6455, sections 5 and 8: frames in, events out.

use super::{End, KEY, message, ping, pong, sent, text};
use crate::protocol::connection::{Event, Options, Payload, State};
use crate::protocol::error::ProtocolError;
use crate::protocol::frame::FrameHeader;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

/// Feeds bytes that must fail with their last one, at both ends of a read and byte by byte.
#[track_caller]
fn fails_at_the_last_byte(mut make: impl FnMut() -> End, bytes: &[u8], error: ProtocolError) {
    let mut end = make();
    assert_eq!(end.receive(&bytes[..bytes.len() - 1]), [], "failed too early");
    assert_eq!(end.receive(&bytes[bytes.len() - 1..]), [Event::Failed(error)]);
    assert_eq!(make().receive(bytes), [Event::Failed(error)]);
    assert_eq!(make().receive_by(1, bytes), [Event::Failed(error)]);
}

#[test]
fn rfc_5_7_a_client_receives_the_unmasked_hello() {
    let mut client = End::new(Role::Client);
    assert_eq!(client.receive(&[0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]), [text("Hello")]);
}

#[test]
fn rfc_5_7_a_server_receives_the_masked_hello() {
    let mut server = End::new(Role::Server);
    let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(server.receive(&bytes), [text("Hello")]);
}

#[test]
fn rfc_5_7_the_fragmented_hello_is_one_message() {
    let mut client = End::new(Role::Client);
    assert_eq!(client.receive(&[0x01, 0x03, 0x48, 0x65, 0x6c]), []);
    assert_eq!(client.receive(&[0x80, 0x02, 0x6c, 0x6f]), [text("Hello")]);
}

#[test]
fn rfc_5_7_the_ping_is_answered_by_the_masked_pong() {
    let mut client = End::new(Role::Client);
    assert_eq!(client.receive(&[0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]), [ping(b"Hello")]);
    assert_eq!(client.written(), [0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
}

#[test]
fn an_empty_message_is_a_message() {
    for mut end in End::both() {
        for opcode in [Opcode::Text, Opcode::Binary] {
            let bytes = end.whole(opcode, b"");
            assert_eq!(end.receive(&bytes), [message(opcode, b"")]);
        }
    }
}

#[test]
fn a_frame_inside_the_read_buffer_is_handed_out_from_there() {
    let mut server = End::new(Role::Server);
    let mut bytes = server.whole(Opcode::Text, b"in place");
    let start = bytes.as_ptr() as usize;
    let mut input = &mut bytes[..];
    match server.io(|connection, io| connection.receive(&mut input, io)) {
        Some(Event::Message { payload: Payload::Borrowed(payload), .. }) => {
            assert_eq!(payload, b"in place");
            assert_eq!(payload.as_ptr() as usize, start + 6);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn several_frames_of_one_read_come_in_order() {
    for mut end in End::both() {
        let bytes =
            [end.whole(Opcode::Text, b"1"), end.whole(Opcode::Ping, b"2"), end.whole(Opcode::Binary, b"3")]
                .concat();
        assert_eq!(end.receive(&bytes), [text("1"), ping(b"2"), message(Opcode::Binary, b"3")]);
    }
}

#[test]
fn control_frames_between_fragments_do_not_disturb_the_message() {
    for mut end in End::both() {
        let bytes = [
            end.frame(false, Opcode::Text, b"a"),
            end.whole(Opcode::Ping, b"!"),
            end.frame(false, Opcode::Continuation, b""),
            end.whole(Opcode::Pong, b"?"),
            end.whole(Opcode::Continuation, b"b"),
        ]
        .concat();
        assert_eq!(end.receive(&bytes), [ping(b"!"), pong(b"?"), text("ab")]);
        let role = end.connection.role();
        assert_eq!(end.written(), sent(role, true, Opcode::Pong, b"!"));
    }
}

#[test]
fn a_control_frame_cut_by_reads_inside_a_fragmented_message_arrives_whole() {
    let server = End::new(Role::Server);
    let bytes = [
        server.frame(false, Opcode::Binary, b"aaaaa"),
        server.whole(Opcode::Ping, &[7; 125]),
        server.whole(Opcode::Continuation, b"b"),
    ]
    .concat();
    for size in 1..20 {
        let mut server = End::new(Role::Server);
        assert_eq!(server.receive_by(size, &bytes), [ping(&[7; 125]), message(Opcode::Binary, b"aaaaab")]);
    }
}

#[test]
fn with_auto_pong_off_the_ping_is_only_reported() {
    let mut server = End::with(Role::Server, Options { auto_pong: false, ..Options::default() }, None);
    let bytes = server.whole(Opcode::Ping, b"x");
    assert_eq!(server.receive(&bytes), [ping(b"x")]);
    assert_eq!(server.written(), b"");
}

#[test]
fn a_pong_that_nobody_asked_for_is_reported_and_not_answered() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Pong, b"");
    assert_eq!(server.receive(&bytes), [pong(b"")]);
    assert_eq!(server.written(), b"");
}

#[test]
fn an_unmasked_frame_fails_a_server_at_the_second_byte() {
    fails_at_the_last_byte(|| End::new(Role::Server), &[0x81, 0x05], ProtocolError::UnmaskedFrame);
    fails_at_the_last_byte(|| End::new(Role::Server), &[0x88, 0x00], ProtocolError::UnmaskedFrame);
}

#[test]
fn a_masked_frame_fails_a_client_at_the_second_byte() {
    fails_at_the_last_byte(|| End::new(Role::Client), &[0x81, 0x85], ProtocolError::MaskedFrame);
    fails_at_the_last_byte(|| End::new(Role::Client), &[0x89, 0x80], ProtocolError::MaskedFrame);
}

#[test]
fn every_reserved_bit_fails_at_the_first_byte_when_nothing_was_negotiated() {
    for opcode in [0x1, 0x2, 0x8, 0x9, 0xa] {
        for bits in [0x40, 0x20, 0x10, 0x70] {
            fails_at_the_last_byte(
                || End::new(Role::Server),
                &[0x80 | bits | opcode],
                ProtocolError::ReservedBit,
            );
        }
    }
}

#[test]
fn a_reserved_opcode_fails_at_the_first_byte_before_anything_else_is_looked_at() {
    for bytes in [&[0x83][..], &[0x8b], &[0xf3], &[0x0f]] {
        let error = ProtocolError::ReservedOpcode(bytes[0] & 0xf);
        fails_at_the_last_byte(|| End::new(Role::Server), bytes, error);
    }
    // The second byte is wrong as well, but comes later.
    let mut server = End::new(Role::Server);
    assert_eq!(server.receive(&[0x83, 0x05]), [Event::Failed(ProtocolError::ReservedOpcode(3))]);
}

#[test]
fn a_continuation_without_a_message_fails_at_the_first_byte() {
    for bytes in [[0x80], [0x00]] {
        let error = ProtocolError::UnexpectedContinuation;
        fails_at_the_last_byte(|| End::new(Role::Server), &bytes, error);
    }
}

#[test]
fn a_continuation_after_the_end_of_a_message_fails() {
    for mut end in End::both() {
        let bytes = [
            end.frame(false, Opcode::Text, b"a"),
            end.whole(Opcode::Continuation, b"b"),
            end.whole(Opcode::Continuation, b"c"),
        ]
        .concat();
        let failed = Event::Failed(ProtocolError::UnexpectedContinuation);
        assert_eq!(end.receive(&bytes), [text("ab"), failed]);
    }
}

#[test]
fn a_new_message_inside_a_fragmented_one_fails_at_its_first_byte() {
    for first in [0x81, 0x82, 0x01, 0x02] {
        let bytes = [&sent(Role::Client, false, Opcode::Text, b"a")[..], &[first]].concat();
        fails_at_the_last_byte(|| End::new(Role::Server), &bytes, ProtocolError::InterleavedMessage);
    }
}

#[test]
fn lengths_that_are_not_minimal_fail_before_the_key_has_come() {
    let error = ProtocolError::NonMinimalLength;
    fails_at_the_last_byte(|| End::new(Role::Server), &[0x82, 0xfe, 0, 125], error);
    fails_at_the_last_byte(|| End::new(Role::Client), &[0x82, 0x7f, 0, 0, 0, 0, 0, 0], error);
    fails_at_the_last_byte(|| End::new(Role::Client), &[0x82, 0x7f, 0x80], ProtocolError::LengthTopBit);
}

#[test]
fn a_text_message_that_is_not_utf8_fails() {
    for mut end in End::both() {
        let bytes = end.whole(Opcode::Text, b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80edited");
        assert_eq!(end.receive(&bytes), [Event::Failed(ProtocolError::InvalidUtf8)]);
        assert_eq!(end.connection.state(), State::Failed(ProtocolError::InvalidUtf8));
    }
}

#[test]
fn binary_need_not_be_utf8() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Binary, &[0xff, 0xfe]);
    assert_eq!(server.receive(&bytes), [message(Opcode::Binary, &[0xff, 0xfe])]);
}

#[test]
fn impossible_text_fails_at_its_byte_while_the_frame_is_still_arriving() {
    // As strict as can be: the frame announces a mebibyte, of which only the bad byte has come.
    let head = FrameHeader { mask: Some([0; 4]), ..FrameHeader::new(Opcode::Text, 1 << 20) };
    let mut bytes = Vec::new();
    head.encode(&mut bytes);
    bytes.extend_from_slice(b"\xce\xba\xf4\x90");
    fails_at_the_last_byte(|| End::new(Role::Server), &bytes, ProtocolError::InvalidUtf8);
}

#[test]
fn impossible_text_fails_in_its_fragment_and_not_at_the_end_of_the_message() {
    let bytes = [
        sent(Role::Client, false, Opcode::Text, "κόσμε".as_bytes()),
        // U+110000 as the second fragment; more was to come.
        sent(Role::Client, false, Opcode::Continuation, b"\xf4\x90"),
    ]
    .concat();
    fails_at_the_last_byte(|| End::new(Role::Server), &bytes, ProtocolError::InvalidUtf8);
}

#[test]
fn a_character_may_be_cut_by_fragments() {
    let mut server = End::new(Role::Server);
    let fragments = "a😀".as_bytes();
    let mut bytes = server.frame(false, Opcode::Text, &fragments[..1]);
    for byte in &fragments[1..4] {
        bytes.extend(server.frame(false, Opcode::Continuation, &[*byte]));
    }
    bytes.extend(server.whole(Opcode::Continuation, &fragments[4..]));
    assert_eq!(server.receive(&bytes), [text("a😀")]);
}

#[test]
fn a_text_that_ends_inside_a_character_fails() {
    let mut server = End::new(Role::Server);
    let bytes = [
        server.frame(false, Opcode::Text, "a".as_bytes()),
        server.whole(Opcode::Continuation, &"😀".as_bytes()[..3]),
    ]
    .concat();
    assert_eq!(server.receive(&bytes), [Event::Failed(ProtocolError::InvalidUtf8)]);
}

#[test]
fn the_text_of_one_message_does_not_reach_into_the_next() {
    let mut server = End::new(Role::Server);
    let good = [server.frame(false, Opcode::Text, b"a"), server.whole(Opcode::Continuation, b"b")].concat();
    for _ in 0..3 {
        assert_eq!(server.receive(&good), [text("ab")]);
    }
}

#[test]
fn a_failure_tells_the_peer_why_and_ends_everything() {
    for mut end in End::both() {
        let role = end.connection.role();
        assert_eq!(end.receive(&[0x83]), [Event::Failed(ProtocolError::ReservedOpcode(3))]);
        let body = [&1002_u16.to_be_bytes()[..], b"reserved opcode"].concat();
        assert_eq!(end.written(), sent(role, true, Opcode::Close, &body));
        let more = end.whole(Opcode::Text, b"late");
        assert_eq!(end.receive(&more), []);
        assert_eq!(end.written(), b"");
    }
}

#[test]
fn an_error_in_the_middle_of_a_read_keeps_the_messages_before_it() {
    let mut server = End::new(Role::Server);
    let bytes = [server.whole(Opcode::Text, b"good"), vec![0x81, 0x01], server.whole(Opcode::Text, b"late")];
    let failed = Event::Failed(ProtocolError::UnmaskedFrame);
    assert_eq!(server.receive(&bytes.concat()), [text("good"), failed]);
}

#[test]
fn an_idle_connection_is_small_and_owns_nothing() {
    let size = std::mem::size_of::<crate::protocol::connection::Connection>();
    assert!(size <= 128, "{size} bytes");
}

#[test]
fn each_frame_has_its_own_key() {
    let mut server = End::new(Role::Server);
    for key in [KEY, [0; 4], [0xff; 4]] {
        let mut bytes = Vec::new();
        FrameHeader { mask: Some(key), ..FrameHeader::new(Opcode::Text, 0) }.encode_with(b"abc", &mut bytes);
        assert_eq!(server.receive(&bytes), [text("abc")]);
    }
}
