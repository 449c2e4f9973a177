//! Properties: how bytes are cut into reads, and messages into fragments, changes nothing.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{End, message};
use crate::protocol::connection::{End as Ending, Event, Limits, Options, State};
use crate::protocol::frame::FrameHeader;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;

/// Frames that are mostly right, so that deep states are reached, and sometimes wrong in one way.
fn any_frame() -> impl Strategy<Value = Vec<u8>> {
    let opcode = prop_oneof![
        4 => Just(0x0_u8), 4 => Just(0x1), 4 => Just(0x2), 1 => Just(0x8), 2 => Just(0x9), 2 => Just(0xa), 1 => 0..16_u8,
    ];
    let payload = prop_oneof![
        4 => vec(0x61..0x7b_u8, 0..20),
        1 => "\\PC{0,40}".prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..20),
        1 => vec(0x61..0x7b_u8, 120..300),
        1 => Just([0x03, 0xe8].to_vec()),
    ];
    let bits = prop_oneof![6 => Just(0x80_u8), 4 => Just(0_u8), 1 => (0..16_u8).prop_map(|bits| bits << 4)];
    let masked = prop_oneof![30 => Just(true), 1 => Just(false)];
    (opcode, payload, bits, masked, any::<[u8; 4]>()).prop_map(|(opcode, payload, bits, masked, key)| {
        let mut bytes = Vec::new();
        let mask = masked.then_some(key);
        FrameHeader { mask, ..FrameHeader::new(Opcode::Binary, 0) }.encode_with(&payload, &mut bytes);
        // A control frame without FIN or with a long payload is among the wrong ones.
        bytes[0] = if opcode & 8 == 0 { opcode | bits } else { opcode | bits | 0x80 };
        bytes
    })
}

fn server(limits: Limits) -> End {
    End::with(Role::Server, Options { limits, ..Options::default() }, None)
}

type Outcome = (Vec<Event<'static>>, Vec<u8>, State, Ending);

/// All that can be seen of a connection from outside.
fn outcome(end: &mut End, events: Vec<Event<'static>>) -> Outcome {
    (events, end.written(), end.connection.state(), end.connection.eof())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_split_of_the_same_bytes_gives_the_same_events(
        frames in vec(any_frame(), 1..12), sizes in vec(1..60_usize, 1..30), small: bool,
    ) {
        let limits = if small {
            Limits { frame_bytes_max: 250, message_bytes_max: 260, inflated_bytes_max: 99, fragments_max: 4 }
        } else {
            Limits::default()
        };
        let bytes = frames.concat();
        let mut whole = server(limits);
        let events = whole.receive(&bytes);
        let expected = outcome(&mut whole, events);

        let mut single = server(limits);
        let events = single.receive_by(1, &bytes);
        prop_assert_eq!(&outcome(&mut single, events), &expected);

        let mut pieces = server(limits);
        let (mut rest, mut events) = (&bytes[..], Vec::new());
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*size).min(rest.len()));
            events.extend(pieces.receive(now));
            rest = later;
        }
        prop_assert_eq!(&outcome(&mut pieces, events), &expected);
    }

    #[test]
    fn random_bytes_never_panic_and_give_the_same_events_byte_by_byte(
        bytes in vec(any::<u8>(), 0..200), client: bool,
    ) {
        let role = if client { Role::Client } else { Role::Server };
        let (mut whole, mut single) = (End::new(role), End::new(role));
        let events = whole.receive(&bytes);
        let expected = outcome(&mut whole, events);
        let events = single.receive_by(1, &bytes);
        prop_assert_eq!(&outcome(&mut single, events), &expected);
    }

    #[test]
    fn any_fragmentation_of_any_message_gives_the_same_message(
        content in "\\PC{0,300}", cuts in vec(any::<prop::sample::Index>(), 0..10), binary: bool, pings: bool, size in 1..100_usize,
    ) {
        let payload = content.as_bytes();
        let opcode = if binary { Opcode::Binary } else { Opcode::Text };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
        cuts.sort_unstable();
        cuts.push(payload.len());
        for mut end in End::both() {
            let (mut bytes, mut start) = (Vec::new(), 0);
            for (i, cut) in cuts.iter().enumerate() {
                let opcode = if i == 0 { opcode } else { Opcode::Continuation };
                bytes.extend(end.frame(i + 1 == cuts.len(), opcode, &payload[start..*cut]));
                if pings && i + 1 < cuts.len() {
                    bytes.extend(end.whole(Opcode::Ping, b""));
                }
                start = *cut;
            }
            let mut events = end.receive_by(size, &bytes);
            events.retain(|event| !matches!(event, Event::Ping(_)));
            prop_assert_eq!(&events[..], &[message(opcode, payload)]);
        }
    }

    #[test]
    fn what_a_client_sends_a_server_receives_however_it_is_cut(
        messages in vec((any::<bool>(), "\\PC{0,80}"), 0..8), size in 1..50_usize,
    ) {
        let [mut server, mut client] = End::both();
        let flags = crate::protocol::connection::SendFlags::WHOLE;
        let mut expected = Vec::new();
        for (binary, content) in &messages {
            let opcode = if *binary { Opcode::Binary } else { Opcode::Text };
            let sent = client.io(|connection, io| connection.send(opcode, content.as_bytes(), flags, io));
            prop_assert_eq!(sent, Ok(()));
            expected.push(message(opcode, content.as_bytes()));
        }
        let bytes = client.written();
        prop_assert_eq!(server.receive_by(size, &bytes), expected);
    }
}
