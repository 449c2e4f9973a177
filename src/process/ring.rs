//! A queue of records in memory that two processes share: one writes, the other reads.
//!
//! A record is there for the reader once all of it is written, and it stays until the reader has copied all of it. So
//! a writer that is killed leaves no half of a record behind, and what a killed reader had not taken is its
//! successor's. Records that are too long for the ring go in pieces; see [`Reader`].
//!
//! ```text
//! head                                  data: a power of two of words
//! [written | . | read | . ]             [length and mark | bytes, 8 to a word | length and mark | ...]
//! ```
//!
//! Both counters only grow; a place in the data is a counter modulo the size.

use std::sync::atomic::{AtomicU64, Ordering};

/// A view of the queue; cheap to copy.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    head: &'static [AtomicU64],
    data: &'static [AtomicU64],
}

impl Ring {
    /// How many words of zeroed memory a ring for so many bytes needs.
    pub const fn words(bytes: usize) -> usize {
        HEAD_WORDS + bytes.next_power_of_two() / WORD
    }

    /// The ring in `memory`, which is zeroed and holds [`Ring::words`] words.
    pub fn new(memory: &'static [AtomicU64]) -> Self {
        let (head, data) = memory.split_at(HEAD_WORDS);
        Self { head, data }
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.written() == self.read()
    }

    /// Whether at least half of the ring is free.
    pub fn is_roomy(&self) -> bool {
        (self.written() - self.read()) * 2 <= self.data.len() as u64
    }

    /// Asks the reader to say when the ring is roomy again. The writer looks once more afterwards.
    pub fn await_room(&self) {
        self.head[AWAITED].store(1, Ordering::SeqCst);
    }

    /// Whether the writer waits for room and there is some; the reader tells it then, once.
    pub fn owes_word_of_room(&self) -> bool {
        self.head[AWAITED].load(Ordering::SeqCst) == 1
            && self.is_roomy()
            && self.head[AWAITED].swap(0, Ordering::SeqCst) == 1
    }

    /// What has been written so far: everything up to here is read when [`Ring::has_read`] says so.
    pub fn written(&self) -> u64 {
        self.head[WRITTEN].load(Ordering::Acquire)
    }

    /// Whether the reader has got as far as `mark`.
    pub fn has_read(&self, mark: u64) -> bool {
        self.read() >= mark
    }

    /// The longest piece that one [`Ring::write`] takes: several fit, so that writer and reader can work side by side.
    pub fn piece_bytes_max(&self) -> usize {
        self.data.len() * WORD / PIECES_MIN
    }

    /// Writes one piece, which `parts` make up; false when there is no room for it. Only the writer calls this.
    pub fn write(&self, mark: Mark, parts: &[&[u8]]) -> bool {
        let count: usize = parts.iter().map(|part| part.len()).sum();
        let words = 1 + count.div_ceil(WORD) as u64;
        let written = self.head[WRITTEN].load(Ordering::Relaxed);
        if count > self.piece_bytes_max() || written + words - self.read() > self.data.len() as u64 {
            return false;
        }
        self.word(written).store(count as u64 | u64::from(mark.0) << MARK_SHIFT, Ordering::Relaxed);
        let mut cursor = Cursor { ring: self, at: written + 1, word: 0, bits: 0 };
        parts.iter().for_each(|part| cursor.append(part));
        cursor.finish();
        self.head[WRITTEN].store(written + words, Ordering::Release);
        true
    }

    /// What has been read so far.
    pub fn read(&self) -> u64 {
        self.head[READ].load(Ordering::Acquire)
    }

    /// Appends the next piece to `record` and takes it off the ring.
    fn take(&self, record: &mut Vec<u8>) -> Option<Mark> {
        let read = self.head[READ].load(Ordering::Relaxed);
        if read == self.written() {
            return None;
        }
        let head = self.word(read).load(Ordering::Relaxed);
        let count = (head as u32 as usize).min(self.piece_bytes_max());
        let before = record.len();
        record.resize(before + count, 0);
        let (mut rest, mut at) = (&mut record[before..], read + 1);
        while rest.len() >= WORD {
            let words = self.run(at);
            let (now, later) = rest.split_at_mut((rest.len() / WORD).min(words.len()) * WORD);
            let (chunks, _) = now.as_chunks_mut::<WORD>();
            for (chunk, word) in chunks.iter_mut().zip(words) {
                *chunk = word.load(Ordering::Relaxed).to_le_bytes();
            }
            at += chunks.len() as u64;
            rest = later;
        }
        if !rest.is_empty() {
            rest.copy_from_slice(&self.word(at).load(Ordering::Relaxed).to_le_bytes()[..rest.len()]);
            at += 1;
        }
        self.head[READ].store(at, Ordering::Release);
        Some(Mark((head >> MARK_SHIFT) as u32))
    }

    /// The words from a place on, up to where the data begins again.
    #[inline]
    fn run(&self, at: u64) -> &[AtomicU64] {
        &self.data[at as usize & (self.data.len() - 1)..]
    }

    #[inline]
    fn word(&self, at: u64) -> &AtomicU64 {
        &self.data[at as usize & (self.data.len() - 1)]
    }
}

/// Packs bytes into words.
struct Cursor<'a> {
    ring: &'a Ring,
    at: u64,
    word: u64,
    /// How much of `word` is filled.
    bits: u32,
}

impl Cursor<'_> {
    fn append(&mut self, bytes: &[u8]) {
        let (mut chunks, rest) = bytes.as_chunks::<WORD>();
        while !chunks.is_empty() {
            let run = self.ring.run(self.at);
            let (now, later) = chunks.split_at(chunks.len().min(run.len()));
            match self.bits {
                // By far the most: no word is put together from two.
                0 => {
                    for (word, chunk) in run.iter().zip(now) {
                        word.store(u64::from_le_bytes(*chunk), Ordering::Relaxed);
                    }
                }
                bits => {
                    for (word, chunk) in run.iter().zip(now) {
                        let next = u64::from_le_bytes(*chunk);
                        word.store(self.word | next << bits, Ordering::Relaxed);
                        self.word = next >> (64 - bits);
                    }
                }
            }
            self.at += now.len() as u64;
            chunks = later;
        }
        for byte in rest {
            self.word |= u64::from(*byte) << self.bits;
            self.bits += 8;
            if self.bits == 64 {
                self.store(self.word);
                (self.word, self.bits) = (0, 0);
            }
        }
    }

    fn finish(mut self) {
        if self.bits > 0 {
            self.store(self.word);
        }
    }

    fn store(&mut self, word: u64) {
        self.ring.word(self.at).store(word, Ordering::Relaxed);
        self.at += 1;
    }
}

/// Where a piece stands in its record; the first of several also says how long that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u32);

impl Mark {
    /// The only piece of its record.
    pub const WHOLE: Self = Self(FIRST | LAST);

    /// The mark of a piece of a record of so many bytes.
    pub fn new(first: bool, last: bool, record_bytes: usize) -> Self {
        let units = match first && !last {
            true => u32::try_from(record_bytes.div_ceil(LENGTH_UNIT)).unwrap_or(u32::MAX),
            false => 0,
        };
        let (first, last) = (if first { FIRST } else { 0 }, if last { LAST } else { 0 });
        Self(first | last | units.min(u32::MAX >> LENGTH_SHIFT) << LENGTH_SHIFT)
    }

    const fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }

    /// About how long the whole record is.
    const fn record_bytes(self) -> usize {
        (self.0 >> LENGTH_SHIFT) as usize * LENGTH_UNIT
    }
}

/// The reading end: puts pieces together.
#[derive(Debug)]
pub struct Reader {
    ring: Ring,
    /// A record has begun.
    amid: bool,
}

impl Reader {
    pub const fn new(ring: Ring) -> Self {
        Self { ring, amid: false }
    }

    pub const fn ring(&self) -> Ring {
        self.ring
    }

    /// Takes the next record into `record`; false when there is none yet, and then `record` may hold the beginning of
    /// one: hand in the same the next time. The tail of a record whose head a predecessor took is dropped.
    pub fn take(&mut self, record: &mut Vec<u8>) -> bool {
        loop {
            if !self.amid {
                record.clear();
                record.shrink_to(RECORD_BYTES_KEPT);
            }
            let before = record.len();
            let Some(mark) = self.ring.take(record) else { return false };
            if mark.has(FIRST) {
                // A beginning without an end is all that a killed writer has left.
                record.drain(..before);
                // A hint: without it the record moves while it grows.
                let _ = record.try_reserve(mark.record_bytes().saturating_sub(record.len()));
            } else if !self.amid {
                continue;
            }
            self.amid = !mark.has(LAST);
            if !self.amid {
                return true;
            }
        }
    }
}

const WORD: usize = size_of::<u64>();
/// Each counter in a cache line of its own.
const HEAD_WORDS: usize = 16;
const WRITTEN: usize = 0;
/// 1 while the writer waits for room.
const AWAITED: usize = 1;
const READ: usize = 8;
const MARK_SHIFT: u32 = 32;
const FIRST: u32 = 1;
const LAST: u32 = 2;
/// Lengths of records are rounded up to this, so that they fit beside the marks.
const LENGTH_UNIT: usize = 4096;
const LENGTH_SHIFT: u32 = 8;
/// Pieces that fit into the ring at once.
const PIECES_MIN: usize = 4;
/// Memory kept between records: to give a megabyte back and ask for it again would cost more than to copy it.
const RECORD_BYTES_KEPT: usize = 1024 * 1024 + 4096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring(bytes: usize) -> Ring {
        let memory: Vec<AtomicU64> = (0..Ring::words(bytes)).map(|_| AtomicU64::new(0)).collect();
        Ring::new(Vec::leak(memory))
    }

    fn bytes(count: usize) -> Vec<u8> {
        (0..count).map(|n| (n * 7) as u8).collect()
    }

    #[test]
    fn records_come_out_as_they_went_in_however_they_were_cut() {
        let ring = ring(4096);
        let mut reader = Reader::new(ring);
        let mut record = Vec::new();
        let whole = bytes(100);
        for cut in 0..=100 {
            let (a, b) = whole.split_at(cut);
            assert!(ring.write(Mark::WHOLE, &[a, b]));
            assert!(reader.take(&mut record));
            assert_eq!(record, whole);
        }
        assert!(ring.is_empty() && !reader.take(&mut record));
    }

    #[test]
    fn a_full_ring_takes_nothing_and_loses_nothing() {
        let ring = ring(1024);
        let piece = bytes(ring.piece_bytes_max() - WORD);
        let taken = (0..).take_while(|_| ring.write(Mark::WHOLE, &[&piece])).count();
        assert_eq!(taken, PIECES_MIN);
        let mut reader = Reader::new(ring);
        let mut record = Vec::new();
        for _ in 0..taken {
            assert!(reader.take(&mut record));
            assert_eq!(record, piece);
        }
        assert!(ring.is_roomy() && ring.write(Mark::WHOLE, &[&piece]));
    }

    #[test]
    fn pieces_become_one_record() {
        let ring = ring(1024);
        let whole = bytes(600);
        let mut reader = Reader::new(ring);
        let mut record = Vec::new();
        for (n, piece) in whole.chunks(200).enumerate() {
            assert!(!reader.take(&mut record));
            assert!(ring.write(Mark::new(n == 0, n == 2, 600), &[piece]));
        }
        assert!(reader.take(&mut record));
        assert_eq!(record, whole);
    }

    #[test]
    fn a_successor_drops_a_tail_and_a_reader_drops_a_beginning_without_end() {
        let ring = ring(1024);
        for (mark, piece) in [
            (Mark::new(false, false, 99), b"tail"),
            (Mark::new(false, true, 99), b"tail"),
            (Mark::new(true, false, 99), b"head"),
            (Mark::WHOLE, b"good"),
        ] {
            assert!(ring.write(mark, &[piece]));
        }
        let mut reader = Reader::new(ring);
        let mut record = Vec::new();
        assert!(reader.take(&mut record));
        assert_eq!(record, b"good");
        assert!(ring.is_empty());
    }

    #[test]
    fn a_mark_is_passed_when_what_was_before_it_is_read() {
        let ring = ring(1024);
        assert!(ring.write(Mark::WHOLE, &[b"one"]));
        let mark = ring.written();
        assert!(ring.write(Mark::WHOLE, &[b"two"]));
        let (mut reader, mut record) = (Reader::new(ring), Vec::new());
        assert!(!ring.has_read(mark));
        assert!(reader.take(&mut record));
        assert!(ring.has_read(mark) && !ring.is_empty());
    }

    #[test]
    fn a_writer_and_a_reader_work_side_by_side() {
        let ring = ring(4096);
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for n in 0..20_000_usize {
                    let record = bytes(n % 300);
                    while !ring.write(Mark::WHOLE, &[&n.to_le_bytes(), &record]) {
                        std::thread::yield_now();
                    }
                }
            });
            let (mut reader, mut record) = (Reader::new(ring), Vec::new());
            for n in 0..20_000_usize {
                while !reader.take(&mut record) {
                    std::thread::yield_now();
                }
                assert_eq!(record[..8], n.to_le_bytes());
                assert_eq!(record[8..], bytes(n % 300));
            }
        });
    }

    proptest! {
        #[test]
        fn any_series_of_records_survives(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..60)) {
            let ring = ring(1024);
            let (mut reader, mut record) = (Reader::new(ring), Vec::new());
            let mut waiting = std::collections::VecDeque::new();
            for next in &records {
                while !ring.write(Mark::WHOLE, &[next]) {
                    prop_assert!(reader.take(&mut record));
                    prop_assert_eq!(&Some(std::mem::take(&mut record)), &waiting.pop_front());
                }
                waiting.push_back(next.clone());
            }
            while reader.take(&mut record) {
                prop_assert_eq!(Some(record.clone()), waiting.pop_front());
            }
            prop_assert!(waiting.is_empty());
        }
    }
}
