//! Masking (RFC 6455, 5.3) and the random keys it needs. Called by `frame` and `connection`.
//!
//! Safe code that the compiler turns into vector instructions: blocks of two or four registers, words, single bytes.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Masks or unmasks `bytes` in place. `offset` is the position of `bytes[0]` in the payload.
///
/// 5.3: "Octet i of the transformed data is the XOR of octet i of the original data with octet at index i modulo 4 of
/// the masking key". The same call undoes itself.
#[inline]
pub fn mask(bytes: &mut [u8], key: [u8; 4], offset: usize) {
    let word = turned(key, offset);
    let (blocks, rest) = bytes.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for bytes in block.as_chunks_mut::<4>().0 {
            *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
        }
    }
    let (words, rest) = rest.as_chunks_mut::<4>();
    for bytes in words {
        *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    // Blocks and words are multiples of 4, so the key has not turned.
    for (byte, key) in rest.iter_mut().zip(word.to_ne_bytes()) {
        *byte ^= key;
    }
}

/// Appends the masked copy of `payload` to `out`, which lets the caller's payload stay as it is.
#[inline]
pub fn append(out: &mut Vec<u8>, payload: &[u8], key: [u8; 4], offset: usize) {
    out.reserve(payload.len());
    // Block by block, so that the second pass finds the copy in the first-level cache.
    let mut offset = offset;
    for block in payload.chunks(COPY_BLOCK) {
        let start = out.len();
        out.extend_from_slice(block);
        mask(&mut out[start..], key, offset);
        offset = offset.wrapping_add(block.len());
    }
}

/// Masking keys out of the operating system's randomness, fetched in batches.
///
/// RFC 6455, 5.3: "The masking key needs to be unpredictable; thus, the masking key MUST be derived from a strong source
/// of entropy".
pub struct MaskKeys {
    bytes: [u8; BATCH],
    used: usize,
    fixed: bool,
}

impl MaskKeys {
    /// Fetches nothing until the first key is asked for: a server never masks.
    pub const fn new() -> Self {
        Self { bytes: [0; BATCH], used: BATCH, fixed: false }
    }

    /// Always the same key, for tests that compare bytes.
    pub const fn fixed(key: [u8; 4]) -> Self {
        let mut keys = Self { bytes: [0; BATCH], used: 0, fixed: true };
        (keys.bytes[0], keys.bytes[1], keys.bytes[2], keys.bytes[3]) = (key[0], key[1], key[2], key[3]);
        keys
    }

    /// The key of the next frame. 5.3: "The masking key is a 32-bit value chosen at random" for each frame.
    #[inline]
    pub fn next_key(&mut self) -> [u8; 4] {
        if self.used >= BATCH {
            self.refill();
        }
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.bytes[self.used + i]);
        if !self.fixed {
            self.used += 4;
        }
        [a, b, c, d]
    }

    /// Forgets what is buffered. Call it in a child after fork, or parent and child would use the same keys.
    pub fn renew(&mut self) {
        if !self.fixed {
            self.used = BATCH;
        }
    }

    #[cold]
    fn refill(&mut self) {
        self.used = 0;
        if getrandom::fill(&mut self.bytes).is_ok() {
            return;
        }
        // The system has no randomness to give just now. std seeded this hash from the system when the thread
        // started, so its outputs are still unknown to the peer.
        let seeded = RandomState::new();
        for (i, bytes) in self.bytes.as_chunks_mut::<8>().0.iter_mut().enumerate() {
            let mut hasher = seeded.build_hasher();
            hasher.write_usize(i);
            *bytes = hasher.finish().to_ne_bytes();
        }
    }
}

impl Default for MaskKeys {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for MaskKeys {
    /// Without the keys: they are a secret until they are used.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MaskKeys").field("fixed", &self.fixed).finish_non_exhaustive()
    }
}

/// The key as seen from a payload that begins at `offset`, as it is in memory.
#[inline]
fn turned(key: [u8; 4], offset: usize) -> u32 {
    // Little-endian, so that octet 0 is at the low end and turning to the right makes the next one octet 0.
    let turn = (offset as u32 & 3) * 8;
    u32::from_ne_bytes(u32::from_le_bytes(key).rotate_right(turn).to_le_bytes())
}

/// Bytes masked at once: 64 made short payloads slower, and long ones no faster.
const BLOCK: usize = 32;
/// Half of a small first-level cache.
const COPY_BLOCK: usize = 16 * 1024;
/// Bytes of randomness per system call: 128 keys.
const BATCH: usize = 512;
