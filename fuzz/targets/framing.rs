//! Any bytes on a raw port: however they are cut into reads, the same packets, the same error and the same rest; no packet
//! above the limit, and nothing lost between packets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swoole::protocol::framing::{Cut, Framer, Framing, FramingError, LengthField, LengthKind};

fuzz_target!(|bytes: &[u8]| {
    let [kind, offset, cut, stream @ ..] = bytes else { return };
    let framing = framing(*kind, usize::from(offset % 8));
    let cut = usize::from(*cut).max(1);
    let whole = packets(&framing, stream, usize::MAX);
    assert_eq!(whole, packets(&framing, stream, cut));
    assert_eq!(whole, packets(&framing, stream, 1));
    let (packets, rest) = whole;
    assert!(packets.iter().all(|packet| (1..=BYTES_MAX).contains(&packet.len())));
    let cut_off = packets.concat();
    assert!(stream.starts_with(&cut_off));
    if let Ok(rest) = rest {
        assert_eq!([cut_off, rest].concat(), stream);
    }
});

/// Small enough for the fuzzer to reach it.
const BYTES_MAX: usize = 300;

fn framing(kind: u8, offset: usize) -> Framing {
    match LengthKind::from_letter(kind) {
        Some(kind) => Framing::Length(LengthField { kind, offset, body_offset: offset / 2 + kind.bytes() }),
        None if kind % 2 == 0 => Framing::Mqtt,
        None => Framing::Eof { mark: b"abababab"[..=offset].to_vec(), cut: Cut::Every },
    }
}

/// The packets, and what is left, or what is wrong. An endless packet is found out at the read that passes the limit.
fn packets(framing: &Framing, stream: &[u8], size: usize) -> (Vec<Vec<u8>>, Result<Vec<u8>, Wrong>) {
    let (mut framer, mut packets) = (Framer::new(), Vec::new());
    for bytes in stream.chunks(size.min(stream.len()).max(1)) {
        framer.feed(bytes);
        loop {
            match framer.next(framing, BYTES_MAX) {
                Ok(Some(packet)) => packets.push(packet),
                Ok(None) => break,
                Err(FramingError::TooLarge(length)) => {
                    assert!(length > BYTES_MAX as u64);
                    return (packets, Err(Wrong::TooLarge));
                }
                Err(FramingError::Malformed) => return (packets, Err(Wrong::Malformed)),
            }
        }
        assert!(framer.rest().len() <= BYTES_MAX.max(size));
    }
    (packets, Ok(framer.rest().to_vec()))
}

#[derive(Debug, PartialEq)]
enum Wrong {
    TooLarge,
    Malformed,
}
