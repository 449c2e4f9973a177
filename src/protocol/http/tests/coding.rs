//! Content codings by section of RFC 9110.

use std::io::Read;

use proptest::prelude::*;

use crate::protocol::http::coding::{Coding, encode, negotiate};
use crate::protocol::http::{Decoder, HttpError};

const ALL: &[Coding] = &[Coding::Br, Coding::Gzip, Coding::Deflate];

fn chosen(accept_encoding: &str) -> &'static str {
    negotiate([accept_encoding.as_bytes()], ALL).token()
}

fn decode(coding: Coding, encoded: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    match coding {
        Coding::Identity => body.extend_from_slice(encoded),
        Coding::Gzip => drop(flate2::read::GzDecoder::new(encoded).read_to_end(&mut body).unwrap()),
        Coding::Deflate => drop(flate2::read::ZlibDecoder::new(encoded).read_to_end(&mut body).unwrap()),
        Coding::Br => drop(brotli::Decompressor::new(encoded, 4096).read_to_end(&mut body).unwrap()),
    }
    body
}

#[test]
fn section_12_5_3_examples() {
    assert_eq!(chosen("compress, gzip"), "gzip");
    assert_eq!(chosen(""), "identity");
    assert_eq!(chosen("*"), "br");
    assert_eq!(chosen("compress;q=0.5, gzip;q=1.0"), "gzip");
    assert_eq!(chosen("gzip;q=1.0, identity; q=0.5, *;q=0"), "gzip");
}

#[test]
fn a_client_that_says_nothing_gets_the_body_as_it_is() {
    assert_eq!(negotiate([], ALL), Coding::Identity);
}

#[test]
fn of_equals_the_first_available_is_chosen() {
    assert_eq!(chosen("gzip, deflate, br"), "br");
    assert_eq!(chosen("deflate, gzip"), "gzip");
    assert_eq!(negotiate([&b"gzip, deflate, br"[..]], &[Coding::Deflate, Coding::Gzip]), Coding::Deflate);
}

#[test]
fn the_greater_weight_wins() {
    assert_eq!(chosen("gzip, br;q=0.9"), "gzip");
    assert_eq!(chosen("gzip;q=0.001, deflate;q=0.002, br;q=0.000"), "deflate");
    assert_eq!(chosen("gzip;q=0.8, identity;q=0.9"), "identity");
    assert_eq!(chosen("gzip;q=0.8, identity;q=0.8"), "gzip");
}

#[test]
fn a_weight_of_zero_refuses() {
    assert_eq!(chosen("gzip;q=0"), "identity");
    assert_eq!(chosen("gzip;q=0, br;q=0.0, deflate;q=0.000"), "identity");
    assert_eq!(chosen("br;q=0, *"), "gzip");
    assert_eq!(chosen("*;q=0"), "identity");
    assert_eq!(chosen("*;q=0, deflate"), "deflate");
    assert_eq!(chosen("identity;q=0, gzip;q=0.1"), "gzip");
    assert_eq!(chosen("identity;q=0"), "identity");
}

#[test]
fn the_asterisk_stands_for_what_is_not_listed() {
    assert_eq!(chosen("br;q=0.5, *;q=0.7"), "gzip");
    assert_eq!(chosen("gzip;q=0.5, *;q=0.1"), "gzip");
}

#[test]
fn names_are_whole_and_without_case() {
    assert_eq!(chosen("GZip;Q=1"), "gzip");
    assert_eq!(chosen("x-gzip"), "gzip");
    assert_eq!(chosen("brotli, xgzip, deflate64, br2"), "identity");
}

#[test]
fn blanks_and_other_parameters_do_not_matter() {
    assert_eq!(chosen(" , gzip ; level=9 ; q=0.5 ,, br\t;\tq=0.4"), "gzip");
}

#[test]
fn a_broken_weight_takes_its_coding_off_the_list() {
    for q in ["2", "1.1", "1.001", "-1", "0.1234", "a", "", "0.a", ".5", "00"] {
        assert_eq!(chosen(&format!("gzip;q={q}")), "identity", "{q:?}");
        assert_eq!(chosen(&format!("gzip;q={q}, deflate;q=0.1")), "deflate", "{q:?}");
    }
    for q in ["1", "1.", "1.000", "0.001", "0.1"] {
        assert_eq!(chosen(&format!("gzip;q={q}")), "gzip", "{q:?}");
    }
}

#[test]
fn several_lines_are_one_list_of_any_bytes() {
    assert_eq!(negotiate([&b"br;q=0.1"[..], b"\xff\xfe", b"gzip;q=0.2"], ALL), Coding::Gzip);
}

#[test]
fn what_is_encoded_decodes_to_the_body() {
    let body = b"<p>the same paragraph again</p>\n".repeat(300);
    for &coding in ALL {
        for level in [0, 1, 6, 9, 11, 255] {
            let mut out = b"head".to_vec();
            let encoded = encode(coding, level, &body, &mut out);
            // Level 0 of zlib stores.
            assert_eq!(encoded, level > 0 || coding == Coding::Br, "{coding:?} level {level}");
            let out = out.strip_prefix(b"head").unwrap();
            assert!(out.len() < body.len() && (!encoded || decode(coding, out) == body));
        }
    }
}

#[test]
fn what_would_not_become_smaller_is_left_alone() {
    for &coding in ALL {
        for body in [&b""[..], b"a", b"short, but no repetition"] {
            let mut out = b"head".to_vec();
            assert!(!encode(coding, 6, body, &mut out));
            assert_eq!(out, b"head");
        }
    }
    assert!(!encode(Coding::Identity, 6, &[b'a'; 1000], &mut Vec::new()));
}

#[test]
fn gzip_and_deflate_have_their_own_headers() {
    let mut out = Vec::new();
    assert!(encode(Coding::Gzip, 1, &[b'a'; 1000], &mut out));
    assert_eq!(out[..3], [0x1f, 0x8b, 8], "RFC 1952, 2.3.1");
    out.clear();
    assert!(encode(Coding::Deflate, 1, &[b'a'; 1000], &mut out));
    assert_eq!((out[0], u16::from_be_bytes([out[0], out[1]]) % 31), (0x78, 0), "RFC 1950, 2.2");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_body_survives(
        body in proptest::collection::vec(0..4u8, 0..3000),
        coding in proptest::sample::select(ALL),
        level in 0..=9u8,
    ) {
        let mut out = Vec::new();
        if encode(coding, level, &body, &mut out) {
            prop_assert!(out.len() < body.len());
            prop_assert_eq!(decode(coding, &out), body);
        } else {
            prop_assert!(out.is_empty());
        }
    }

    #[test]
    fn any_header_is_read_without_a_panic(header: Vec<u8>) {
        negotiate([&header[..]], ALL);
    }
}

/// Decodes a body that comes in pieces of `step` bytes.
fn decode_in_pieces(
    coding: Coding,
    encoded: &[u8],
    step: usize,
    bytes_max: u64,
) -> Result<Vec<u8>, HttpError> {
    let mut decoder = Decoder::new(coding, bytes_max).unwrap();
    let mut body = Vec::new();
    for piece in encoded.chunks(step) {
        decoder.decode(piece, &mut body)?;
    }
    decoder.finish(&mut body)?;
    Ok(body)
}

#[test]
fn decoding_undoes_encoding_however_it_is_cut() {
    let body = b"what was said was said, and what was said was heard. ".repeat(300);
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Br] {
        let mut encoded = Vec::new();
        assert!(encode(coding, 6, &body, &mut encoded));
        for step in [1, 7, 4096] {
            assert_eq!(decode_in_pieces(coding, &encoded, step, u64::MAX).unwrap(), body, "{coding:?}");
        }
    }
}

#[test]
fn section_8_4_1_2_a_bare_deflate_stream_is_understood_too() {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, b"bare bare bare").unwrap();
    let encoded = encoder.finish().unwrap();
    assert_eq!(decode_in_pieces(Coding::Deflate, &encoded, 1, u64::MAX).unwrap(), b"bare bare bare");
}

#[test]
fn a_bomb_is_stopped_and_nonsense_is_refused() {
    let body = vec![0; 1 << 20];
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Br] {
        let mut encoded = Vec::new();
        assert!(encode(coding, 6, &body, &mut encoded));
        assert_eq!(
            decode_in_pieces(coding, &encoded, 512, 1 << 16),
            Err(HttpError::BodyTooLarge),
            "{coding:?}"
        );
        let cut = &encoded[..encoded.len() / 2];
        for nonsense in [cut, b"certainly not encoded"] {
            let decoded = decode_in_pieces(coding, nonsense, 512, u64::MAX);
            assert_eq!(decoded.err(), Some(HttpError::ContentCoding), "{coding:?}");
        }
    }
}

#[test]
fn section_8_4_names_of_codings() {
    assert_eq!(Coding::of(b"GZIP"), Some(Coding::Gzip));
    assert_eq!(Coding::of(b"x-gzip"), Some(Coding::Gzip));
    assert_eq!(Coding::of(b"zstd"), None);
    assert_eq!(Coding::of(b"gzip, br"), None);
}
