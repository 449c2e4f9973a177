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
    // Always: the fields are to stay in registers of whoever looks at them next.
    #[inline(always)]
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
        self.pieces(|piece| out.extend_from_slice(piece));
    }

    /// Appends the whole frame, masking the copy of `payload` when the header has a key.
    /// The length on the wire is that of `payload`; [`len`](Self::len) is not looked at.
    #[inline]
    pub fn encode_with(mut self, payload: &[u8], out: &mut Vec<u8>) {
        self.len = payload.len() as u64;
        out.reserve(HEADER_BYTES_MAX + payload.len());
        self.encode(out);
        match self.mask {
            None => out.extend_from_slice(payload),
            Some(key) => mask::append(out, payload, key, 0),
        }
    }

    /// The header in a buffer on the stack, and how much of it is used: for a vectored write.
    pub fn to_bytes(&self) -> ([u8; HEADER_BYTES_MAX], usize) {
        let mut bytes = [0; HEADER_BYTES_MAX];
        let mut used = 0;
        self.pieces(|piece| {
            bytes[used..used + piece.len()].copy_from_slice(piece);
            used += piece.len();
        });
        (bytes, used)
    }

    /// The header in pieces of constant size: each is one store once this is inlined, where a slice of any size would be
    /// a call of memcpy.
    #[inline(always)]
    fn pieces(&self, mut put: impl FnMut(&[u8])) {
        let masked = if self.mask.is_some() { MASKED } else { 0 };
        // 5.2: "in all cases, the minimal number of bytes MUST be used to encode the length".
        match self.len {
            len @ 0..=125 => put(&[self.first_byte(), masked | len as u8]),
            len @ 126..=0xffff => {
                let [high, low] = (len as u16).to_be_bytes();
                put(&[self.first_byte(), masked | LEN_IS_U16, high, low]);
            }
            len => {
                put(&[self.first_byte(), masked | LEN_IS_U64]);
                put(&len.to_be_bytes());
            }
        }
        if let Some(key) = self.mask {
            put(&key);
        }
    }

    #[inline]
    const fn first_byte(&self) -> u8 {
        self.opcode as u8
            | (self.fin as u8 * FIN)
            | (self.rsv1 as u8 * RSV1)
            | (self.rsv2 as u8 * RSV2)
            | (self.rsv3 as u8 * RSV3)
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

pub(super) const FIN: u8 = 0x80;
pub(super) const RSV1: u8 = 0x40;
pub(super) const RSV2: u8 = 0x20;
pub(super) const RSV3: u8 = 0x10;
const OPCODE: u8 = 0x0f;
pub(super) const MASKED: u8 = 0x80;
const LEN_7: u8 = 0x7f;
const LEN_IS_U16: u8 = 126;
const LEN_IS_U64: u8 = 127;
