//! One row of a shared table: its place in a chain, its key, its columns. Whoever looks holds the lock of its bucket.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// A column of every row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: Vec<u8>,
    pub kind: Kind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Int,
    Float,
    /// At most so many bytes.
    Text(usize),
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Int(i64),
    Float(f64),
    Text(Vec<u8>),
}

/// A view of one row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    words: &'a [AtomicU64],
    columns: &'a [Column],
}

impl Column {
    pub(super) fn words(&self) -> usize {
        match self.kind {
            Kind::Int | Kind::Float => 1,
            // The length, then the bytes.
            Kind::Text(size) => 1 + size.div_ceil(8),
        }
    }
}

impl<'a> Row<'a> {
    pub(super) fn new(words: &'a [AtomicU64], columns: &'a [Column]) -> Self {
        Self { words, columns }
    }

    /// Every column, in order.
    pub fn cells(&self) -> Vec<Cell> {
        (0..self.columns.len()).map(|column| self.cell(column)).collect()
    }

    pub fn cell(&self, column: usize) -> Cell {
        let words = self.words_of(column);
        let first = words[0].load(Relaxed);
        match self.columns[column].kind {
            Kind::Int => Cell::Int(first.cast_signed()),
            Kind::Float => Cell::Float(f64::from_bits(first)),
            Kind::Text(size) => Cell::Text(read(&words[1..], (first as usize).min(size))),
        }
    }

    /// Stores a value of the column's kind; a text is cut to what fits.
    pub fn set(&self, column: usize, cell: &Cell) {
        let words = self.words_of(column);
        match (self.columns[column].kind, cell) {
            (Kind::Int, Cell::Int(number)) => words[0].store(number.cast_unsigned(), Relaxed),
            (Kind::Float, Cell::Float(number)) => words[0].store(number.to_bits(), Relaxed),
            (Kind::Text(size), Cell::Text(text)) => {
                let text = &text[..text.len().min(size)];
                words[0].store(text.len() as u64, Relaxed);
                write(&words[1..], text);
            }
            _ => {}
        }
    }

    /// Makes it the row of a key, all zeros.
    pub(super) fn begin(&self, key: &[u8], next: u64, bucket: usize) {
        self.words[KEY_END..].iter().for_each(|word| word.store(0, Relaxed));
        write(&self.words[KEY..KEY_END], key);
        self.set_next(next);
        self.words[PLACE].store(USED | (key.len() as u64) << 32 | bucket as u64, Relaxed);
    }

    /// Nobody's row.
    pub(super) fn end(&self) {
        self.words[PLACE].store(0, Relaxed);
    }

    /// The bucket it belongs to; None for nobody's.
    pub(super) fn bucket(&self) -> Option<usize> {
        let place = self.words[PLACE].load(Relaxed);
        (place & USED != 0).then_some(place as u32 as usize)
    }

    pub(super) fn next(&self) -> u64 {
        self.words[NEXT].load(Relaxed)
    }

    pub(super) fn set_next(&self, next: u64) {
        self.words[NEXT].store(next, Relaxed);
    }

    pub(super) fn key(&self) -> Vec<u8> {
        read(&self.words[KEY..KEY_END], self.key_len())
    }

    pub(super) fn has_key(&self, key: &[u8]) -> bool {
        self.key_len() == key.len()
            && key.chunks(8).zip(&self.words[KEY..]).all(|(part, word)| word.load(Relaxed) == packed(part))
    }

    fn key_len(&self) -> usize {
        ((self.words[PLACE].load(Relaxed) >> 32) as usize & 0xff).min(KEY_BYTES_MAX)
    }

    fn words_of(&self, column: usize) -> &'a [AtomicU64] {
        let start = KEY_END + self.columns[..column].iter().map(Column::words).sum::<usize>();
        &self.words[start..start + self.columns[column].words()]
    }
}

fn read(words: &[AtomicU64], len: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        words[..len.div_ceil(8)].iter().flat_map(|word| word.load(Relaxed).to_le_bytes()).collect();
    bytes.truncate(len);
    bytes
}

fn write(words: &[AtomicU64], bytes: &[u8]) {
    for (part, word) in bytes.chunks(8).zip(words) {
        word.store(packed(part), Relaxed);
    }
}

/// Up to eight bytes in a word, zeros after them.
fn packed(part: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes[..part.len()].copy_from_slice(part);
    u64::from_le_bytes(bytes)
}

/// Longer keys are cut.
pub const KEY_BYTES_MAX: usize = 63;
/// Words of a row: the next in its chain plus one, its bucket with the key's length, the key, the columns.
const NEXT: usize = 0;
const PLACE: usize = 1;
const KEY: usize = 2;
pub(super) const KEY_END: usize = KEY + (KEY_BYTES_MAX + 1) / 8;
const USED: u64 = 1 << 48;
