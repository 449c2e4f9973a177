//! RFC 6455, 8.1 and RFC 3629: UTF-8 in pieces. The oracle is the standard library.

use proptest::prelude::*;

use crate::protocol::error::ProtocolError;
use crate::protocol::utf8::{Utf8, is_valid};

/// How many bytes are taken before the first that no text can have there, byte by byte.
fn accepted(bytes: &[u8]) -> usize {
    let mut text = Utf8::new();
    bytes.iter().take_while(|byte| text.feed(&[**byte]).is_ok()).count()
}

/// The same by the standard library: a prefix is possible when it is valid or only unfinished.
fn accepted_by_std(bytes: &[u8]) -> usize {
    let possible = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_or_unfinished();
    (0..bytes.len()).take_while(|i| possible(&bytes[..=*i])).count()
}

trait OkOrUnfinished {
    fn is_ok_or_unfinished(&self) -> bool;
}

impl OkOrUnfinished for Result<&str, std::str::Utf8Error> {
    fn is_ok_or_unfinished(&self) -> bool {
        self.as_ref().err().is_none_or(|error| error.error_len().is_none())
    }
}

#[test]
fn every_pair_of_bytes_is_judged_as_std_does() {
    for first in 0..=0xff {
        for second in 0..=0xff {
            let bytes = [first, second];
            assert_eq!(accepted(&bytes), accepted_by_std(&bytes), "{bytes:02x?}");
        }
    }
}

#[test]
fn every_third_and_fourth_byte_is_judged_as_std_does() {
    for lead in [[0xe0, 0xa0], [0xed, 0x9f], [0xef, 0xbf], [0xf0, 0x90], [0xf1, 0x80], [0xf4, 0x8f]] {
        for third in 0..=0xff {
            for fourth in [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff] {
                let bytes = [lead[0], lead[1], third, fourth];
                assert_eq!(accepted(&bytes), accepted_by_std(&bytes), "{bytes:02x?}");
            }
        }
    }
}

#[test]
fn the_first_impossible_byte_fails_and_not_a_later_one() {
    // Overlong, surrogate, above U+10FFFF, never a lead: the last byte given is the impossible one.
    for bytes in [
        &[0xc0][..],
        &[0xc1],
        &[0xe0, 0x9f],
        &[0xed, 0xa0],
        &[0xf0, 0x8f],
        &[0xf4, 0x90],
        &[0xf5],
        &[0xff],
        &[0x80],
        &[0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5, 0xf4, 0x90],
    ] {
        assert_eq!(accepted(bytes), bytes.len() - 1, "{bytes:02x?}");
        assert_eq!(Utf8::new().feed(bytes), Err(ProtocolError::InvalidUtf8));
    }
}

#[test]
fn an_unfinished_character_is_accepted_until_the_end_is_declared() {
    for bytes in [&[0xce][..], &[0xe2, 0x82], &[0xf0, 0x9f, 0x98]] {
        let mut text = Utf8::new();
        assert_eq!(text.feed(bytes), Ok(()));
        assert_eq!(text.finish(), Err(ProtocolError::InvalidUtf8));
    }
}

#[test]
fn a_character_may_be_cut_anywhere() {
    for cut in 0..=4 {
        let mut text = Utf8::new();
        let (left, right) = "😀".as_bytes().split_at(cut);
        assert_eq!(text.feed(left).and_then(|()| text.feed(right)), Ok(()));
        assert_eq!(text.finish(), Ok(()));
    }
}

#[test]
fn the_empty_text_is_valid() {
    assert_eq!(Utf8::new().finish(), Ok(()));
    assert!(is_valid(b""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_in_any_pieces_is_valid(text in "\\PC{0,200}", size in 1..20_usize) {
        let mut state = Utf8::new();
        for piece in text.as_bytes().chunks(size) {
            prop_assert_eq!(state.feed(piece), Ok(()));
        }
        prop_assert_eq!(state.finish(), Ok(()));
    }

    #[test]
    fn a_spoilt_text_fails_in_any_pieces_where_std_says(
        text in "\\PC{1,200}", at: prop::sample::Index, byte: u8, size in 1..90_usize,
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let good = accepted_by_std(&bytes);
        prop_assert_eq!(accepted(&bytes), good);
        let mut state = Utf8::new();
        for (i, piece) in bytes.chunks(size).enumerate() {
            let ok = state.feed(piece).is_ok();
            prop_assert_eq!(ok, i * size + piece.len() <= good);
            if !ok { break; }
        }
        prop_assert_eq!(is_valid(&bytes), std::str::from_utf8(&bytes).is_ok());
    }
}
