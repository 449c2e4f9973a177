//! The bytes of a message that came in pieces, and blocks that wait for the next one.
//!
//! A block has room in front of its bytes, and behind them for one more: whoever gets the message can make its own kind
//! of object of it, header and all, without a copy.

use std::fmt;
use std::ops::Deref;

/// Bytes in a buffer of their own.
#[derive(Default)]
pub struct Block(
    /// The room in front, once there is anything, and the bytes.
    Vec<u8>,
);

impl Block {
    /// The room in front.
    pub const HEADROOM: usize = 24;
    /// From so many bytes on it is worth keeping books to spare a copy. The allocator keeps smaller buffers by itself.
    pub const LARGE: usize = 64 * 1024;

    /// The room in front and the bytes, with at least one byte to spare.
    pub fn into_room(mut self) -> Vec<u8> {
        self.begin();
        self.0.reserve(1);
        self.0
    }

    /// The block of which the bytes begin behind the first [`Block::HEADROOM`].
    pub fn of_room(room: Vec<u8>) -> Self {
        Self(room)
    }

    /// The buffer as it is: nothing, where the block was taken.
    pub fn into_buffer(self) -> Vec<u8> {
        self.0
    }

    /// How many bytes it can hold as it is.
    pub fn capacity(&self) -> usize {
        self.0.capacity().saturating_sub(Self::HEADROOM + 1)
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(Self::HEADROOM.saturating_add(len));
    }

    /// Makes room for `wanted` more bytes, or for `needed` where memory is short of so many.
    pub(super) fn reserve(&mut self, wanted: usize, needed: usize) {
        self.begin();
        if self.0.try_reserve_exact(wanted.saturating_add(1)).is_err() {
            self.0.reserve(needed.saturating_add(1));
        }
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.begin();
        self.0.extend_from_slice(bytes);
    }

    /// The buffer, to append to; [`Block::HEADROOM`] bytes of it are not the block's.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        self.begin();
        &mut self.0
    }

    /// The bytes from `start` on, to be changed in place.
    pub(super) fn tail_mut(&mut self, start: usize) -> &mut [u8] {
        self.0.get_mut(Self::HEADROOM.saturating_add(start)..).unwrap_or_default()
    }

    fn begin(&mut self) {
        if self.0.len() < Self::HEADROOM {
            self.0.resize(Self::HEADROOM, 0);
        }
    }
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.get(Self::HEADROOM..).unwrap_or_default()
    }
}

impl From<&[u8]> for Block {
    fn from(bytes: &[u8]) -> Self {
        let mut block = Self::default();
        block.reserve(bytes.len(), bytes.len());
        block.extend(bytes);
        block
    }
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Block {}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

/// Blocks of large messages that are over. To give a megabyte back to the system and ask for it again costs more than the
/// copy that a block saves.
#[derive(Debug, Default)]
pub struct Blocks(Vec<Block>);

impl Blocks {
    /// An empty block for a message whose first frame has `len` bytes.
    pub fn take(&mut self, len: u64) -> Block {
        if len < Block::LARGE as u64 {
            return Block::default();
        }
        self.0.pop().unwrap_or_default()
    }

    /// Keeps the block if it is worth it.
    pub fn give(&mut self, mut block: Block) {
        if self.0.len() < BLOCKS_MAX && (Block::LARGE..=BLOCK_BYTES_MAX).contains(&block.capacity()) {
            block.0.clear();
            self.0.push(block);
        }
    }
}

/// Larger ones are rare, and would be missed elsewhere.
const BLOCK_BYTES_MAX: usize = 1024 * 1024 + 8192;
/// As many large messages as are under way at a time, within reason.
const BLOCKS_MAX: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_its_bytes_and_has_room_around_them() {
        let mut block = Block::from(&b"hello"[..]);
        block.extend(b" world");
        assert_eq!(&block[..], b"hello world");
        block.tail_mut(6).make_ascii_uppercase();
        block.truncate(8);
        assert_eq!(&block[..], b"hello WO");
        let room = block.into_room();
        assert_eq!(&room[Block::HEADROOM..], b"hello WO");
        assert!(room.capacity() > room.len());
    }

    #[test]
    fn an_empty_block_owns_nothing() {
        let block = Block::default();
        assert_eq!((block.len(), block.capacity()), (0, 0));
        assert_eq!(block.into_room(), [0; Block::HEADROOM]);
    }

    #[test]
    fn large_blocks_are_used_again_and_only_some_are_kept() {
        let mut blocks = Blocks::default();
        for _ in 0..10 {
            blocks.give(Block::from(&[7; 100_000][..]));
        }
        assert_eq!(blocks.0.len(), BLOCKS_MAX);
        assert_eq!(blocks.take(100).capacity(), 0);
        let block = blocks.take(100_000);
        assert!(block.is_empty() && block.capacity() >= 100_000);
        blocks.give(Block::from(&[7; 100][..]));
        blocks.give(Block::from(&vec![7; 2 << 20][..]));
        assert_eq!(blocks.0.len(), BLOCKS_MAX - 1);
    }
}
