//! Any bytes as a frame header: the answer comes with the byte that decides it and then stays, and what parses is what
//! encodes to the same bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swoole::protocol::frame::{FrameHeader, HEADER_BYTES_MAX};

fuzz_target!(|bytes: &[u8]| {
    let whole = FrameHeader::parse(bytes);
    let mut decided = None;
    for end in 0..=bytes.len().min(HEADER_BYTES_MAX + 2) {
        match (FrameHeader::parse(&bytes[..end]), decided) {
            (Ok(None), None) => {
                assert!(end < HEADER_BYTES_MAX, "the longest header is {HEADER_BYTES_MAX} bytes")
            }
            (answer, None) => decided = Some(answer),
            (answer, Some(before)) => assert_eq!(answer, before, "changed its mind"),
        }
    }
    assert_eq!(decided.unwrap_or(Ok(None)), whole);
    if let Ok(Some((header, used))) = whole {
        assert!(header.len <= u64::MAX >> 1);
        assert_eq!(header.header_len(), used);
        let mut out = Vec::new();
        header.encode(&mut out);
        assert_eq!(out, &bytes[..used], "there is one encoding only");
    }
});
