//! RFC 6455, 5.4 to 5.6 from the sender's side: what goes out, and what is refused.

use super::{End, KEY, sent, text};
use crate::protocol::connection::{SendFlags, SendRefused};
use crate::protocol::frame::FrameHeader;
use crate::protocol::mask::mask;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

fn send(end: &mut End, opcode: Opcode, payload: &[u8], fin: bool) -> Result<(), SendRefused> {
    end.io(|connection, io| connection.send(opcode, payload, SendFlags { fin, compress: false }, io))
}

#[test]
fn a_server_sends_unmasked_and_a_client_masked() {
    for mut end in End::both() {
        let role = end.connection.role();
        assert_eq!(send(&mut end, Opcode::Text, b"Hello", true), Ok(()));
        assert_eq!(end.written(), sent(role, true, Opcode::Text, b"Hello"));
    }
    let mut client = End::new(Role::Client);
    send(&mut client, Opcode::Text, b"Hello", true).unwrap();
    // RFC 6455, 5.7.
    assert_eq!(client.written(), [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);
}

#[test]
fn what_one_end_sends_the_other_receives() {
    let [mut server, mut client] = End::both();
    for len in [0, 1, 125, 126, 65_535, 65_536, 1_000_000] {
        let payload = "x".repeat(len);
        send(&mut server, Opcode::Text, payload.as_bytes(), true).unwrap();
        assert_eq!(client.receive(&server.written()), [text(&payload)]);
        send(&mut client, Opcode::Text, payload.as_bytes(), true).unwrap();
        assert_eq!(server.receive(&client.written()), [text(&payload)]);
    }
}

#[test]
fn frames_are_appended_behind_what_is_there() {
    let mut server = End::new(Role::Server);
    send(&mut server, Opcode::Text, b"1", true).unwrap();
    send(&mut server, Opcode::Binary, b"2", true).unwrap();
    assert_eq!(server.written(), [0x81, 1, b'1', 0x82, 1, b'2']);
}

#[test]
fn fragments_go_out_as_they_are_and_arrive_as_one_message() {
    let [mut server, mut client] = End::both();
    send(&mut server, Opcode::Text, b"a", false).unwrap();
    server.io(|connection, io| connection.ping(b"!", io)).unwrap();
    send(&mut server, Opcode::Continuation, b"b", false).unwrap();
    send(&mut server, Opcode::Continuation, b"c", true).unwrap();
    let bytes = server.written();
    assert_eq!(bytes, b"\x01\x01a\x89\x01!\x00\x01b\x80\x01c");
    assert_eq!(client.receive(&bytes), [super::ping(b"!"), text("abc")]);
}

#[test]
fn a_message_cannot_begin_inside_an_unfinished_one() {
    let mut server = End::new(Role::Server);
    send(&mut server, Opcode::Text, b"a", false).unwrap();
    assert!(!server.connection.is_ready_for_message());
    server.written();
    for (opcode, fin) in [(Opcode::Text, true), (Opcode::Binary, false)] {
        assert_eq!(send(&mut server, opcode, b"b", fin), Err(SendRefused::UnfinishedMessage));
    }
    assert_eq!(server.written(), b"");
    assert_eq!(send(&mut server, Opcode::Continuation, b"b", true), Ok(()));
    assert!(server.connection.is_ready_for_message());
    assert_eq!(send(&mut server, Opcode::Text, b"c", true), Ok(()));
}

#[test]
fn a_continuation_needs_something_to_continue() {
    let mut server = End::new(Role::Server);
    for fin in [true, false] {
        let refused = Err(SendRefused::NothingToContinue);
        assert_eq!(send(&mut server, Opcode::Continuation, b"a", fin), refused);
    }
    assert_eq!(server.written(), b"");
}

#[test]
fn a_ping_holds_125_bytes_and_not_126() {
    for mut end in End::both() {
        let role = end.connection.role();
        assert_eq!(end.io(|connection, io| connection.ping(&[1; 125], io)), Ok(()));
        assert_eq!(end.written(), sent(role, true, Opcode::Ping, &[1; 125]));
        let refused = Err(SendRefused::ControlTooLong);
        assert_eq!(end.io(|connection, io| connection.ping(&[1; 126], io)), refused);
        assert_eq!(end.io(|connection, io| connection.pong(&[1; 126], io)), refused);
        assert_eq!(end.written(), b"");
    }
}

#[test]
fn a_control_frame_cannot_be_sent_in_fragments_nor_a_close_by_hand() {
    let mut server = End::new(Role::Server);
    assert_eq!(send(&mut server, Opcode::Ping, b"", false), Err(SendRefused::FragmentedControl));
    assert_eq!(send(&mut server, Opcode::Close, b"", true), Err(SendRefused::NotThisWay));
    assert_eq!(server.written(), b"");
}

#[test]
fn nothing_is_sent_after_a_close_of_either_end() {
    let ours = |end: &mut End| {
        end.io(|connection, io| connection.close(&crate::protocol::close::CloseReason::EMPTY, io)).unwrap();
    };
    let theirs = |end: &mut End| {
        let bytes = end.close_frame(1000, "");
        end.receive(&bytes);
    };
    let nonsense = |end: &mut End| {
        end.receive(&[0xff]);
    };
    for end_it in [ours, theirs, nonsense] {
        for mut end in End::both() {
            end_it(&mut end);
            end.written();
            for opcode in [Opcode::Text, Opcode::Ping, Opcode::Pong] {
                assert_eq!(send(&mut end, opcode, b"", true), Err(SendRefused::Closed));
            }
            assert!(!end.connection.is_ready_for_message());
            assert_eq!(end.written(), b"");
        }
    }
}

#[test]
fn a_header_alone_lets_the_payload_be_written_from_where_it_is() {
    let [mut server, mut client] = End::both();
    let payload = "y".repeat(100_000);
    let header =
        server.io(|connection, io| connection.head(Opcode::Text, payload.len(), true, io.keys)).unwrap();
    let (bytes, len) = header.to_bytes();
    assert_eq!(client.receive(&[&bytes[..len], payload.as_bytes()].concat()), [text(&payload)]);

    let header =
        client.io(|connection, io| connection.head(Opcode::Text, payload.len(), true, io.keys)).unwrap();
    assert_eq!(header, FrameHeader { mask: Some(KEY), ..FrameHeader::new(Opcode::Text, 100_000) });
    let mut masked = payload.clone().into_bytes();
    mask(&mut masked, KEY, 0);
    let (bytes, len) = header.to_bytes();
    assert_eq!(server.receive(&[&bytes[..len], &masked[..]].concat()), [text(&payload)]);
}

#[test]
fn the_compress_flag_without_negotiation_sends_the_message_as_it_is() {
    let mut server = End::new(Role::Server);
    let flags = SendFlags { fin: true, compress: true };
    server.io(|connection, io| connection.send(Opcode::Text, &[b'z'; 1000], flags, io)).unwrap();
    assert_eq!(server.written(), sent(Role::Server, true, Opcode::Text, &[b'z'; 1000]));
    assert!(!server.connection.is_deflating());
}

#[test]
fn every_refusal_says_why() {
    for (refused, words) in [
        (SendRefused::Closed, "the connection is closing or closed"),
        (SendRefused::ControlTooLong, "a control frame carries 125 bytes at most"),
        (SendRefused::FragmentedControl, "a control frame cannot be fragmented"),
        (SendRefused::NothingToContinue, "there is no unfinished message to continue"),
        (SendRefused::UnfinishedMessage, "a fragmented message is unfinished"),
        (SendRefused::NotThisWay, "a close frame is sent by closing the connection"),
    ] {
        assert_eq!(refused.to_string(), words);
    }
}
