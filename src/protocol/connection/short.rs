//! The usual cases, without a detour: a short message in one frame, and a whole message of a server's own.
//!
//! What is not usual is left alone for the general way, which gives the same answers: the property tests cut their input,
//! and a frame that is cut goes the general way.

use super::{Connection, Event, Payload, Reading, State, take};
use crate::protocol::error::ProtocolError;
use crate::protocol::frame::{FIN, FrameHeader, MASKED};
use crate::protocol::mask;
use crate::protocol::message::Limits;
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;
use crate::protocol::utf8;

impl Connection {
    /// The longest payload that [`Connection::receive_short`] takes, plus one; 0 where it takes none.
    pub(super) fn short_end(role: Role, limits: &Limits) -> u8 {
        let most = limits.frame_bytes_max.min(limits.message_bytes_max).min(SHORT_BYTES_MAX);
        if role == Role::Server && limits.fragments_max > 0 { most as u8 + 1 } else { 0 }
    }

    /// Takes a masked, uncompressed data frame off `input` that is a message by itself and wholly there. `None`: it is
    /// something else, and nothing was touched.
    #[inline(always)]
    pub(super) fn receive_short<'a>(
        &mut self,
        input: &mut &'a mut [u8],
    ) -> Option<Result<Event<'a>, ProtocolError>> {
        let [first, second, key @ ..] = input.first_chunk::<HEAD_BYTES>()?;
        let opcode = match *first {
            TEXT => Opcode::Text,
            BINARY => Opcode::Binary,
            _ => return None,
        };
        // Without the bit that says so it is larger than any.
        let len = second ^ MASKED;
        let end = HEAD_BYTES + usize::from(len);
        let between = matches!(self.reading, Reading::Head { len: 0, .. }) && self.message.is_none();
        if len >= self.short_end || input.len() < end || !between || self.state != State::Open {
            return None;
        }
        let key = *key.first_chunk::<4>()?;
        let payload = &mut take(input, end as u64)[HEAD_BYTES..];
        mask::mask(payload, key, 0);
        if opcode == Opcode::Text && !utf8::is_valid(payload) {
            return Some(Err(ProtocolError::InvalidUtf8));
        }
        Some(Ok(Event::Message { opcode, compressed: false, payload: Payload::Borrowed(payload) }))
    }

    /// Appends a whole message, as it is. False: it cannot be sent like that, and nothing was appended.
    #[inline]
    pub fn send_whole(&self, opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) -> bool {
        let usual =
            self.is_ready_for_message() && !self.masks && matches!(opcode, Opcode::Text | Opcode::Binary);
        if usual {
            FrameHeader::new(opcode, 0).encode_with(payload, out);
        }
        usual
    }
}

/// The head of a short masked frame: two bytes and a key.
const HEAD_BYTES: usize = 6;
/// RFC 6455, 5.2: lengths up to here stand in the second byte.
const SHORT_BYTES_MAX: usize = 125;
const TEXT: u8 = FIN | Opcode::Text as u8;
const BINARY: u8 = FIN | Opcode::Binary as u8;
