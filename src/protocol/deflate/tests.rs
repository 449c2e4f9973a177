//! Section names are those of RFC 7692.

use super::*;

const PLAIN: DeflateParams = DeflateParams {
    server_no_context_takeover: true,
    client_no_context_takeover: true,
    server_max_window_bits: 15,
    client_max_window_bits: 15,
};
const TAKEOVER: DeflateParams =
    DeflateParams { server_no_context_takeover: false, client_no_context_takeover: false, ..PLAIN };
const LIMIT: usize = 1 << 20;

fn config() -> DeflateConfig {
    DeflateConfig { threshold: 0, ..DeflateConfig::default() }
}

/// Inflates messages one after another on one connection, each given as its pieces.
fn inflate_all(params: DeflateParams, messages: &[&[&[u8]]]) -> Result<Vec<Vec<u8>>, ProtocolError> {
    let mut pool = DeflatePool::new();
    let mut deflate = Deflate::new(Role::Server, params, &config());
    messages
        .iter()
        .map(|pieces| {
            let mut out = Vec::new();
            for (at, piece) in pieces.iter().enumerate() {
                deflate.decompress(&mut pool, piece, at + 1 == pieces.len(), &mut out, LIMIT)?;
            }
            Ok(out)
        })
        .collect()
}

fn inflate(message: &[u8]) -> Result<Vec<u8>, ProtocolError> {
    inflate_all(PLAIN, &[&[message]]).map(|mut messages| messages.remove(0))
}

#[test]
fn section_7_2_3_1_one_fixed_huffman_block() {
    assert_eq!(inflate(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_1_the_same_in_two_fragments() {
    let messages = inflate_all(PLAIN, &[&[&[0xf2, 0x48, 0xcd], &[0xc9, 0xc9, 0x07, 0x00]]]).unwrap();
    assert_eq!(messages, [b"Hello"]);
}

#[test]
fn section_7_2_3_2_the_second_message_refers_to_the_first() {
    let hello: &[u8] = &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let again: &[u8] = &[0xf2, 0x00, 0x11, 0x00, 0x00];
    assert_eq!(inflate_all(TAKEOVER, &[&[hello], &[again]]).unwrap(), [b"Hello", b"Hello"]);
    assert_eq!(inflate_all(PLAIN, &[&[hello], &[hello]]).unwrap(), [b"Hello", b"Hello"]);
    assert_eq!(inflate_all(PLAIN, &[&[hello], &[again]]), Err(ProtocolError::InvalidDeflate));
}

#[test]
fn section_7_2_3_3_a_block_without_compression() {
    let stored = [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00];
    assert_eq!(inflate(&stored).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_4_a_block_with_bfinal_set() {
    let last: &[u8] = &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00];
    assert_eq!(inflate(last).unwrap(), b"Hello");
    assert_eq!(inflate_all(TAKEOVER, &[&[last], &[last]]).unwrap(), [b"Hello", b"Hello"]);
}

#[test]
fn section_7_2_3_5_two_blocks_in_one_message() {
    let two = [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00];
    assert_eq!(inflate(&two).unwrap(), b"Hello");
}

#[test]
fn section_7_2_3_6_an_empty_message() {
    assert_eq!(inflate(&[0x00]).unwrap(), b"");
}
