//! RFC 6455, 5.3: masking and its keys.

use proptest::prelude::*;

use crate::protocol::mask::{MaskKeys, append, mask};

/// The definition, byte by byte.
fn by_the_rfc(bytes: &[u8], key: [u8; 4], offset: usize) -> Vec<u8> {
    bytes.iter().enumerate().map(|(i, byte)| byte ^ key[(i + offset) % 4]).collect()
}

#[test]
fn every_length_and_offset_gives_what_the_definition_says() {
    let payload: Vec<u8> = (0..=255).cycle().take(300).collect();
    let key = [0x37, 0xfa, 0x21, 0x3d];
    for len in 0..payload.len() {
        for offset in 0..5 {
            let mut bytes = payload[..len].to_vec();
            mask(&mut bytes, key, offset);
            assert_eq!(bytes, by_the_rfc(&payload[..len], key, offset), "{len} bytes at {offset}");
        }
    }
}

#[test]
fn append_masks_across_its_blocks_and_leaves_what_was_there() {
    let payload: Vec<u8> = (0..=255).cycle().take(50_001).collect();
    for offset in 0..4 {
        let mut out = b"before".to_vec();
        append(&mut out, &payload, [1, 2, 3, 4], offset);
        assert_eq!(&out[..6], b"before");
        assert_eq!(out[6..], by_the_rfc(&payload, [1, 2, 3, 4], offset));
    }
}

#[test]
fn keys_differ_and_none_is_used_twice_in_a_row() {
    let mut keys = MaskKeys::new();
    let mut seen: Vec<[u8; 4]> = (0..1000).map(|_| keys.next_key()).collect();
    seen.sort_unstable();
    seen.dedup();
    // Two equal ones among a thousand come about once in nine thousand runs; ten never.
    assert!(seen.len() > 990, "{} different keys of 1000", seen.len());
}

#[test]
fn a_fixed_key_stays_also_after_renew() {
    let mut keys = MaskKeys::fixed([1, 2, 3, 4]);
    for _ in 0..300 {
        assert_eq!(keys.next_key(), [1, 2, 3, 4]);
        keys.renew();
    }
}

#[test]
fn renew_forgets_the_batch_that_a_fork_has_copied() {
    let mut keys = MaskKeys::new();
    keys.next_key();
    keys.renew();
    let after: Vec<[u8; 4]> = (0..20).map(|_| keys.next_key()).collect();
    assert!(after.windows(2).any(|pair| pair[0] != pair[1]));
}

#[test]
fn debug_output_keeps_the_keys_secret() {
    assert_eq!(format!("{:?}", MaskKeys::fixed([77; 4])), "MaskKeys { fixed: true, .. }");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn masking_twice_with_any_key_and_offset_changes_nothing(
        payload in prop::collection::vec(any::<u8>(), 0..400), key: [u8; 4], offset: usize,
    ) {
        let mut bytes = payload.clone();
        mask(&mut bytes, key, offset);
        mask(&mut bytes, key, offset);
        prop_assert_eq!(bytes, payload);
    }

    #[test]
    fn masking_in_two_pieces_is_masking_in_one(
        payload in prop::collection::vec(any::<u8>(), 0..400), key: [u8; 4], offset in 0..1000_usize, cut: prop::sample::Index,
    ) {
        let cut = cut.index(payload.len() + 1);
        let mut whole = payload.clone();
        mask(&mut whole, key, offset);
        let mut pieces = payload;
        let (left, right) = pieces.split_at_mut(cut);
        mask(left, key, offset);
        mask(right, key, offset + cut);
        prop_assert_eq!(pieces, whole);
    }
}
