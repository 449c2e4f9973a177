//! Any bytes where a body is expected: however they are cut into reads, the same payload, end and leftover, never above
//! the limit; chunks read back; forms give the same parts, and no decoding grows what it decodes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swoole::protocol::http::body::{write_chunk, write_last_chunk};
use swoole::protocol::http::multipart::{Event, MultipartLimits, PartHead, boundary};
use swoole::protocol::http::{Body, BodyLength, HttpError, Multipart, params, query};

fuzz_target!(|bytes: &[u8]| {
    let [kind, cut, stream @ ..] = bytes else { return };
    let cut = usize::from(*cut).max(1);
    match kind % 5 {
        0 => body(BodyLength::Chunked, stream, cut),
        1 => body(BodyLength::Length(u64::from(*kind)), stream, cut),
        2 => body(BodyLength::UntilClose, stream, cut),
        3 => form(stream, cut),
        _ => text(stream),
    }
});

/// Small enough for the fuzzer to reach it.
const BYTES_MAX: u64 = 400;

fn body(length: BodyLength, stream: &[u8], cut: usize) {
    let whole = decode(length, stream, usize::MAX);
    assert_eq!(whole, decode(length, stream, cut));
    assert_eq!(whole, decode(length, stream, 1));
    let (payload, result) = whole;
    assert!(payload.len() as u64 <= BYTES_MAX);
    let Ok((complete, _)) = result else { return };
    if complete {
        let mut chunks = Vec::new();
        payload.chunks(cut).for_each(|data| write_chunk(&mut chunks, data));
        write_last_chunk(&mut chunks, &[(b"X-A", b"b")]).expect("a plain trailer");
        assert_eq!(decode(BodyLength::Chunked, &chunks, cut), (payload, Ok((true, 0))));
    }
}

/// The payload, and whether it is complete and how many bytes follow it, or what is wrong.
fn decode(length: BodyLength, stream: &[u8], size: usize) -> (Vec<u8>, Result<(bool, usize), HttpError>) {
    let mut out = Vec::new();
    let mut body = match Body::new(length, BYTES_MAX) {
        Ok(body) => body,
        Err(error) => return (out, Err(error)),
    };
    let mut rest = stream;
    while !rest.is_empty() {
        let (mut input, behind) = rest.split_at(size.min(rest.len()));
        match body.decode(&mut input, &mut out) {
            Ok(true) => return (out, Ok((true, input.len() + behind.len()))),
            Ok(false) => assert!(input.is_empty()),
            Err(error) => return (out, Err(error)),
        }
        rest = behind;
    }
    let done = body.is_done();
    if let Err(error) = body.end() {
        assert_eq!(error, HttpError::Incomplete);
        assert!(!done);
    }
    (out, Ok((done, 0)))
}

fn form(stream: &[u8], cut: usize) {
    let whole = parts(stream, usize::MAX);
    assert_eq!(whole, parts(stream, cut));
    assert_eq!(whole, parts(stream, 1));
    let data: usize = whole.0.iter().map(|(head, data, _)| head.name.len() + data.len()).sum();
    assert!(data <= stream.len());
}

type Part = (PartHead, Vec<u8>, bool);

fn parts(stream: &[u8], size: usize) -> (Vec<Part>, Result<(), HttpError>) {
    let mut form = Multipart::new(b"X", MultipartLimits { parts: 4, part_head_bytes: 100 });
    let mut parts: Vec<Part> = Vec::new();
    for mut input in stream.chunks(size.min(stream.len()).max(1)) {
        loop {
            match form.receive(&mut input) {
                Ok(None) => break,
                Ok(Some(Event::Part(head))) => parts.push((head, Vec::new(), false)),
                Ok(Some(Event::Data(data))) => {
                    let (_, all, ended) = parts.last_mut().expect("data has a part");
                    assert!(!data.is_empty() && !*ended);
                    all.extend_from_slice(data);
                }
                Ok(Some(Event::PartEnd)) => {
                    let (_, data, ended) = parts.last_mut().expect("an end has a part");
                    assert!(!std::mem::replace(ended, true));
                    assert!(!data.windows(5).any(|window| window == b"\r\n--X"));
                }
                Err(error) => return (parts, Err(error)),
            }
        }
        assert!(input.is_empty());
    }
    (parts, form.end())
}

fn text(stream: &[u8]) {
    for pairs in [query::pairs(stream).collect::<Vec<_>>(), query::cookies(stream).collect()] {
        assert!(pairs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() <= stream.len());
        assert!(pairs.iter().all(|(name, _)| !name.is_empty()));
    }
    let (kind, params) = params::split(stream);
    let all: usize = params.map(|(name, value)| name.len() + value.len()).sum();
    assert!(kind.len() + all <= stream.len());
    if let Ok(Some(boundary)) = boundary(stream) {
        assert!((1..=70).contains(&boundary.len()));
    }
}
