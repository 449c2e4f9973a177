//! What a peer may make us hold: both sides of each limit, and that the header alone decides.

use super::{End, message};
use crate::protocol::connection::{Event, Limits, Options};
use crate::protocol::error::ProtocolError;
use crate::protocol::frame::FrameHeader;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

const LIMITS: Limits =
    Limits { frame_bytes_max: 200, message_bytes_max: 300, inflated_bytes_max: 1000, fragments_max: 3 };

fn server() -> End {
    End::with(Role::Server, Options { limits: LIMITS, ..Options::default() }, None)
}

/// The header of a masked frame of the peer, without its payload.
fn head(fin: bool, opcode: Opcode, len: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    FrameHeader { fin, mask: Some([1, 2, 3, 4]), ..FrameHeader::new(opcode, len) }.encode(&mut bytes);
    bytes
}

#[test]
fn a_frame_at_the_limit_passes_and_one_byte_more_fails_on_the_header() {
    let mut end = server();
    let bytes = end.whole(Opcode::Binary, &[5; 200]);
    assert_eq!(end.receive(&bytes), [message(Opcode::Binary, &[5; 200])]);
    let failed = Event::Failed(ProtocolError::FrameTooBig);
    assert_eq!(end.receive(&head(true, Opcode::Binary, 201)), [failed]);
    assert_eq!(end.written()[2..4], 1009_u16.to_be_bytes());
}

#[test]
fn limits_below_the_shortest_form_of_a_length_hold_too() {
    for limits in [Limits { frame_bytes_max: 10, ..LIMITS }, Limits { message_bytes_max: 10, ..LIMITS }] {
        let new = || End::with(Role::Server, Options { limits, ..Options::default() }, None);
        let mut end = new();
        let bytes = end.whole(Opcode::Text, b"0123456789");
        assert_eq!(end.receive(&bytes), [message(Opcode::Text, b"0123456789")]);
        let bytes = end.whole(Opcode::Text, b"0123456789a");
        let failed = end.receive(&bytes);
        assert!(matches!(failed[..], [Event::Failed(_)]), "{failed:?}");
        assert_eq!(new().receive_by(1, &bytes), failed);
    }
    let limits = Limits { fragments_max: 0, ..LIMITS };
    let mut end = End::with(Role::Server, Options { limits, ..Options::default() }, None);
    let bytes = end.whole(Opcode::Text, b"a");
    assert_eq!(end.receive(&bytes), [Event::Failed(ProtocolError::TooManyFragments)]);
}

#[test]
fn a_message_at_the_limit_passes_and_one_byte_more_fails_on_the_header() {
    let mut end = server();
    let first = end.frame(false, Opcode::Binary, &[5; 200]);
    let bytes = [first.clone(), end.whole(Opcode::Continuation, &[5; 100])].concat();
    assert_eq!(end.receive(&bytes), [message(Opcode::Binary, &[5; 300])]);
    assert_eq!(end.receive(&first), []);
    let failed = Event::Failed(ProtocolError::MessageTooBig);
    assert_eq!(end.receive(&head(true, Opcode::Continuation, 101)), [failed]);
    assert_eq!(end.written()[2..4], 1009_u16.to_be_bytes());
}

#[test]
fn as_many_fragments_as_allowed_pass_and_one_more_fails_on_its_header() {
    let mut end = server();
    let fragment = |end: &End, fin| end.frame(fin, Opcode::Continuation, b"");
    let two = [end.frame(false, Opcode::Binary, b""), fragment(&end, false)].concat();
    let three = [two.clone(), fragment(&end, true)].concat();
    assert_eq!(end.receive(&three), [message(Opcode::Binary, b"")]);
    let three_unfinished = [two, fragment(&end, false)].concat();
    assert_eq!(end.receive(&three_unfinished), []);
    let failed = Event::Failed(ProtocolError::TooManyFragments);
    assert_eq!(end.receive(&head(true, Opcode::Continuation, 0)), [failed]);
}

#[test]
fn the_limits_of_messages_do_not_touch_control_frames() {
    let limits = Limits { frame_bytes_max: 1, message_bytes_max: 1, ..LIMITS };
    let mut end = End::with(Role::Server, Options { limits, ..Options::default() }, None);
    let bytes = end.whole(Opcode::Ping, &[1; 125]);
    assert_eq!(end.receive(&bytes).len(), 1);
}

#[test]
fn the_longest_length_there_is_fails_and_does_not_overflow() {
    let longest = u64::MAX >> 1;
    let failed = Event::Failed(ProtocolError::FrameTooBig);
    assert_eq!(server().receive(&head(true, Opcode::Binary, longest)), [failed]);

    let limits = Limits {
        frame_bytes_max: usize::MAX,
        message_bytes_max: usize::MAX,
        inflated_bytes_max: usize::MAX,
        fragments_max: u32::MAX,
    };
    let mut end = End::with(Role::Server, Options { limits, ..Options::default() }, None);
    // Allowed by the limits, never believed: the payload is not reserved.
    assert_eq!(end.receive(&head(false, Opcode::Binary, longest)), []);
    assert_eq!(end.receive(&[0; 1000]), []);
}

#[test]
fn while_closing_a_frame_of_any_length_is_dropped() {
    let mut end = server();
    end.io(|connection, io| connection.close(&crate::protocol::close::CloseReason::EMPTY, io)).unwrap();
    assert_eq!(end.receive(&head(true, Opcode::Binary, u64::MAX >> 1)), []);
    assert_eq!(end.receive(&[0; 1000]), []);
}

#[test]
fn the_default_limits_are_bounded() {
    let limits = Limits::default();
    assert_eq!(limits.frame_bytes_max, 2 * 1024 * 1024);
    assert_eq!(limits.message_bytes_max, 2 * 1024 * 1024);
    assert_eq!(limits.inflated_bytes_max, 2 * 1024 * 1024);
    assert!(limits.fragments_max >= 65_536, "a conformance suite sends 4 MiB in fragments of 64 bytes");
}
