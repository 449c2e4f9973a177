//! RFC 6455, 5.2 and 5.7: the frame header, bit by bit.

use crate::protocol::error::ProtocolError;
use crate::protocol::frame::FrameHeader;
use crate::protocol::opcode::Opcode;

#[track_caller]
fn parsed(bytes: &[u8]) -> (FrameHeader, usize) {
    FrameHeader::parse(bytes).expect("a valid header").expect("a whole header")
}

/// The error, and that the bytes before its last one did not suffice to see it.
#[track_caller]
fn refused_at_the_last_byte(bytes: &[u8]) -> ProtocolError {
    assert_eq!(FrameHeader::parse(&bytes[..bytes.len() - 1]), Ok(None), "refused too early");
    FrameHeader::parse(bytes).expect_err("refused")
}

#[test]
fn rfc_5_7_a_single_frame_unmasked_text_message() {
    let bytes = [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f];
    assert_eq!(parsed(&bytes), (FrameHeader::new(Opcode::Text, 5), 2));
    let mut out = Vec::new();
    FrameHeader::new(Opcode::Text, 0).encode_with(b"Hello", &mut out);
    assert_eq!(out, bytes);
}

#[test]
fn rfc_5_7_a_single_frame_masked_text_message() {
    let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    let header = FrameHeader { mask: Some([0x37, 0xfa, 0x21, 0x3d]), ..FrameHeader::new(Opcode::Text, 5) };
    assert_eq!(parsed(&bytes), (header, 6));
    let mut out = Vec::new();
    header.encode_with(b"Hello", &mut out);
    assert_eq!(out, bytes);
}

#[test]
fn rfc_5_7_a_fragmented_unmasked_text_message() {
    let first = FrameHeader { fin: false, ..FrameHeader::new(Opcode::Text, 3) };
    assert_eq!(parsed(&[0x01, 0x03, 0x48, 0x65, 0x6c]), (first, 2));
    assert_eq!(parsed(&[0x80, 0x02, 0x6c, 0x6f]), (FrameHeader::new(Opcode::Continuation, 2), 2));
}

#[test]
fn rfc_5_7_an_unmasked_ping_and_a_masked_pong() {
    assert_eq!(parsed(&[0x89, 0x05]), (FrameHeader::new(Opcode::Ping, 5), 2));
    let pong = FrameHeader { mask: Some([0x37, 0xfa, 0x21, 0x3d]), ..FrameHeader::new(Opcode::Pong, 5) };
    assert_eq!(parsed(&[0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d]), (pong, 6));
}

#[test]
fn rfc_5_7_256_bytes_and_64_kib_of_binary() {
    assert_eq!(parsed(&[0x82, 0x7e, 0x01, 0x00]), (FrameHeader::new(Opcode::Binary, 256), 4));
    let large = [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0];
    assert_eq!(parsed(&large), (FrameHeader::new(Opcode::Binary, 65_536), 10));
}

#[test]
fn each_form_of_the_length_holds_up_to_its_limit() {
    for (len, header_len) in [(0, 2), (125, 2), (126, 4), (0xffff, 4), (0x1_0000, 10), (u64::MAX >> 1, 10)] {
        let header = FrameHeader::new(Opcode::Binary, len);
        let mut bytes = Vec::new();
        header.encode(&mut bytes);
        assert_eq!((bytes.len(), header.header_len()), (header_len, header_len));
        assert_eq!(parsed(&bytes), (header, header_len));
    }
}

#[test]
fn every_bit_of_the_header_survives_a_round_trip() {
    for first in 0..=0xff_u8 {
        let Some(opcode) = Opcode::from_u8(first & 0xf) else { continue };
        if opcode.is_control() && first & 0x80 == 0 {
            continue;
        }
        for mask in [None, Some([1, 2, 3, 4])] {
            let header = FrameHeader {
                fin: first & 0x80 != 0,
                rsv1: first & 0x40 != 0,
                rsv2: first & 0x20 != 0,
                rsv3: first & 0x10 != 0,
                opcode,
                mask,
                len: 100,
            };
            let mut bytes = Vec::new();
            header.encode(&mut bytes);
            assert_eq!(bytes[0], first);
            assert_eq!(parsed(&bytes), (header, bytes.len()));
        }
    }
}

#[test]
fn every_prefix_of_a_header_asks_for_more() {
    for len in [5, 300, 70_000] {
        let mut bytes = Vec::new();
        FrameHeader { mask: Some([9; 4]), ..FrameHeader::new(Opcode::Text, len) }.encode(&mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(FrameHeader::parse(&bytes[..end]), Ok(None));
        }
    }
}

#[test]
fn reserved_opcodes_are_refused_at_the_first_byte() {
    for opcode in [3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf] {
        assert_eq!(refused_at_the_last_byte(&[0x80 | opcode]), ProtocolError::ReservedOpcode(opcode));
    }
}

#[test]
fn a_control_frame_without_fin_is_refused_at_the_first_byte() {
    for opcode in [0x8, 0x9, 0xa] {
        assert_eq!(refused_at_the_last_byte(&[opcode]), ProtocolError::FragmentedControl);
    }
}

#[test]
fn a_control_frame_holds_125_bytes_and_not_126() {
    for opcode in [0x88, 0x89, 0x8a] {
        assert_eq!(parsed(&[opcode, 125]).0.len, 125);
        for short in [126, 127] {
            assert_eq!(refused_at_the_last_byte(&[opcode, short]), ProtocolError::ControlTooLong);
            assert_eq!(refused_at_the_last_byte(&[opcode, 0x80 | short]), ProtocolError::ControlTooLong);
        }
    }
}

#[test]
fn a_16_bit_length_below_126_is_not_minimal() {
    assert_eq!(refused_at_the_last_byte(&[0x82, 126, 0, 125]), ProtocolError::NonMinimalLength);
    assert_eq!(parsed(&[0x82, 126, 0, 126]).0.len, 126);
}

#[test]
fn a_64_bit_length_below_65536_is_not_minimal_as_soon_as_six_bytes_are_zero() {
    assert_eq!(refused_at_the_last_byte(&[0x82, 127, 0, 0, 0, 0, 0, 0]), ProtocolError::NonMinimalLength);
    assert_eq!(parsed(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]).0.len, 65_536);
}

#[test]
fn the_top_bit_of_a_64_bit_length_is_refused_at_its_first_byte() {
    assert_eq!(refused_at_the_last_byte(&[0x82, 127, 0x80]), ProtocolError::LengthTopBit);
    let longest = [0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(parsed(&longest).0.len, u64::MAX >> 1);
}

#[test]
fn encode_with_takes_the_length_from_the_payload() {
    let mut out = Vec::new();
    FrameHeader::new(Opcode::Binary, 7).encode_with(&[1; 200], &mut out);
    assert_eq!(parsed(&out), (FrameHeader::new(Opcode::Binary, 200), 4));
    assert_eq!(out.len(), 204);
}
