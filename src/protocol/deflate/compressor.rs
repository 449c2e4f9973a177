//! The choice between the two compressors, and what a caller may rely on with either.

use super::quick::Quick;
use super::zlib::Deflater;

/// What makes one compressor different from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CompressorKey {
    pub(super) bits: u8,
    pub(super) level: u8,
    pub(super) mem_level: u8,
}

/// A compressor and its window.
#[derive(Debug)]
pub(super) enum Compressor {
    Quick(Quick),
    Zlib(Deflater),
}

impl Compressor {
    pub(super) fn new(key: CompressorKey) -> Self {
        match key.level {
            ..=1 => Self::Quick(Quick::new()),
            _ => Self::Zlib(Deflater::new(key)),
        }
    }

    /// Forgets the window. Costs no allocation.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Quick(quick) => quick.reset(),
            Self::Zlib(zlib) => zlib.reset(),
        }
    }

    /// Appends the message without the tail of its flush. False: it would have more than `limit` bytes, `out` is as
    /// before, and the window refers to nothing that the peer will not have.
    pub(super) fn compress(
        &mut self,
        payload: &[u8],
        bits: u8,
        takeover: bool,
        scratch: &mut [u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> bool {
        let start = out.len();
        let smaller = match self {
            Self::Quick(quick) => quick.compress(payload, bits, takeover, out, limit),
            Self::Zlib(zlib) => zlib.compress(payload, scratch, out, limit),
        };
        if !smaller {
            out.truncate(start);
        }
        smaller
    }
}
