//! The head of a WebSocket frame (RFC 6455, 5.2): bytes to [`FrameHeader`] and back.
//!
//! Only what one frame can say about itself is checked here. What depends on the connection (who must mask, what a
//! reserved bit means, whether a continuation is due, limits) is checked by `connection`, the main caller;
//! `Frame::pack` and `Frame::unpack` of PHP are the other.

use super::error::ProtocolError;
use super::mask;
use super::opcode::Opcode;

/// A frame without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameHeader {
    pub fin: bool,
    pub rsv1: bool,
    pub rsv2: bool,
    pub rsv3: bool,
    pub opcode: Opcode,
    /// The masking key when the payload is masked.
    pub mask: Option<[u8; 4]>,
    /// Length of the payload. Never above 63 bits in a parsed header.
    pub len: u64,
}

impl FrameHeader {
    /// A final, unmasked frame without reserved bits.
    pub const fn new(opcode: Opcode, len: u64) -> Self {
        Self { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode, mask: None, len }
    }

    /// Parses the header at the start of `bytes` and says how many bytes it took.
    ///
    /// `Ok(None)` asks for more bytes. An error comes with the first byte that proves it and, because the bytes are
    /// looked at in order, does not depend on how many follow.
    #[inline]
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, ProtocolError> {
        let [first, rest @ ..] = bytes else { return Ok(None) };
        let opcode = Opcode::from_u8(first & OPCODE).ok_or(ProtocolError::ReservedOpcode(first & OPCODE))?;
        let fin = first & FIN != 0;
        // 5.5: "All control frames [...] MUST NOT be fragmented."
        if opcode.is_control() && !fin {
            return Err(ProtocolError::FragmentedControl);
        }
        let [second, rest @ ..] = rest else { return Ok(None) };
        let short = second & LEN_7;
        // 5.5: "All control frames MUST have a payload length of 125 bytes or less".
        if opcode.is_control() && short > CONTROL_BYTES_MAX as u8 {
            return Err(ProtocolError::ControlTooLong);
        }
        let (len, rest) = match short {
            LEN_IS_U16 => match length_u16(rest)? {
                Some(len) => (len, &rest[2..]),
                None => return Ok(None),
            },
            LEN_IS_U64 => match length_u64(rest)? {
                Some(len) => (len, &rest[8..]),
                None => return Ok(None),
            },
            short => (u64::from(short), rest),
        };
        let (mask, rest) = if second & MASKED == 0 {
            (None, rest)
        } else {
            match rest.split_first_chunk::<4>() {
                Some((key, rest)) => (Some(*key), rest),
                None => return Ok(None),
            }
        };
        let header = Self {
            fin,
            rsv1: first & RSV1 != 0,
            rsv2: first & RSV2 != 0,
            rsv3: first & RSV3 != 0,
            opcode,
            mask,
            len,
        };
        Ok(Some((header, bytes.len() - rest.len())))
    }

    /// Bytes that [`encode`](Self::encode) writes.
    #[inline]
    pub const fn header_len(&self) -> usize {
        let length = match self.len {
            0..=125 => 2,
            126..=0xffff => 4,
            _ => 10,
        };
        if self.mask.is_some() { length + 4 } else { length }
    }

    /// Appends the header alone; the caller sends the payload, already masked if the header has a key.
    #[inline]
    pub fn encode(&self, out: &mut Vec<u8>) {
        let (bytes, len) = self.to_bytes();
        out.extend_from_slice(&bytes[..len]);
    }

    /// Appends the whole frame, masking the copy of `payload` when the header has a key.
    /// The length on the wire is that of `payload`; [`len`](Self::len) is not looked at.
    #[inline]
    pub fn encode_with(mut self, payload: &[u8], out: &mut Vec<u8>) {
        self.len = payload.len() as u64;
        let (bytes, len) = self.to_bytes();
        out.reserve(len + payload.len());
        out.extend_from_slice(&bytes[..len]);
        match self.mask {
            None => out.extend_from_slice(payload),
            Some(key) => mask::append(out, payload, key, 0),
        }
    }

    /// The header in a buffer on the stack, and how much of it is used: for a vectored write.
    #[inline]
    pub fn to_bytes(&self) -> ([u8; HEADER_BYTES_MAX], usize) {
        let mut bytes = [0; HEADER_BYTES_MAX];
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        bytes[0] = self.opcode as u8
            | bit(self.fin, FIN)
            | bit(self.rsv1, RSV1)
            | bit(self.rsv2, RSV2)
            | bit(self.rsv3, RSV3);
        // 5.2: "in all cases, the minimal number of bytes MUST be used to encode the length".
        let used = match self.len {
            len @ 0..=125 => {
                bytes[1] = len as u8;
                2
            }
            len @ 126..=0xffff => {
                bytes[1] = LEN_IS_U16;
                bytes[2..4].copy_from_slice(&(len as u16).to_be_bytes());
                4
            }
            len => {
                bytes[1] = LEN_IS_U64;
                bytes[2..10].copy_from_slice(&len.to_be_bytes());
                10
            }
        };
        let Some(key) = self.mask else { return (bytes, used) };
        bytes[1] |= MASKED;
        bytes[used..used + 4].copy_from_slice(&key);
        (bytes, used + 4)
    }
}

/// 5.2: 126 announces a length in the next 16 bits; it must need them.
#[inline]
fn length_u16(bytes: &[u8]) -> Result<Option<u64>, ProtocolError> {
    match bytes.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes)) {
        Some(0..=125) => Err(ProtocolError::NonMinimalLength),
        Some(len) => Ok(Some(u64::from(len))),
        None => Ok(None),
    }
}

/// 5.2: 127 announces a length in the next 64 bits; it must need more than 16 of them and leave the top one alone.
#[inline]
fn length_u64(bytes: &[u8]) -> Result<Option<u64>, ProtocolError> {
    // "the most significant bit MUST be 0": the first byte proves it.
    if bytes.first().is_some_and(|top| top & 0x80 != 0) {
        return Err(ProtocolError::LengthTopBit);
    }
    // Six zero bytes prove that 16 bits would have done.
    if bytes.first_chunk::<6>().is_some_and(|high| *high == [0; 6]) {
        return Err(ProtocolError::NonMinimalLength);
    }
    Ok(bytes.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes)))
}

/// The longest header: two bytes, a 64-bit length, a key.
pub const HEADER_BYTES_MAX: usize = 14;
/// RFC 6455, 5.5: the longest payload of a control frame.
pub const CONTROL_BYTES_MAX: usize = 125;

const FIN: u8 = 0x80;
pub(super) const RSV1: u8 = 0x40;
pub(super) const RSV2: u8 = 0x20;
pub(super) const RSV3: u8 = 0x10;
const OPCODE: u8 = 0x0f;
pub(super) const MASKED: u8 = 0x80;
const LEN_7: u8 = 0x7f;
const LEN_IS_U16: u8 = 126;
const LEN_IS_U64: u8 = 127;
