//! Bodies: RFC 9112, sections 6.3, 7.1 and 8.

use proptest::prelude::*;

use crate::protocol::http::body::{CHUNK_EXTENSION_BYTES, TRAILER_BYTES, write_chunk, write_last_chunk};
use crate::protocol::http::{Body, BodyLength, FieldError, HttpError};

/// What a body gives when its bytes come in these pieces: the payload, whether it is done, what is left over.
type Outcome = (Vec<u8>, Result<(bool, Vec<u8>), HttpError>);

fn decode(length: BodyLength, bytes_max: u64, pieces: &[&[u8]]) -> Outcome {
    let mut out = Vec::new();
    let mut body = match Body::new(length, bytes_max) {
        Ok(body) => body,
        Err(error) => return (out, Err(error)),
    };
    let mut rest = Vec::new();
    let mut done = body.is_done();
    for piece in pieces {
        let mut input = *piece;
        match body.decode(&mut input, &mut out) {
            Ok(now) => done = now,
            Err(error) => return (out, Err(error)),
        }
        assert!(done || input.is_empty(), "an unfinished body takes everything");
        rest.extend_from_slice(input);
    }
    assert_eq!(done, body.is_done());
    (out, Ok((done, rest)))
}

fn chunked(bytes: &[u8]) -> Outcome {
    decode(BodyLength::Chunked, 1000, &[bytes])
}

fn done(payload: &[u8], rest: &[u8]) -> Outcome {
    (payload.to_vec(), Ok((true, rest.to_vec())))
}

#[test]
fn no_body_takes_nothing() {
    assert_eq!(decode(BodyLength::None, 0, &[b"GET"]), done(b"", b"GET"));
    assert_eq!(decode(BodyLength::Length(0), 0, &[b"GET"]), done(b"", b"GET"));
}

#[test]
fn a_length_takes_exactly_that_many_bytes() {
    assert_eq!(decode(BodyLength::Length(5), 5, &[b"hel", b"", b"loGET"]), done(b"hello", b"GET"));
    let (out, result) = decode(BodyLength::Length(5), 5, &[b"hell"]);
    assert_eq!((&out[..], result), (&b"hell"[..], Ok((false, vec![]))));
}

#[test]
fn an_announced_length_may_reach_the_limit_and_no_more() {
    assert!(Body::new(BodyLength::Length(5), 5).is_ok());
    let error = Body::new(BodyLength::Length(6), 5).unwrap_err();
    assert_eq!((error, error.status()), (HttpError::BodyTooLarge, 413));
}

#[test]
fn a_body_until_close_ends_with_the_connection() {
    let mut body = Body::new(BodyLength::UntilClose, 5).unwrap();
    let mut out = Vec::new();
    assert_eq!(body.decode(&mut &b"hello"[..], &mut out), Ok(false));
    assert_eq!(body.end(), Ok(()));
    assert!(body.is_done());
    assert_eq!(out, b"hello");
    let mut body = Body::new(BodyLength::UntilClose, 5).unwrap();
    assert_eq!(body.decode(&mut &b"hello!"[..], &mut out), Err(HttpError::BodyTooLarge));
}

#[test]
fn a_body_cut_short_is_an_error() {
    for (length, bytes) in [
        (BodyLength::Length(5), &b"hell"[..]),
        (BodyLength::Chunked, b"5\r\nhello\r\n"),
        (BodyLength::Chunked, b"0\r\n"),
        (BodyLength::Chunked, b""),
    ] {
        let mut body = Body::new(length, 9).unwrap();
        assert_eq!(body.decode(&mut { bytes }, &mut Vec::new()), Ok(false));
        assert_eq!(body.end(), Err(HttpError::Incomplete));
    }
    assert_eq!(Body::new(BodyLength::None, 0).unwrap().end(), Ok(()));
}

#[test]
fn chunks_are_joined() {
    assert_eq!(chunked(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET"), done(b"hello world", b"GET"));
    assert_eq!(chunked(b"00A\r\n0123456789\r\n000\r\n\r\n"), done(b"0123456789", b""));
    assert_eq!(chunked(b"a\r\n0123456789\r\n0\r\n\r\n"), done(b"0123456789", b""));
    assert_eq!(chunked(b"0\r\n\r\n"), done(b"", b""));
}

#[test]
fn extensions_and_trailers_are_ignored() {
    let bytes = b"2;a;b=c; d = \"e;\t\xff\"\r\nhi\r\n0 ;x\r\nDigest: abc\r\nX-Empty:\r\n\r\n";
    assert_eq!(chunked(bytes), done(b"hi", b""));
}

#[test]
fn what_is_no_chunk_is_refused() {
    for bytes in [
        &b"\r\n"[..],
        b";a\r\n",
        b"g\r\n",
        b"+5\r\n",
        b"-1\r\n",
        b"0x5\r\n",
        b" 5\r\n",
        b"5 5\r\n",
        b"5\n",
        b"5\r5",
        b"5;a\n",
        b"5;a\rb",
        b"5;\x01\r\n",
        b"5 a\r\n",
        b"5\r\nhelloX",
        b"5\r\nhello\n",
        b"5\r\nhello\rX",
        b"00000000000000001\r\n",
        b"0\r\n\rX",
    ] {
        let (_, result) = chunked(bytes);
        assert_eq!(result, Err(HttpError::Chunk), "{}", bytes.escape_ascii());
    }
}

#[test]
fn what_is_no_trailer_is_refused() {
    for bytes in
        [&b"a\r\n"[..], b": b\r\n", b" a: b\r\n", b"a : b\r\n", b"a: b\n", b"a: \0\r\n", b"a: b\rc", b"\n"]
    {
        let (_, result) = chunked(&[b"0\r\n", bytes].concat());
        assert_eq!(result, Err(HttpError::Trailer), "{}", bytes.escape_ascii());
    }
}

#[test]
fn a_chunk_size_cannot_overflow() {
    let (_, result) = decode(BodyLength::Chunked, u64::MAX, &[b"FFFFFFFFFFFFFFFF\r\nabc"]);
    assert_eq!(result, Ok((false, vec![])));
    let (_, result) = decode(BodyLength::Chunked, 1000, &[b"FFFFFFFFFFFFFFFF\r\n"]);
    assert_eq!(result, Err(HttpError::BodyTooLarge));
}

#[test]
fn chunks_may_reach_the_limit_together_and_no_more() {
    let exact = decode(BodyLength::Chunked, 7, &[b"5\r\nhello\r\n2\r\nyo\r\n0\r\n\r\n"]);
    assert_eq!(exact, done(b"helloyo", b""));
    let (out, result) = decode(BodyLength::Chunked, 6, &[b"5\r\nhello\r\n2\r\nyo\r\n0\r\n\r\n"]);
    assert_eq!((&out[..], result), (&b"hello"[..], Err(HttpError::BodyTooLarge)));
}

#[test]
fn extensions_may_reach_their_limit_and_no_more() {
    // One byte chunks with an extension each: the limit is that of the body, the semicolon is free.
    let body = |bytes: usize| {
        let mut text = String::new();
        let each = 1024;
        for _ in 0..bytes / each {
            text.push_str(&format!("1;{}\r\nx\r\n", "e".repeat(each)));
        }
        format!("{text}0;{}\r\n\r\n", "e".repeat(bytes % each))
    };
    let (_, result) = chunked(body(CHUNK_EXTENSION_BYTES).as_bytes());
    assert_eq!(result, Ok((true, vec![])));
    let (_, result) = chunked(body(CHUNK_EXTENSION_BYTES + 1).as_bytes());
    assert_eq!(result, Err(HttpError::ChunkExtensionTooLong));
}

#[test]
fn trailers_may_reach_their_limit_and_no_more() {
    let body = |bytes: usize| format!("0\r\na:{}\r\n\r\n", "b".repeat(bytes - "a:\r\n".len()));
    let (_, result) = chunked(body(TRAILER_BYTES).as_bytes());
    assert_eq!(result, Ok((true, vec![])));
    let (_, result) = chunked(body(TRAILER_BYTES + 1).as_bytes());
    assert_eq!((result, HttpError::TrailersTooLarge.status()), (Err(HttpError::TrailersTooLarge), 431));
}

#[test]
fn an_empty_write_does_not_end_the_body() {
    let mut out = Vec::new();
    write_chunk(&mut out, b"");
    assert!(out.is_empty());
    write_chunk(&mut out, b"hello world, hello");
    write_last_chunk(&mut out, &[(b"X-A", b"1")]).unwrap();
    assert_eq!(out, b"12\r\nhello world, hello\r\n0\r\nX-A: 1\r\n\r\n");
}

#[test]
fn a_trailer_that_breaks_its_line_leaves_nothing_behind() {
    let mut out = Vec::new();
    let trailers: &[(&[u8], &[u8])] = &[(b"X-A", b"1"), (b"X-B", b"1\r\n")];
    assert_eq!(write_last_chunk(&mut out, trailers), Err(FieldError::Value("X-B".into())));
    assert!(out.is_empty());
}

/// Cuts bytes at these places.
pub(super) fn split<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter().map(|end| &bytes[std::mem::replace(&mut start, end)..end]).collect()
}

/// Bytes that look like chunks often enough to get far into the decoder.
fn chunklike() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "1\r\na\r\n", "3\r\nabc\r\n", "2;x=y\r\nab\r\n", "0\r\n", "\r\n", "A: b\r\n", "\r", "\n", ";", "5", "0\r\n\r\n",
        ]).prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_split_gives_the_same_body(
        bytes in chunklike(),
        cuts in prop::collection::vec(any::<usize>(), 0..6),
        kind in 0..3,
        bytes_max in 0u64..12,
    ) {
        let length = match kind {
            0 => BodyLength::Chunked,
            1 => BodyLength::UntilClose,
            _ => BodyLength::Length(bytes_max / 2),
        };
        let whole = decode(length, bytes_max, &[&bytes]);
        prop_assert_eq!(decode(length, bytes_max, &split(&bytes, &cuts)), whole.clone());
        let every: Vec<usize> = (0..bytes.len()).collect();
        prop_assert_eq!(decode(length, bytes_max, &split(&bytes, &every)), whole.clone());
        prop_assert!(whole.0.len() as u64 <= bytes_max);
    }

    #[test]
    fn what_is_written_in_chunks_reads_back(
        writes in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
    ) {
        let mut wire = Vec::new();
        for data in &writes {
            write_chunk(&mut wire, data);
        }
        write_last_chunk(&mut wire, &[]).unwrap();
        wire.extend_from_slice(b"next");
        prop_assert_eq!(chunked(&wire), done(&writes.concat(), b"next"));
    }
}
