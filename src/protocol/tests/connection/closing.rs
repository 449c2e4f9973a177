//! RFC 6455, 5.5.1 and section 7: who closed, why, and what an end of the bytes means.

use super::{End, sent, text};
use crate::protocol::close::CloseReason;
use crate::protocol::connection::{Cut, End as Ending, Event, Initiator, SendRefused, State};
use crate::protocol::error::ProtocolError;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

fn reason(code: u16, text: &str) -> CloseReason {
    CloseReason::new(code, text).expect("a reason that may be sent")
}

fn close(end: &mut End, code: u16, text: &str) -> Result<(), SendRefused> {
    end.io(|connection, io| connection.close(&reason(code, text), io))
}

#[test]
fn the_peers_close_is_echoed_with_its_code() {
    for mut end in End::both() {
        let role = end.connection.role();
        let bytes = end.close_frame(1001, "going away");
        assert_eq!(end.receive(&bytes), [Event::Close(reason(1001, "going away"))]);
        assert_eq!(end.written(), sent(role, true, Opcode::Close, &1001_u16.to_be_bytes()));
        assert_eq!(end.connection.state(), State::Closed { by: Initiator::Peer, code: 1001 });
        assert_eq!(end.connection.eof(), Ending::Clean { by: Initiator::Peer, code: 1001 });
    }
}

#[test]
fn an_empty_close_is_answered_by_an_empty_close() {
    for mut end in End::both() {
        let role = end.connection.role();
        let bytes = end.whole(Opcode::Close, b"");
        assert_eq!(end.receive(&bytes), [Event::Close(CloseReason::EMPTY)]);
        assert_eq!(end.written(), sent(role, true, Opcode::Close, b""));
        assert_eq!(end.connection.eof(), Ending::Clean { by: Initiator::Peer, code: 1005 });
    }
}

#[test]
fn what_follows_the_peers_close_is_discarded() {
    let mut server = End::new(Role::Server);
    let close = server.close_frame(1000, "");
    let bytes =
        [close.clone(), server.whole(Opcode::Text, b"late"), server.whole(Opcode::Ping, b""), vec![0xff]];
    assert_eq!(server.receive(&bytes.concat()), [Event::Close(reason(1000, ""))]);
    server.written();
    assert_eq!(server.receive(&close), []);
    assert_eq!(server.written(), b"");
}

#[test]
fn a_close_of_one_byte_fails() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Close, &[3]);
    assert_eq!(server.receive(&bytes), [Event::Failed(ProtocolError::CloseBodyTooShort)]);
    let body = [&1002_u16.to_be_bytes()[..], b"close frame of one byte"].concat();
    assert_eq!(server.written(), sent(Role::Server, true, Opcode::Close, &body));
}

#[test]
fn codes_that_may_not_be_on_the_wire_fail_with_1002() {
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        let mut server = End::new(Role::Server);
        let bytes = server.close_frame(code, "");
        assert_eq!(server.receive(&bytes), [Event::Failed(ProtocolError::InvalidCloseCode(code))]);
        assert_eq!(server.written()[2..4], 1002_u16.to_be_bytes());
    }
}

#[test]
fn codes_that_may_be_on_the_wire_are_echoed() {
    for code in [1000, 1003, 1007, 1011, 1012, 1014, 3000, 3999, 4000, 4999] {
        let mut server = End::new(Role::Server);
        let bytes = server.close_frame(code, "");
        assert_eq!(server.receive(&bytes), [Event::Close(reason(code, ""))]);
        assert_eq!(server.written()[2..], code.to_be_bytes());
    }
}

#[test]
fn a_close_reason_that_is_not_utf8_fails_with_1007() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Close, &[0x03, 0xe8, 0xce, 0xba, 0xed, 0xa0, 0x80]);
    assert_eq!(server.receive(&bytes), [Event::Failed(ProtocolError::InvalidUtf8)]);
    assert_eq!(server.written()[2..4], 1007_u16.to_be_bytes());
}

#[test]
fn a_close_may_come_inside_a_fragmented_message() {
    let mut server = End::new(Role::Server);
    let bytes = [server.frame(false, Opcode::Text, b"never ended"), server.close_frame(1000, "")].concat();
    assert_eq!(server.receive(&bytes), [Event::Close(reason(1000, ""))]);
    assert_eq!(server.connection.eof(), Ending::Clean { by: Initiator::Peer, code: 1000 });
}

#[test]
fn our_close_is_sent_once_and_the_peers_answer_ends_it() {
    for mut end in End::both() {
        let role = end.connection.role();
        assert_eq!(close(&mut end, 4001, "bye"), Ok(()));
        let body = [&4001_u16.to_be_bytes()[..], b"bye"].concat();
        assert_eq!(end.written(), sent(role, true, Opcode::Close, &body));
        assert_eq!(end.connection.state(), State::Closing { code: 4001 });
        assert_eq!(close(&mut end, 1000, ""), Err(SendRefused::Closed));

        // The peer may answer with another code; the first one is why the connection closed.
        let bytes = end.close_frame(1000, "ok");
        assert_eq!(end.receive(&bytes), [Event::Close(reason(1000, "ok"))]);
        assert_eq!(end.written(), b"");
        assert_eq!(end.connection.eof(), Ending::Clean { by: Initiator::Us, code: 4001 });
    }
}

#[test]
fn data_on_its_way_when_we_close_is_read_and_dropped() {
    for mut end in End::both() {
        close(&mut end, 1000, "").unwrap();
        let bytes = [
            end.whole(Opcode::Text, b"late"),
            end.frame(false, Opcode::Binary, &[1; 70_000]),
            end.whole(Opcode::Pong, b""),
            end.whole(Opcode::Continuation, b"end"),
            end.close_frame(1000, ""),
        ]
        .concat();
        assert_eq!(end.receive_by(999, &bytes), [Event::Close(reason(1000, ""))]);
        assert_eq!(end.connection.state(), State::Closed { by: Initiator::Us, code: 1000 });
    }
}

#[test]
fn closing_inside_a_half_received_message_drops_its_rest() {
    let server = End::new(Role::Server);
    let bytes = [
        server.frame(false, Opcode::Text, b"first"),
        server.whole(Opcode::Continuation, b"rest of the message"),
        server.close_frame(1000, ""),
    ]
    .concat();
    for cut in 1..bytes.len() - 8 {
        let mut server = End::new(Role::Server);
        server.receive(&bytes[..cut]);
        close(&mut server, 1001, "").unwrap();
        assert_eq!(server.receive(&bytes[cut..]), [Event::Close(reason(1000, ""))], "cut at {cut}");
    }
}

#[test]
fn a_ping_that_crosses_our_close_is_answered_but_not_reported() {
    // 5.5.2: "unless it already received a Close frame", and we have not.
    let mut server = End::new(Role::Server);
    close(&mut server, 1000, "").unwrap();
    server.written();
    let bytes = server.whole(Opcode::Ping, b"still there?");
    assert_eq!(server.receive(&bytes), []);
    assert_eq!(server.written(), sent(Role::Server, true, Opcode::Pong, b"still there?"));
}

#[test]
fn nonsense_after_our_close_fails_without_a_second_close() {
    let mut server = End::new(Role::Server);
    close(&mut server, 1000, "").unwrap();
    server.written();
    assert_eq!(server.receive(&[0x81, 0x01]), [Event::Failed(ProtocolError::UnmaskedFrame)]);
    assert_eq!(server.written(), b"");
    assert_eq!(server.connection.eof(), Ending::Failed(ProtocolError::UnmaskedFrame));
}

#[test]
fn nothing_can_be_closed_after_the_peer_has() {
    let mut server = End::new(Role::Server);
    let bytes = server.close_frame(1000, "");
    server.receive(&bytes);
    server.written();
    assert_eq!(close(&mut server, 1000, ""), Err(SendRefused::Closed));
    assert_eq!(server.written(), b"");
}

#[test]
fn a_close_without_a_code_is_reported_as_1005() {
    let mut client = End::new(Role::Client);
    client.io(|connection, io| connection.close(&CloseReason::EMPTY, io)).unwrap();
    assert_eq!(client.written(), sent(Role::Client, true, Opcode::Close, b""));
    assert_eq!(client.connection.state(), State::Closing { code: 1005 });
}

#[test]
fn the_end_of_the_bytes_says_where_they_were_cut() {
    let server = End::new(Role::Server);
    let whole = server.whole(Opcode::Text, b"abc");
    let first = server.frame(false, Opcode::Text, b"abc");
    for (bytes, cut) in [
        (&b""[..], Cut::BetweenMessages),
        (&whole[..], Cut::BetweenMessages),
        (&whole[..1], Cut::InsideFrame),
        (&whole[..5], Cut::InsideFrame),
        (&whole[..6], Cut::InsideFrame),
        (&whole[..8], Cut::InsideFrame),
        (&first[..], Cut::InsideMessage),
        (&[&first[..], &[0x80]].concat(), Cut::InsideFrame),
    ] {
        let mut server = End::new(Role::Server);
        server.receive(bytes);
        let end = server.connection.eof();
        assert_eq!((end, end.code()), (Ending::Abnormal(cut), 1006), "{bytes:02x?}");
        assert_eq!(server.connection.state(), State::Lost(cut));
        assert_eq!(server.connection.eof(), end, "asked again");
    }
}

#[test]
fn the_end_of_the_bytes_while_we_wait_for_the_peers_close_is_abnormal() {
    let mut server = End::new(Role::Server);
    close(&mut server, 1001, "").unwrap();
    assert_eq!(server.connection.eof(), Ending::Abnormal(Cut::AwaitingClose));
}

#[test]
fn after_the_end_of_the_bytes_nothing_goes_either_way() {
    let mut server = End::new(Role::Server);
    server.connection.eof();
    let bytes = server.whole(Opcode::Text, b"ghost");
    assert_eq!(server.receive(&bytes), []);
    assert_eq!(close(&mut server, 1000, ""), Err(SendRefused::Closed));
    assert_eq!(server.io(|connection, io| connection.ping(b"", io)), Err(SendRefused::Closed));
}

#[test]
fn the_code_of_an_end_is_what_an_application_is_told() {
    let by = Initiator::Peer;
    for (end, code, has_code) in [
        (Ending::Clean { by, code: 1000 }, 1000, true),
        (Ending::Clean { by, code: 1005 }, 1005, false),
        (Ending::Failed(ProtocolError::FrameTooBig), 1009, true),
        (Ending::Abnormal(Cut::BetweenMessages), 1006, false),
    ] {
        assert_eq!((end.code(), end.has_code()), (code, has_code));
    }
}

#[test]
fn both_ends_may_close_at_the_same_time() {
    let [mut server, mut client] = End::both();
    close(&mut server, 1001, "").unwrap();
    close(&mut client, 1000, "").unwrap();
    let (from_server, from_client) = (server.written(), client.written());
    assert_eq!(server.receive(&from_client), [Event::Close(reason(1000, ""))]);
    assert_eq!(client.receive(&from_server), [Event::Close(reason(1001, ""))]);
    assert_eq!(server.connection.eof(), Ending::Clean { by: Initiator::Us, code: 1001 });
    assert_eq!(client.connection.eof(), Ending::Clean { by: Initiator::Us, code: 1000 });
    assert_eq!((server.written(), client.written()), (vec![], vec![]));
}

#[test]
fn messages_before_a_close_in_the_same_read_are_delivered() {
    let mut server = End::new(Role::Server);
    let bytes = [server.whole(Opcode::Text, b"last words"), server.close_frame(1000, "")].concat();
    assert_eq!(server.receive(&bytes), [text("last words"), Event::Close(reason(1000, ""))]);
}
