//! Reading a large payload straight into its message, past the driver's buffer.

use bytes::BufMut;

use super::{End, message, owned, text};
use crate::protocol::connection::{Cut, End as Ending, Event, Options, Payload};
use crate::protocol::deflate::Deflate;
use crate::protocol::error::ProtocolError;
use crate::protocol::extension::{DeflateConfig, DeflateParams};
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

/// Drives an end as a driver with reads of `size` bytes would: directly where it may, by the buffer where it must.
/// Returns the events and how many bytes went the direct way.
fn drive(end: &mut End, mut bytes: &[u8], size: usize) -> (Vec<Event<'static>>, usize) {
    let (mut events, mut direct) = (Vec::new(), 0);
    while !bytes.is_empty() {
        let Some(mut space) = end.connection.payload_space() else {
            let (now, later) = bytes.split_at(size.min(bytes.len()));
            events.extend(end.receive(now));
            bytes = later;
            continue;
        };
        let (now, later) = bytes.split_at(size.min(bytes.len()).min(space.remaining_mut()));
        assert!(!now.is_empty(), "space for nothing");
        space.put_slice(now);
        direct += now.len();
        bytes = later;
        events.extend(end.io(|connection, io| connection.payload_filled(now.len(), io)).map(owned));
    }
    (events, direct)
}

#[test]
fn a_large_message_arrives_whole_and_mostly_directly() {
    let payload: Vec<u8> = (0..=255).cycle().take(1_000_003).collect();
    for size in [1000, 4096, 65_536, 2_000_000] {
        for mut end in End::both() {
            let bytes = [end.whole(Opcode::Binary, &payload), end.whole(Opcode::Text, b"next")].concat();
            let (events, direct) = drive(&mut end, &bytes, size);
            assert_eq!(events, [message(Opcode::Binary, &payload), text("next")]);
            assert!(direct >= if size > bytes.len() { 0 } else { 900_000 }, "{direct} bytes of {size}");
        }
    }
}

/// The capacity of the block that the only message came in, and its length.
fn block_of(events: Vec<Event<'static>>) -> (usize, usize) {
    match &events[..] {
        [Event::Message { payload: Payload::Owned(block), .. }] => (block.capacity(), block.len()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_block_of_a_large_frame_is_no_larger_however_its_beginning_came() {
    let payload = vec![7; 1 << 20];
    for first in [14, 1000, 20_000, 40_000, 50_000, 60_000, 65_536] {
        let mut server = End::new(Role::Server);
        let bytes = server.whole(Opcode::Binary, &payload);
        assert_eq!(server.receive(&bytes[..first]), []);
        let (capacity, len) = block_of(drive(&mut server, &bytes[first..], 300_000).0);
        assert!(len == payload.len() && capacity <= len + 64, "{capacity} after a read of {first}");
    }
}

#[test]
fn large_fragments_arrive_directly_and_join() {
    let mut server = End::new(Role::Server);
    let bytes = [
        server.frame(false, Opcode::Text, &[b'a'; 100_001]),
        server.whole(Opcode::Ping, b"!"),
        server.frame(false, Opcode::Continuation, &[b'b'; 3]),
        server.whole(Opcode::Continuation, &[b'c'; 50_000]),
    ]
    .concat();
    let (events, direct) = drive(&mut server, &bytes, 10_000);
    let all = ["a".repeat(100_001), "b".repeat(3), "c".repeat(50_000)].concat();
    assert_eq!(events, [super::ping(b"!"), text(&all)]);
    assert!(direct > 100_000, "{direct}");
}

#[test]
fn impossible_text_fails_where_it_arrives() {
    let mut server = End::new(Role::Server);
    let mut payload = vec![b'a'; 500_000];
    payload[300_000] = 0xff;
    let bytes = server.whole(Opcode::Text, &payload);
    let (events, _) = drive(&mut server, &bytes[..300_100], 16_384);
    assert_eq!(events, [Event::Failed(ProtocolError::InvalidUtf8)]);
    assert!(server.connection.payload_space().is_none());
}

#[test]
fn there_is_no_space_for_small_or_finished_or_control_payloads() {
    let mut server = End::new(Role::Server);
    assert!(server.connection.payload_space().is_none());
    let small = server.whole(Opcode::Binary, &[0; 4000]);
    assert_eq!(server.receive(&small[..100]), []);
    assert!(server.connection.payload_space().is_none());
    assert_eq!(server.receive(&small[100..]).len(), 1);
    let ping = server.whole(Opcode::Ping, &[0; 125]);
    assert_eq!(server.receive(&ping[..100]), []);
    assert!(server.connection.payload_space().is_none());
}

#[test]
fn there_is_no_space_for_compressed_payloads_nor_while_closing() {
    let params = DeflateParams {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        server_max_window_bits: 15,
        client_max_window_bits: 15,
    };
    let deflate = Deflate::new(Role::Server, params, &DeflateConfig::default());
    let mut server = End::with(Role::Server, Options::default(), Some(deflate));
    let mut bytes = server.whole(Opcode::Binary, &[0; 100_000]);
    bytes[0] |= 0x40;
    server.receive(&bytes[..14]);
    assert!(server.connection.payload_space().is_none());

    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Binary, &[0; 100_000]);
    server.receive(&bytes[..100]);
    assert!(server.connection.payload_space().is_some());
    server.io(|connection, io| connection.close(&crate::protocol::close::CloseReason::EMPTY, io)).unwrap();
    assert!(server.connection.payload_space().is_none());
}

#[test]
fn space_that_was_not_used_changes_nothing() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Binary, &[7; 100_000]);
    server.receive(&bytes[..100]);
    // Asked for twice, filled with nothing, filled but not reported: only what is reported counts.
    assert!(server.connection.payload_space().is_some());
    assert_eq!(server.io(|connection, io| connection.payload_filled(0, io)), None);
    server.connection.payload_space().unwrap().put_slice(b"forgotten");
    assert_eq!(server.receive(&bytes[100..]), [message(Opcode::Binary, &[7; 100_000])]);
}

#[test]
fn bytes_that_were_read_before_we_closed_are_counted() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Binary, &[7; 100_000]);
    server.receive(&bytes[..100]);
    let count = {
        let mut space = server.connection.payload_space().unwrap();
        let count = space.remaining_mut().min(50_000);
        space.put_slice(&bytes[100..100 + count]);
        count
    };
    server.io(|connection, io| connection.close(&crate::protocol::close::CloseReason::EMPTY, io)).unwrap();
    assert_eq!(server.io(|connection, io| connection.payload_filled(count, io)), None);
    assert_eq!(server.connection.unfinished_bytes(), 0);
    assert_eq!(server.receive(&bytes[100 + count..]), []);
    // The next frame begins where it does: the peer's answer is understood.
    let close = server.whole(Opcode::Close, b"");
    assert!(matches!(server.receive(&close)[..], [Event::Close(_)]));
    assert!(matches!(server.connection.eof(), Ending::Clean { .. }));
}

#[test]
fn a_driver_that_overfills_the_space_does_not_reach_the_next_frame() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Binary, &[0; 20_000]);
    server.receive(&bytes[..20]);
    let space = server.connection.payload_space().unwrap();
    space.into_inner().resize(1_000_000, 0);
    let events = server.io(|connection, io| connection.payload_filled(1_000_000, io)).map(owned);
    match events {
        Some(Event::Message { payload, .. }) => assert_eq!(payload.len(), 20_000),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_driver_that_empties_the_space_loses_its_message_and_nothing_else() {
    let mut server = End::new(Role::Server);
    let bytes = server.whole(Opcode::Binary, &[7; 20_000]);
    server.receive(&bytes[..20]);
    server.connection.payload_space().unwrap().into_inner().clear();
    assert_eq!(server.io(|connection, io| connection.payload_filled(0, io)), None);
    assert_eq!(server.receive(&bytes[20..]).len(), 1);
}

#[test]
fn payload_filled_out_of_turn_does_nothing() {
    let mut server = End::new(Role::Server);
    assert_eq!(server.io(|connection, io| connection.payload_filled(0, io)), None);
    let bytes = server.whole(Opcode::Ping, &[0; 125]);
    server.receive(&bytes[..100]);
    assert_eq!(server.io(|connection, io| connection.payload_filled(0, io)), None);
    assert_eq!(server.connection.eof(), Ending::Abnormal(Cut::InsideFrame));
}
