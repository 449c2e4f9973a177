//! RFC 6455, 5.5.1 and 7.4: the body of a Close frame.

use crate::protocol::close::{CloseReason, CloseRefused, REASON_BYTES_MAX, is_valid_on_wire};
use crate::protocol::error::ProtocolError;

fn encoded(reason: &CloseReason) -> Vec<u8> {
    let mut out = Vec::new();
    reason.encode(&mut out);
    out
}

#[test]
fn an_empty_body_is_a_close_without_a_code() {
    let reason = CloseReason::parse(b"").unwrap();
    assert_eq!(reason, CloseReason::EMPTY);
    assert_eq!((reason.code(), reason.code_or_none(), reason.reason()), (None, 1005, ""));
    assert_eq!(encoded(&reason), b"");
}

#[test]
fn a_body_of_one_byte_is_refused() {
    assert_eq!(CloseReason::parse(&[3]), Err(ProtocolError::CloseBodyTooShort));
}

#[test]
fn a_code_and_a_reason_survive_a_round_trip() {
    let body = [&1000_u16.to_be_bytes()[..], "bis später".as_bytes()].concat();
    let reason = CloseReason::parse(&body).unwrap();
    assert_eq!((reason.code(), reason.reason()), (Some(1000), "bis später"));
    assert_eq!(encoded(&reason), body);
    assert_eq!(CloseReason::new(1000, "bis später"), Ok(reason));
}

#[test]
fn the_codes_of_the_wire_are_those_of_the_registry() {
    let valid = |code| matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    for code in 0..=u16::MAX {
        assert_eq!(is_valid_on_wire(code), valid(code), "{code}");
        assert_eq!(CloseReason::new(code, "").is_ok(), valid(code));
        let parsed = CloseReason::parse(&code.to_be_bytes());
        assert_eq!(parsed.err(), (!valid(code)).then_some(ProtocolError::InvalidCloseCode(code)));
    }
}

#[test]
fn a_reason_that_is_not_utf8_is_refused() {
    assert_eq!(CloseReason::parse(&[0x03, 0xe8, 0xc3]), Err(ProtocolError::InvalidUtf8));
    assert_eq!(CloseReason::parse(&[0x03, 0xe8, 0xff, 0x41]), Err(ProtocolError::InvalidUtf8));
}

#[test]
fn a_reason_holds_123_bytes_and_not_124() {
    assert_eq!(REASON_BYTES_MAX, 123);
    let longest = CloseReason::new(1000, &"x".repeat(123)).unwrap();
    assert_eq!(encoded(&longest).len(), 125);
    assert_eq!(CloseReason::new(1000, &"x".repeat(124)), Err(CloseRefused::ReasonTooLong(124)));
}

#[test]
fn a_refusal_names_its_cause() {
    assert_eq!(CloseRefused::Code(1005).to_string(), "close code 1005 may not be sent");
    assert_eq!(CloseRefused::ReasonTooLong(200).to_string(), "close reason of 200 bytes is longer than 123");
}

#[test]
fn a_protocol_error_becomes_a_close_that_may_be_sent() {
    for (error, code) in [
        (ProtocolError::UnmaskedFrame, 1002),
        (ProtocolError::InvalidUtf8, 1007),
        (ProtocolError::MessageTooBig, 1009),
    ] {
        let reason = CloseReason::from(error);
        assert_eq!(reason.code(), Some(code));
        assert_eq!(CloseReason::parse(&encoded(&reason)), Ok(reason));
    }
}
