//! Level 1: a compressor made for messages, in place of zlib's.
//!
//! zlib clears 128 KiB of hash table before each message without context takeover, more work than a short message
//! itself; and a compressor that keeps its window costs 350 KiB. This one clears nothing, weighs 16 KiB and its window,
//! and a message that is not sent after all leaves no trace. It writes what zlib-ng's fastest level writes: one block
//! with the fixed codes of RFC 1951, 3.2.6. Knows neither connections nor the trailing octets of a flush.

use std::fmt;

use crate::protocol::extension::WINDOW_BITS_MAX;

/// A greedy LZ77 compressor.
pub(super) struct Quick {
    /// Where four bytes with this hash were last seen: their place in the window, plus `base`.
    ///
    /// An entry is only a hint. It may be of an earlier message or of one that was taken back: the bytes at the place
    /// are always compared, and a place outside the window is recognised by the distance.
    seen: Box<[u32; 1 << HASH_BITS]>,
    /// Moves on when bytes leave the window, so that no entry has to.
    base: u32,
    /// What the peer has, for context takeover; empty without.
    window: Vec<u8>,
}

impl Quick {
    pub(super) fn new() -> Self {
        Self { seen: Box::new([0; 1 << HASH_BITS]), base: 1, window: Vec::new() }
    }

    /// Forgets the window.
    pub(super) fn reset(&mut self) {
        self.base += self.window.len() as u32;
        self.window = Vec::new();
    }

    /// Appends the payload as one block and the first bits of the empty one that ends a flush. False, with something
    /// useless appended, as soon as that exceeds `limit` bytes; the window then is as before.
    pub(super) fn compress(
        &mut self,
        payload: &[u8],
        bits: u8,
        takeover: bool,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> bool {
        if payload.len() > PAYLOAD_MAX {
            return false;
        }
        if self.base > u32::MAX - 2 * PAYLOAD_MAX as u32 {
            self.seen.fill(0);
            self.base = 1;
        }
        let window_len = 1 << bits.min(WINDOW_BITS_MAX);
        if !takeover {
            let smaller = self.block(payload, 0, window_len, out, limit);
            self.base += payload.len() as u32;
            return smaller;
        }
        let mut window = std::mem::take(&mut self.window);
        let start = window.len();
        window.extend_from_slice(payload);
        let smaller = self.block(&window, start, window_len, out, limit);
        if !smaller {
            window.truncate(start);
        }
        // Twice the window at most, so that bytes are moved once per window and not once per message.
        if window.len() > 2 * window_len {
            let gone = window.len() - window_len;
            window.drain(..gone);
            window.shrink_to(2 * window_len);
            self.base += gone as u32;
        }
        self.window = window;
        smaller
    }

    /// Compresses `data[start..]`; what is before may be referred to.
    fn block(
        &mut self,
        data: &[u8],
        start: usize,
        window_len: usize,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> bool {
        let mut bits = BitWriter { out, pending: 0, pending_bits: 0 };
        let end = bits.out.len().saturating_add(limit);
        bits.push(BLOCK_FIXED);
        let mut at = start;
        while let Some(four) = four_at(data, at) {
            let place = &mut self.seen[hash(four)];
            let here = self.base + at as u32;
            let distance = here.wrapping_sub(*place) as usize;
            *place = here;
            // A place before the start of the data, or one that a message taken back saw at or after this one, gives
            // a distance of more than `at` or of none.
            if distance.wrapping_sub(1) < window_len.min(at) && four_at(data, at - distance) == Some(four) {
                let length = match_len(data, at - distance, at);
                bits.push(LENGTHS[length]);
                bits.push(distance_code(distance));
                // The last bytes of a match are often the first of the next.
                self.see(data, at + 1);
                self.see(data, at + length - 2);
                at += length;
            } else {
                bits.push(LITERALS[usize::from(data[at])]);
                at += 1;
            }
            if bits.out.len() > end {
                return false;
            }
        }
        for &byte in &data[at..] {
            bits.push(LITERALS[usize::from(byte)]);
        }
        bits.push(END_OF_BLOCK);
        // The header of an empty stored block; its lengths are the octets that RFC 7692, 7.2.1 removes.
        bits.push(BLOCK_STORED);
        bits.finish();
        out.len() <= end
    }

    fn see(&mut self, data: &[u8], at: usize) {
        if let Some(four) = four_at(data, at) {
            self.seen[hash(four)] = self.base + at as u32;
        }
    }
}

impl fmt::Debug for Quick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quick").field("window", &self.window.len()).finish_non_exhaustive()
    }
}

#[inline]
fn four_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
}

/// Multiplication by the golden ratio; its upper bits are the mixed ones.
#[inline]
fn hash(four: u32) -> usize {
    (four.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize
}

/// How many bytes from `earlier` on are the same as from `at` on; the first four are.
#[inline]
fn match_len(data: &[u8], earlier: usize, at: usize) -> usize {
    let now = &data[at..data.len().min(at + MATCH_MAX)];
    let before = &data[earlier..][..now.len()];
    let (now_words, now_rest) = now.as_chunks::<8>();
    let (before_words, before_rest) = before.as_chunks::<8>();
    for (at, (a, b)) in now_words.iter().zip(before_words).enumerate() {
        let differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differ != 0 {
            return at * 8 + differ.trailing_zeros() as usize / 8;
        }
    }
    now_words.len() * 8 + now_rest.iter().zip(before_rest).take_while(|(a, b)| a == b).count()
}

/// Packs codes as RFC 1951, 3.1.1 has it: from the least significant bit of each byte.
struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    pending: u64,
    pending_bits: u32,
}

impl BitWriter<'_> {
    #[inline]
    fn push(&mut self, code: Code) {
        self.pending |= u64::from(code.bits) << self.pending_bits;
        self.pending_bits += u32::from(code.len);
        if self.pending_bits >= 32 {
            self.out.extend_from_slice(&(self.pending as u32).to_le_bytes());
            self.pending >>= 32;
            self.pending_bits -= 32;
        }
    }

    /// Fills the last byte with zeroes.
    fn finish(self) {
        let bytes = self.pending_bits.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.pending.to_le_bytes()[..bytes]);
    }
}

/// Up to 18 bits as they go on the wire: Huffman codes with their first bit lowest, extra bits behind them.
#[derive(Clone, Copy)]
struct Code {
    bits: u32,
    len: u8,
}

impl Code {
    const fn new(bits: u32, len: u8) -> Self {
        Self { bits, len }
    }

    /// RFC 1951, 3.1.1: "Huffman codes are packed starting with the most-significant bit of the code."
    const fn huffman(code: u32, len: u8) -> Self {
        Self { bits: code.reverse_bits() >> (32 - len as u32), len }
    }

    const fn then(self, extra: u32, len: u8) -> Self {
        Self { bits: self.bits | extra << self.len, len: self.len + len }
    }
}

/// RFC 1951, 3.2.6: the fixed codes of literals and lengths.
const fn fixed(symbol: u32) -> Code {
    match symbol {
        0..=143 => Code::huffman(0x30 + symbol, 8),
        144..=255 => Code::huffman(0x190 + symbol - 144, 9),
        256..=279 => Code::huffman(symbol - 256, 7),
        _ => Code::huffman(0xc0 + symbol - 280, 8),
    }
}

const LITERALS: [Code; 256] = {
    let mut codes = [Code::new(0, 0); 256];
    let mut byte = 0;
    while byte < 256 {
        codes[byte] = fixed(byte as u32);
        byte += 1;
    }
    codes
};

/// RFC 1951, 3.2.5: from 11 on, lengths share codes in groups of four of the same number of extra bits.
const LENGTHS: [Code; MATCH_MAX + 1] = {
    let mut codes = [Code::new(0, 0); MATCH_MAX + 1];
    let mut length = 3;
    while length < MATCH_MAX {
        let from_3 = length as u32 - 3;
        codes[length] = if from_3 < 8 {
            fixed(257 + from_3)
        } else {
            let extra = from_3.ilog2() - 2;
            fixed(257 + 4 * extra + (from_3 >> extra)).then(from_3 & ((1 << extra) - 1), extra as u8)
        };
        length += 1;
    }
    codes[MATCH_MAX] = fixed(285);
    codes
};

/// RFC 1951, 3.2.5 and 3.2.6: five bits, then as many extra bits as the group has; two groups per power of two.
#[inline]
const fn distance_code(distance: usize) -> Code {
    let from_1 = distance as u32 - 1;
    if from_1 < 4 {
        return Code::huffman(from_1, 5);
    }
    let extra = from_1.ilog2() - 1;
    let group = 2 * extra + (from_1 >> extra);
    Code::huffman(group, 5).then(from_1 & ((1 << extra) - 1), extra as u8)
}

/// BFINAL 0, BTYPE 01.
const BLOCK_FIXED: Code = Code::new(0b010, 3);

/// BFINAL 0, BTYPE 00.
const BLOCK_STORED: Code = Code::new(0b000, 3);

const END_OF_BLOCK: Code = fixed(256);

/// RFC 1951, 3.2.5.
const MATCH_MAX: usize = 258;

/// 4096 entries: half of a first-level cache. More finds hardly more in messages of chat size.
const HASH_BITS: u32 = 12;

/// Places have 32 bits; above this size messages go plain.
const PAYLOAD_MAX: usize = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::deflate::zlib::Inflater;

    fn compress(quick: &mut Quick, payload: &[u8], takeover: bool) -> Option<usize> {
        let mut out = Vec::new();
        quick.compress(payload, 15, takeover, &mut out, payload.len()).then_some(out.len())
    }

    #[test]
    fn every_length_and_distance_of_a_match_comes_back() {
        let mut distances: Vec<usize> =
            (0..15).flat_map(|power| [1 << power, (1 << power) + 1, (3 << power) / 2]).collect();
        distances.push(1 << 15);
        let (mut quick, mut inflater) = (Quick::new(), Inflater::new(15));
        let (mut out, mut back) = (Vec::new(), vec![0; 70_000]);
        let both = |distance: &usize| [(*distance, 4), (*distance, MATCH_MAX)];
        for (distance, length) in distances.iter().flat_map(both).chain((4..600).map(|length| (600, length)))
        {
            // A pattern without repetitions, zeroes up to the distance, and the pattern again.
            let pattern: Vec<u8> =
                (1..=length.min(distance) as u32).map(|n| (n.pow(3) >> 7) as u8 | 1).collect();
            let gap = vec![0; distance - pattern.len()];
            let payload = [vec![0; 300], pattern.clone(), gap, pattern, vec![0; 300]].concat();
            out.clear();
            assert!(quick.compress(&payload, 15, false, &mut out, payload.len()));
            inflater.reset();
            let step = inflater.step(&out, &mut back).unwrap();
            assert!(back[..step.produced] == payload, "distance {distance} length {length}");
        }
    }

    #[test]
    fn places_start_again_before_they_overflow() {
        let payload = b"the same again, the same again, the same again".repeat(10);
        let fresh = compress(&mut Quick::new(), &payload, false);
        for takeover in [false, true] {
            let mut quick = Quick::new();
            for below in 0..3 {
                quick.base = u32::MAX - 2 * PAYLOAD_MAX as u32 + 1 - below;
                quick.window = Vec::new();
                assert_eq!(compress(&mut quick, &payload, takeover), fresh);
                assert_eq!(quick.base > u32::MAX / 4, below > 0);
            }
        }
    }

    #[test]
    fn a_window_keeps_no_more_than_twice_its_size() {
        let mut quick = Quick::new();
        for len in [100, 40_000, 2_000_000, 100, 60_000] {
            compress(&mut quick, &vec![b'a'; len], true).expect("equal letters get smaller");
            assert!(quick.window.len() <= 65_536 && quick.window.capacity() <= 2 * 65_536);
        }
        quick.reset();
        assert_eq!(quick.window.capacity(), 0);
    }

    #[test]
    fn a_message_taken_back_leaves_the_window_as_it_was() {
        let mut quick = Quick::new();
        compress(&mut quick, &[b'a'; 500], true).expect("equal letters get smaller");
        let before = quick.window.clone();
        assert!(!quick.compress(b"no repetition", 15, true, &mut Vec::new(), 12));
        assert_eq!(quick.window, before);
    }
}
