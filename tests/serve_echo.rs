//! Messages go in and come out, whatever their size and however they are cut.
#![cfg(feature = "net")]

mod support;

use support::{HANDSHAKE, Server, frame};

#[test]
fn a_message_comes_back_as_it_was_sent() {
    let server = Server::echo();
    let mut client = server.open();
    client.send(0x81, "héllo".as_bytes());
    let got = client.receive();
    assert_eq!((got.first, got.payload.as_slice()), (0x81, "héllo".as_bytes()));
    client.send(0x82, b"\0\xff");
    assert_eq!(client.receive().first, 0x82);
}

#[test]
fn a_frame_in_the_segment_of_the_handshake_is_answered_at_once() {
    let server = Server::echo();
    let mut client = server.connect();
    client.write(&[HANDSHAKE, &frame(0x81, b"early")].concat());
    client.read_until("\r\n\r\n");
    assert_eq!(client.receive().payload, b"early");
}

#[test]
fn a_handshake_may_arrive_byte_by_byte() {
    let server = Server::echo();
    let mut client = server.connect();
    for byte in HANDSHAKE {
        client.write(&[*byte]);
    }
    client.read_until("\r\n\r\n");
    client.send(0x81, b"x");
    assert_eq!(client.receive().payload, b"x");
}

#[test]
fn messages_of_every_length_class_come_back() {
    let server = Server::echo();
    let mut client = server.open();
    for len in [0, 1, 125, 126, 65_535, 65_536, 300_000, 2_000_000] {
        let payload: Vec<u8> = (0..len).map(|n| n as u8).collect();
        let mut sender = support::Client(client.0.try_clone().unwrap());
        let bytes = frame(0x82, &payload);
        let thread = std::thread::spawn(move || sender.write(&bytes));
        let got = client.receive();
        assert!(got.payload == payload, "{len}");
        thread.join().unwrap();
    }
}

#[test]
fn pipelined_messages_come_back_in_order() {
    let server = Server::echo();
    let mut client = server.open();
    let bytes: Vec<u8> = (0..1000u32).flat_map(|n| frame(0x82, &n.to_be_bytes())).collect();
    client.write(&bytes);
    for n in 0..1000u32 {
        assert_eq!(client.receive().payload, n.to_be_bytes());
    }
}

#[test]
fn many_clients_are_served_side_by_side() {
    let server = Server::echo();
    let mut clients: Vec<_> = (0..50).map(|_| server.open()).collect();
    for round in 0..10u8 {
        for (n, client) in clients.iter_mut().enumerate() {
            client.send(0x82, &[round, n as u8]);
        }
        for (n, client) in clients.iter_mut().enumerate() {
            assert_eq!(client.receive().payload, [round, n as u8]);
        }
    }
}

#[test]
fn a_message_before_a_protocol_error_is_answered_before_the_close() {
    let server = Server::echo();
    let mut client = server.open();
    // A reserved opcode behind a message, in one segment.
    client.write(&[frame(0x81, b"first"), frame(0x83, b"")].concat());
    assert_eq!(client.receive().payload, b"first");
    client.expect_close(1002);
}

#[test]
fn a_message_before_a_close_is_answered_before_the_echo() {
    let server = Server::echo();
    let mut client = server.open();
    client.write(&[frame(0x81, b"last"), frame(0x88, &1000u16.to_be_bytes())].concat());
    assert_eq!(client.receive().payload, b"last");
    client.expect_close(1000);
}

#[test]
fn somebody_elses_client_agrees() {
    let server = Server::echo();
    let (mut socket, _) =
        tungstenite::connect(format!("ws://{}/", server.address)).expect("tungstenite connects");
    for text in ["", "a", &"long ".repeat(30_000)] {
        socket.send(text.into()).unwrap();
        assert_eq!(socket.read().unwrap().into_text().unwrap().as_str(), text);
    }
    socket.close(None).unwrap();
    assert!(matches!(socket.read().unwrap(), tungstenite::Message::Close(None)));
    assert!(matches!(socket.read(), Err(tungstenite::Error::ConnectionClosed)));
}
