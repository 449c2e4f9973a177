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
fn large_messages_of_many_clients_do_not_mix() {
    let server = Server::echo();
    let talk = |client: u32| {
        let mut receiver = server.open();
        let mut sender = support::Client(receiver.0.try_clone().unwrap());
        let payloads: Vec<Vec<u8>> = (0..12u32)
            .map(|n| {
                let len = 9_000 + (client * 7919 + n * 104_729) % 1_500_000;
                (0..len).map(|at| (at / 251 * 31 + at + n + client) as u8).collect()
            })
            .collect();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for (n, payload) in payloads.iter().enumerate() {
                    // In three fragments with a ping between them, or in one; cut anywhere.
                    let bytes = match n % 3 {
                        0 => {
                            let (first, rest) = payload.split_at(payload.len() / 3);
                            let (second, third) = rest.split_at(rest.len() / 2);
                            let pieces = [(0x02, first), (0x89, b"?"), (0x00, second), (0x80, third)];
                            pieces.map(|(head, bytes)| frame(head, bytes)).concat()
                        }
                        _ => frame(0x82, payload),
                    };
                    let cut = n * 37_813 % bytes.len();
                    sender.write(&bytes[..cut]);
                    sender.write(&bytes[cut..]);
                }
            });
            let mut expected = payloads.iter();
            let mut next = expected.next();
            while let Some(payload) = next {
                let got = receiver.receive();
                match got.first {
                    0x8a => assert_eq!(got.payload, b"?"),
                    _ => {
                        assert!(got.first == 0x82 && got.payload == *payload, "client {client}");
                        next = expected.next();
                    }
                }
            }
        });
    };
    std::thread::scope(|scope| {
        let talk = &talk;
        (0..6).for_each(|client| _ = scope.spawn(move || talk(client)));
    });
}

#[test]
fn a_large_message_that_is_cut_off_by_an_error_or_the_end_is_nobodys() {
    let server = Server::echo();
    let mut client = server.open();
    let whole = frame(0x82, &[7; 1_000_000]);
    client.write(&whole[..700_000]);
    drop(client);
    let mut client = server.open();
    let mut text = frame(0x81, &[b'a'; 1_000_000]);
    text[900_000] ^= 0x80;
    client.write(&text[..950_000]);
    client.expect_close(1007);
    let mut client = server.open();
    client.send(0x82, &[9; 1_000_000]);
    assert!(client.receive().payload == [9; 1_000_000]);
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
