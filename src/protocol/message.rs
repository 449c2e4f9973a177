//! A data message that arrives in pieces (RFC 6455, 5.4), and the limits that keep it small. Called by `connection`.
//!
//! A piece is a fragment or part of one. Messages that are whole inside the read buffer never come here.

use bytes::BufMut;
use bytes::buf::Limit;

use super::block::Block;
use super::deflate::{Deflate, DeflatePool};
use super::error::ProtocolError;
use super::frame::FrameHeader;
use super::opcode::Opcode;
use super::utf8::Utf8;

/// What a peer may make us hold. All are checked as soon as a header announces it, before the payload is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Payload of one frame, as it is on the wire.
    pub frame_bytes_max: usize,
    /// Payloads of all frames of one message, as they are on the wire.
    pub message_bytes_max: usize,
    /// A compressed message after inflation: 1 MiB of zeros travels as 1 KiB.
    pub inflated_bytes_max: usize,
    /// Frames of one message. The bytes are limited above, but empty fragments have none.
    pub fragments_max: u32,
}

impl Limits {
    /// Checks the header of a data frame; `message` is the one that it continues.
    #[inline]
    pub(super) fn check(&self, header: &FrameHeader, message: Option<&Message>) -> Result<(), ProtocolError> {
        if header.len > self.frame_bytes_max as u64 {
            return Err(ProtocolError::FrameTooBig);
        }
        let (before, fragments) = message.map_or((0, 0), |message| (message.wire_bytes, message.fragments));
        if header.len > (self.message_bytes_max as u64).saturating_sub(before) {
            return Err(ProtocolError::MessageTooBig);
        }
        if fragments >= self.fragments_max {
            return Err(ProtocolError::TooManyFragments);
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frame_bytes_max: 2 * MIB,
            message_bytes_max: 2 * MIB,
            // What a handler is given is bounded alike, however it travelled.
            inflated_bytes_max: 2 * MIB,
            // 4 MiB in fragments of 64 bytes, which conformance suites send, with room to spare.
            fragments_max: 128 * 1024,
        }
    }
}

/// The unfinished message of a connection: begun, its last byte not yet here.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) opcode: Opcode,
    pub(super) compressed: bool,
    utf8: Utf8,
    fragments: u32,
    /// In the frames that are over.
    wire_bytes: u64,
    bytes: Block,
    /// How many of `bytes` have been unmasked and checked. Less than all only between [`Message::space`] and
    /// [`Message::accept`].
    accepted: usize,
}

impl Message {
    /// A message whose first header has the given opcode (text or binary). It comes into the block.
    pub(super) fn new(opcode: Opcode, compressed: bool, bytes: Block) -> Self {
        Self { opcode, compressed, utf8: Utf8::new(), fragments: 0, wire_bytes: 0, bytes, accepted: 0 }
    }

    /// Counts a frame that is over and to be continued.
    pub(super) fn end_frame(&mut self, len: u64) {
        self.fragments = self.fragments.saturating_add(1);
        self.wire_bytes = self.wire_bytes.saturating_add(len);
    }

    /// Takes an unmasked piece as it is. `left` is what the frame still has after it.
    pub(super) fn push(&mut self, piece: &[u8], left: u64) -> Result<(), ProtocolError> {
        self.bytes.truncate(self.accepted);
        self.reserve(piece.len(), left);
        self.bytes.extend(piece);
        self.check_text()
    }

    /// Takes an unmasked piece of a compressed message. `fin` says that it is the last.
    pub(super) fn push_compressed(
        &mut self,
        deflate: &mut Deflate,
        pool: &mut DeflatePool,
        piece: &[u8],
        fin: bool,
        limits: &Limits,
    ) -> Result<(), ProtocolError> {
        if self.bytes.capacity() == 0 {
            self.bytes.reserve(piece.len().saturating_mul(INFLATED_TIMES), 0);
        }
        let most = limits.inflated_bytes_max.saturating_add(Block::HEADROOM);
        let inflated = deflate.decompress(pool, piece, fin, self.bytes.buffer(), most);
        // Text that came out before the error may have been wrong already.
        self.check_text().and(inflated)
    }

    /// Where a driver may read the next `left` bytes of the frame to, or some of them.
    pub(super) fn space(&mut self, left: u64) -> Limit<&mut Vec<u8>> {
        self.bytes.truncate(self.accepted);
        self.reserve(1, left - 1);
        let spare = self.bytes.capacity() - self.bytes.len();
        self.bytes.buffer().limit(usize::try_from(left).map_or(spare, |left| left.min(spare)))
    }

    /// The `count` bytes that the driver has put into [`space`](Self::space), still masked; fewer where the message was
    /// discarded meanwhile. The caller unmasks them and calls [`accept`](Self::accept).
    pub(super) fn filled(&mut self, count: u64) -> &mut [u8] {
        let most = usize::try_from(count).map_or(usize::MAX, |count| self.accepted.saturating_add(count));
        self.bytes.truncate(most);
        self.bytes.tail_mut(self.accepted)
    }

    pub(super) fn accept(&mut self) -> Result<(), ProtocolError> {
        self.check_text()
    }

    /// The last byte is here: the message, if its text does not end inside a character.
    pub(super) fn finish(self) -> Result<Block, ProtocolError> {
        self.utf8.finish()?;
        Ok(self.bytes)
    }

    /// How many bytes are kept.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Nobody will read the message any more: keeps only that it is unfinished.
    pub(super) fn discard(&mut self) {
        self.bytes = Block::default();
        self.accepted = 0;
    }

    /// 8.1: invalid UTF-8 fails the connection, and at once: the rest of the message is not waited for.
    fn check_text(&mut self) -> Result<(), ProtocolError> {
        let fresh = self.bytes.get(self.accepted..).unwrap_or_default();
        if self.opcode == Opcode::Text {
            self.utf8.feed(fresh)?;
        }
        self.accepted = self.bytes.len();
        Ok(())
    }

    /// Makes room for `now` bytes and some of the `left` that a header has promised. A header alone never makes us
    /// reserve more than [`RESERVE_BYTES`], nor its sender more than [`RESERVE_TIMES`] what it has really sent.
    fn reserve(&mut self, now: usize, left: u64) {
        if self.bytes.capacity().saturating_sub(self.bytes.len()) >= now {
            return;
        }
        let promised = usize::try_from(left).unwrap_or(usize::MAX).saturating_add(now);
        let earned = (self.bytes.len() + now).saturating_mul(RESERVE_TIMES).max(RESERVE_BYTES);
        // Fragments are not moved once for each either: how many more there will be nobody has said.
        let doubled = if self.fragments > 0 { self.bytes.len() } else { 0 };
        self.bytes.reserve(promised.min(earned).max(doubled), now);
    }
}

const MIB: usize = 1024 * 1024;
/// Reserved on the word of a header: what one read of a driver may bring anyhow.
const RESERVE_BYTES: usize = 64 * 1024;
/// A large message is not to be moved again and again while it grows. What is reserved and not written to costs no memory.
const RESERVE_TIMES: usize = 16;
/// What a compressed message may become, in most cases: its buffer need not grow then.
const INFLATED_TIMES: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_in_many_fragments_is_seldom_moved() {
        let mut message = Message::new(Opcode::Binary, false, Block::default());
        let mut capacities = std::collections::BTreeSet::new();
        for _ in 0..100_000 {
            message.push(b"0123456789", 0).unwrap();
            message.end_frame(10);
            capacities.insert(message.bytes.capacity());
        }
        assert!(capacities.len() < 30, "{} sizes", capacities.len());
        let block = message.finish().unwrap();
        assert!(block.len() == 1_000_000 && block.capacity() < 2_000_100, "{}", block.capacity());
    }
}
