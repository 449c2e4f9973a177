//! Any header and payload: what is encoded parses to the same, and unmasks to the same however it is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use swoole::protocol::frame::FrameHeader;
use swoole::protocol::mask::mask;
use swoole::protocol::opcode::Opcode;

fuzz_target!(|bytes: &[u8]| {
    let [bits, masked, k0, k1, k2, k3, cut, stretch, payload @ ..] = bytes else { return };
    let Some(opcode) = Opcode::from_u8(bits & 0xf) else { return };
    // Long payloads out of few bytes, so that all forms of the length are reached.
    let mut payload = payload.repeat(1 + usize::from(*stretch) * usize::from(*stretch));
    payload.truncate(if opcode.is_control() { 125 } else { 200_000 });
    let header = FrameHeader {
        fin: opcode.is_control() || bits & 0x80 != 0,
        rsv1: bits & 0x40 != 0,
        rsv2: bits & 0x20 != 0,
        rsv3: bits & 0x10 != 0,
        opcode,
        mask: (masked & 1 != 0).then_some([*k0, *k1, *k2, *k3]),
        len: payload.len() as u64,
    };
    let mut frame = b"before".to_vec();
    header.encode_with(&payload, &mut frame);
    let frame = frame.strip_prefix(b"before").expect("appended");

    let (parsed, used) = FrameHeader::parse(frame).expect("valid").expect("whole");
    assert_eq!(parsed, header);
    assert_eq!(frame.len() - used, payload.len());
    let mut body = frame[used..].to_vec();
    if let Some(key) = parsed.mask {
        let cut = usize::from(*cut).min(body.len());
        let (left, right) = body.split_at_mut(cut);
        mask(left, key, 0);
        mask(right, key, cut);
    }
    assert_eq!(body, payload);
});
