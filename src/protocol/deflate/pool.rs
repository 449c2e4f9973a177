//! The zlib contexts and the scratch buffer that the connections of one thread share.
//!
//! Nothing here knows a message. A context that comes back is reset, not re-created.

use flate2::{Compress, Compression, Decompress};

use crate::protocol::extension::WINDOW_BITS_MAX;

/// Reusable zlib contexts for connections without context takeover. One per thread.
#[derive(Debug, Default)]
pub struct DeflatePool {
    compressors: Vec<(CompressKey, Box<Compress>)>,
    #[expect(clippy::vec_box, reason = "a context moves between pool and connection without an allocation")]
    inflaters: Vec<Box<Decompress>>,
    scratch: Vec<u8>,
}

/// What makes one compressor different from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CompressKey {
    pub(super) bits: u8,
    pub(super) level: u8,
    pub(super) mem_level: u8,
}

impl DeflatePool {
    /// An empty pool; it allocates when first used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Compressors and inflaters that wait for their next message.
    pub fn idle(&self) -> (usize, usize) {
        (self.compressors.len(), self.inflaters.len())
    }

    pub(super) fn compressor(&mut self, key: CompressKey) -> Box<Compress> {
        match self.compressors.iter().position(|(have, _)| *have == key) {
            Some(at) => self.compressors.swap_remove(at).1,
            None => Box::new(Compress::new_with_window_bits(
                Compression::new(u32::from(key.level)),
                false,
                key.bits,
            )),
        }
    }

    pub(super) fn put_compressor(&mut self, key: CompressKey, mut compressor: Box<Compress>) {
        if self.compressors.len() < IDLE_COMPRESSORS_MAX {
            compressor.reset();
            self.compressors.push((key, compressor));
        }
    }

    /// The full window inflates whatever a smaller one compressed, so one kind serves all connections.
    pub(super) fn inflater(&mut self) -> Box<Decompress> {
        self.inflaters
            .pop()
            .unwrap_or_else(|| Box::new(Decompress::new_with_window_bits(false, WINDOW_BITS_MAX)))
    }

    pub(super) fn put_inflater(&mut self, mut inflater: Box<Decompress>) {
        if self.inflaters.len() < IDLE_INFLATERS_MAX {
            inflater.reset(false);
            self.inflaters.push(inflater);
        }
    }

    pub(super) fn scratch(&mut self) -> &mut [u8] {
        self.scratch.resize(SCRATCH_BYTES, 0);
        &mut self.scratch
    }
}

/// One is in use at a time; more than one wait only when connections agreed on different windows (9 to 15).
const IDLE_COMPRESSORS_MAX: usize = 8;

/// One is out per message that is under way in pieces; a burst of those need not stay in memory.
const IDLE_INFLATERS_MAX: usize = 16;

/// Fits the first-level cache beside its input; larger steps gain nothing.
pub(super) const SCRATCH_BYTES: usize = 16 * 1024;
