//! UTF-8 that arrives in pieces (RFC 6455, 8.1), refused at its first impossible byte. Called by `message`.
//!
//! A piece that is a whole message goes through [`is_valid`], which is faster because it need not remember anything.

use super::error::ProtocolError;

/// What the bytes so far ask of the next one. A text message ends well only in the initial state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utf8 {
    /// Continuation bytes still missing from the character that was begun.
    missing: u8,
    /// The next byte's range while `missing` is not 0; narrower than 80..BF after E0, ED, F0 and F4.
    low: u8,
    high: u8,
}

impl Utf8 {
    pub const fn new() -> Self {
        Self { missing: 0, low: CONTINUATION.0, high: CONTINUATION.1 }
    }

    /// Takes the next bytes of the text. An error is final and comes with the first byte that no text can have there,
    /// however the text was cut into pieces.
    #[inline]
    pub fn feed(&mut self, mut bytes: &[u8]) -> Result<(), ProtocolError> {
        while self.missing > 0 {
            let [first, rest @ ..] = bytes else { return Ok(()) };
            self.step(*first)?;
            bytes = rest;
        }
        let Err(error) = simdutf8::compat::from_utf8(bytes) else { return Ok(()) };
        if error.error_len().is_some() {
            return Err(ProtocolError::InvalidUtf8);
        }
        // At most three bytes: the beginning of a character.
        bytes[error.valid_up_to()..].iter().try_for_each(|byte| self.step(*byte))
    }

    /// The text is over: is its last character whole?
    pub const fn finish(&self) -> Result<(), ProtocolError> {
        if self.missing == 0 { Ok(()) } else { Err(ProtocolError::InvalidUtf8) }
    }

    /// One row of table 3-7 of the Unicode standard per arm ("well-formed UTF-8 byte sequences").
    fn step(&mut self, byte: u8) -> Result<(), ProtocolError> {
        if self.missing > 0 {
            if byte < self.low || byte > self.high {
                return Err(ProtocolError::InvalidUtf8);
            }
            *self = Self { missing: self.missing - 1, ..Self::new() };
            return Ok(());
        }
        let (missing, (low, high)) = match byte {
            0x00..=0x7f => (0, CONTINUATION),
            0xc2..=0xdf => (1, CONTINUATION),
            0xe0 => (2, (0xa0, 0xbf)),
            0xe1..=0xec | 0xee..=0xef => (2, CONTINUATION),
            0xed => (2, (0x80, 0x9f)),
            0xf0 => (3, (0x90, 0xbf)),
            0xf1..=0xf3 => (3, CONTINUATION),
            0xf4 => (3, (0x80, 0x8f)),
            _ => return Err(ProtocolError::InvalidUtf8),
        };
        *self = Self { missing, low, high };
        Ok(())
    }
}

impl Default for Utf8 {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether `bytes` as a whole are UTF-8.
#[inline]
pub fn is_valid(bytes: &[u8]) -> bool {
    (bytes.len() < SHORT && bytes.is_ascii()) || simdutf8::basic::from_utf8(bytes).is_ok()
}

/// Below this simdutf8 goes byte by byte.
const SHORT: usize = 64;

const CONTINUATION: (u8, u8) = (0x80, 0xbf);
