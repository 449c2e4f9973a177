//! The zlib backend, raw DEFLATE only. No other file of permessage-deflate names it.
//!
//! Knows neither connections nor limits: [`super::Deflate`] and [`super::DeflatePool`] do.

use std::fmt;

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateFlush, Status};

use super::compressor::CompressorKey;
use crate::protocol::error::ProtocolError;
use crate::protocol::extension::{WINDOW_BITS_MAX, WINDOW_BITS_MIN};

/// zlib's compressor with its window.
pub(super) struct Deflater {
    zlib: Deflate,
}

impl Deflater {
    pub(super) fn new(key: CompressorKey) -> Self {
        let config = DeflateConfig {
            level: i32::from(key.level),
            // Negative: no zlib header around the blocks.
            window_bits: -i32::from(key.bits),
            mem_level: i32::from(key.mem_level),
            ..DeflateConfig::default()
        };
        Self { zlib: Deflate::new_with_config(config) }
    }

    /// Forgets the window. Costs no allocation.
    pub(super) fn reset(&mut self) {
        self.zlib.reset();
    }

    /// Appends the payload as blocks, without the tail of the flush. False, with something useless appended and the
    /// window emptied, when that exceeds `limit` bytes.
    pub(super) fn compress(
        &mut self,
        payload: &[u8],
        scratch: &mut [u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> bool {
        let smaller =
            self.flush(payload, scratch, out, limit.saturating_add(TAIL.len())) && out.ends_with(&TAIL);
        if smaller {
            // RFC 7692, 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
            out.truncate(out.len() - TAIL.len());
        } else {
            // zlib cannot take back a message that the peer's window will not hold. Starting over keeps the two in
            // step: an empty window refers to nothing that the peer lacks.
            self.reset();
        }
        smaller
    }

    fn flush(&mut self, payload: &[u8], scratch: &mut [u8], out: &mut Vec<u8>, limit: usize) -> bool {
        let mut input = payload;
        let mut left = limit;
        loop {
            let (before_in, before_out) = (self.zlib.total_in(), self.zlib.total_out());
            if self.zlib.compress(input, scratch, DeflateFlush::SyncFlush).is_err() {
                return false;
            }
            input = &input[(self.zlib.total_in() - before_in) as usize..];
            let produced = (self.zlib.total_out() - before_out) as usize;
            if produced > left {
                return false;
            }
            left -= produced;
            out.extend_from_slice(&scratch[..produced]);
            // A flush is complete when zlib leaves room in the output.
            if produced < scratch.len() {
                return input.is_empty();
            }
        }
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").finish_non_exhaustive()
    }
}

/// An inflater and its window.
pub(super) struct Inflater {
    zlib: Inflate,
    bits: u8,
}

/// What one call of [`Inflater::step`] did.
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    /// A block with BFINAL ended; [`Inflater::reset`] before the next step.
    pub(super) ended: bool,
}

impl Inflater {
    /// Touches no more memory than a window of `bits` needs.
    pub(super) fn new(bits: u8) -> Self {
        let bits = bits.clamp(WINDOW_BITS_MIN, WINDOW_BITS_MAX);
        Self { zlib: Inflate::new(false, bits), bits }
    }

    pub(super) fn bits(&self) -> u8 {
        self.bits
    }

    /// Forgets the window.
    pub(super) fn reset(&mut self) {
        // zlib's reset would widen a smaller window.
        if self.bits == WINDOW_BITS_MAX {
            self.zlib.reset(false);
        } else {
            *self = Self::new(self.bits);
        }
    }

    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, ProtocolError> {
        let (before_in, before_out) = (self.zlib.total_in(), self.zlib.total_out());
        let status = self
            .zlib
            .decompress(input, output, InflateFlush::NoFlush)
            .map_err(|_| ProtocolError::InvalidDeflate)?;
        Ok(Step {
            consumed: (self.zlib.total_in() - before_in) as usize,
            produced: (self.zlib.total_out() - before_out) as usize,
            ended: status == Status::StreamEnd,
        })
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("bits", &self.bits).finish_non_exhaustive()
    }
}

/// The lengths of the empty stored block that ends every flush.
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
