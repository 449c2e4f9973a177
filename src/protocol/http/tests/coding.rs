//! Content codings by section of RFC 9110.

use std::io::Read;

use proptest::prelude::*;

use crate::protocol::http::coding::{Coding, encode, negotiate};

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
