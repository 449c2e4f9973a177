//! The zlib contexts and the scratch buffer that the connections of one thread share.
//!
//! Knows no message. A context that comes back is reset, not re-created.

use super::compressor::{Compressor, CompressorKey};
use super::zlib::Inflater;
use crate::protocol::extension::WINDOW_BITS_MAX;

/// Reusable zlib contexts for connections without context takeover. One per thread.
#[derive(Debug, Default)]
pub struct DeflatePool {
    compressors: Vec<(CompressorKey, Box<Compressor>)>,
    #[expect(clippy::vec_box, reason = "contexts move between pool and connection as they are")]
    inflaters: Vec<Box<Inflater>>,
    scratch: Vec<u8>,
    created: u64,
}

impl DeflatePool {
    /// An empty pool; it allocates when first used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Contexts that wait here for their next message.
    pub fn idle(&self) -> usize {
        self.compressors.len() + self.inflaters.len()
    }

    /// Contexts created so far, here or for connections with takeover. Stands still in steady state.
    pub fn created(&self) -> u64 {
        self.created
    }

    pub(super) fn compressor(&mut self, key: CompressorKey) -> Box<Compressor> {
        match self.compressors.iter().position(|(have, _)| *have == key) {
            Some(at) => self.compressors.swap_remove(at).1,
            None => {
                self.created += 1;
                Box::new(Compressor::new(key))
            }
        }
    }

    pub(super) fn put_compressor(&mut self, key: CompressorKey, mut compressor: Box<Compressor>) {
        if self.compressors.len() < IDLE_COMPRESSORS_MAX {
            compressor.reset();
            self.compressors.push((key, compressor));
        }
    }

    /// One with the full window: it inflates whatever a smaller one compressed, so one kind serves all connections.
    pub(super) fn inflater(&mut self) -> Box<Inflater> {
        self.inflaters.pop().unwrap_or_else(|| self.new_inflater(WINDOW_BITS_MAX))
    }

    pub(super) fn new_inflater(&mut self, bits: u8) -> Box<Inflater> {
        self.created += 1;
        Box::new(Inflater::new(bits))
    }

    pub(super) fn put_inflater(&mut self, mut inflater: Box<Inflater>) {
        if self.inflaters.len() < IDLE_INFLATERS_MAX && inflater.bits() == WINDOW_BITS_MAX {
            inflater.reset();
            self.inflaters.push(inflater);
        }
    }

    pub(super) fn scratch(&mut self) -> &mut [u8] {
        self.scratch.resize(SCRATCH_BYTES, 0);
        &mut self.scratch
    }
}

/// One is in use at a time; several wait only when connections agreed on different windows (9 to 15).
const IDLE_COMPRESSORS_MAX: usize = 7;

/// One is out per message that is under way in pieces; a burst of those need not stay in memory.
const IDLE_INFLATERS_MAX: usize = 16;

/// Fits the first-level cache beside its input; larger steps gain nothing.
const SCRATCH_BYTES: usize = 16 * 1024;
