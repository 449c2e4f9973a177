//! A table in memory that processes share: rows of the same columns, found by keys of up to 63 bytes.
//!
//! ```text
//! header | buckets: lock, first row | rows: next row, place, key, columns
//! ```
//!
//! A bucket's lock guards the rows chained from it. A process that dies while it holds one leaves at worst a row half
//! written; the next to come takes the lock from it. All memory is atomics, so nothing worse can happen.

use std::hash::Hasher;
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::time::Duration;

use super::lock::is_running;
use super::sys::memory::MappedWords;

mod row;

pub use row::{Cell, Column, KEY_BYTES_MAX, Kind, Row};

/// The table; forked processes share it.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    /// A power of two.
    buckets: usize,
    rows: usize,
    row_words: usize,
    memory: MappedWords,
}

/// What the table has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableStats {
    pub num: u64,
    pub conflict_count: u64,
    pub conflict_max_level: u64,
    pub insert_count: u64,
    pub update_count: u64,
    pub delete_count: u64,
    /// Rows that are free, and all there are.
    pub free: u64,
    pub total: u64,
}

/// Where a row was found: its bucket is locked.
struct Found<'a> {
    lock: Held<'a>,
    index: usize,
    /// The row before it in the chain.
    before: Option<usize>,
}

impl Table {
    /// Room for at least `size` rows, and `conflicts` (a part of it) more.
    pub fn new(size: usize, conflicts: f64, columns: Vec<Column>) -> io::Result<Self> {
        let buckets = size.clamp(SIZE_MIN, SIZE_MAX).next_power_of_two();
        let rows = buckets + (buckets as f64 * conflicts.clamp(0.2, 1.0)) as usize;
        let row_words = row::KEY_END + columns.iter().map(Column::words).sum::<usize>();
        let words = HEADER + buckets * BUCKET + rows * row_words;
        let memory = MappedWords::new(words)?;
        Ok(Self { columns, buckets, rows, row_words, memory })
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The number of rows asked for, as a power of two.
    pub fn size(&self) -> usize {
        self.buckets
    }

    pub fn bytes(&self) -> usize {
        self.memory.len() * size_of::<AtomicU64>()
    }

    pub fn len(&self) -> usize {
        self.memory[COUNT].load(Acquire) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Looks at the row of a key, or changes it.
    pub fn with<T>(&self, key: &[u8], look: impl FnOnce(&Row<'_>) -> T) -> Option<T> {
        let found = self.find(key).ok()?;
        Some(look(&self.row(found.index)))
    }

    /// Changes the row of a key; without one, makes it (of zeros) if `fresh` is told so. None when there is no room, or
    /// no row and none to be made.
    pub fn change<T>(&self, key: &[u8], make: bool, change: impl FnOnce(&Row<'_>, bool) -> T) -> Option<T> {
        match self.find(key) {
            Ok(found) => {
                self.memory[UPDATES].fetch_add(1, Relaxed);
                Some(change(&self.row(found.index), false))
            }
            Err((lock, chain)) if make => {
                let index = self.take_row()?;
                let (row, first) = (self.row(index), &self.memory[self.bucket_at(key) + 1]);
                row.begin(key, first.load(Relaxed), self.bucket_of(key));
                let changed = change(&row, true);
                first.store(index as u64 + 1, Relaxed);
                self.count_insert(chain);
                drop(lock);
                Some(changed)
            }
            Err(_) => None,
        }
    }

    /// Removes the row of a key if `condition` holds. None when there is no such row.
    pub fn remove<T>(&self, key: &[u8], condition: impl FnOnce(&Row<'_>) -> (T, bool)) -> Option<T> {
        let Found { lock, index, before } = self.find(key).ok()?;
        let row = self.row(index);
        let (outcome, remove) = condition(&row);
        if remove {
            match before {
                Some(before) => self.row(before).set_next(row.next()),
                None => self.memory[self.bucket_at(key) + 1].store(row.next(), Relaxed),
            }
            row.end();
            drop(lock);
            self.give_row(index);
            self.memory[COUNT].fetch_sub(1, AcqRel);
            self.memory[DELETES].fetch_add(1, Relaxed);
        }
        Some(outcome)
    }

    /// The first row from this place on, with its place and key.
    pub fn scan<T>(&self, from: usize, look: impl FnOnce(&Row<'_>) -> T) -> Option<(usize, Vec<u8>, T)> {
        for index in from..self.rows {
            let row = self.row(index);
            let Some(bucket) = row.bucket() else { continue };
            let lock = self.lock(HEADER + bucket * BUCKET);
            // It may have gone, or have come to another bucket, before we had the lock.
            if row.bucket() == Some(bucket) {
                let (key, seen) = (row.key(), look(&row));
                drop(lock);
                return Some((index, key, seen));
            }
        }
        None
    }

    pub fn stats(&self) -> TableStats {
        let value = |word: usize| self.memory[word].load(Relaxed);
        let num = value(COUNT);
        let total = self.rows as u64;
        TableStats {
            num,
            conflict_count: value(CONFLICTS),
            conflict_max_level: value(CONFLICT_LEVEL),
            insert_count: value(INSERTS),
            update_count: value(UPDATES),
            delete_count: value(DELETES),
            free: total - num.min(total),
            total,
        }
    }

    /// The row of a key with its bucket locked; without one, the lock and how many rows the bucket has.
    fn find(&self, key: &[u8]) -> Result<Found<'_>, (Held<'_>, u64)> {
        let bucket = self.bucket_at(key);
        let lock = self.lock(bucket);
        let (mut next, mut before, mut chain) = (self.memory[bucket + 1].load(Relaxed), None, 0);
        // Bounded, should a process have died in the middle of a change.
        while let Some(index) = (next as usize).checked_sub(1).filter(|index| *index < self.rows)
            && chain < self.rows as u64
        {
            let row = self.row(index);
            if row.has_key(key) {
                return Ok(Found { lock, index, before });
            }
            (next, before) = (row.next(), Some(index));
            chain += 1;
        }
        Err((lock, chain))
    }

    fn count_insert(&self, chain: u64) {
        self.memory[COUNT].fetch_add(1, AcqRel);
        self.memory[INSERTS].fetch_add(1, Relaxed);
        if chain > 0 {
            self.memory[CONFLICTS].fetch_add(1, Relaxed);
            self.memory[CONFLICT_LEVEL].fetch_max(chain, Relaxed);
        }
    }

    /// A free row: one that was given back, or one never used.
    fn take_row(&self) -> Option<usize> {
        let _lock = self.lock(FREE_LOCK);
        let free = &self.memory[FREE];
        if let Some(index) = (free.load(Relaxed) as usize).checked_sub(1) {
            free.store(self.row(index).next(), Relaxed);
            return Some(index);
        }
        let fresh = &self.memory[FRESH];
        let index = fresh.load(Relaxed) as usize;
        fresh.store((index + 1).min(self.rows) as u64, Relaxed);
        (index < self.rows).then_some(index)
    }

    fn give_row(&self, index: usize) {
        let _lock = self.lock(FREE_LOCK);
        self.row(index).set_next(self.memory[FREE].load(Relaxed));
        self.memory[FREE].store(index as u64 + 1, Relaxed);
    }

    fn row(&self, index: usize) -> Row<'_> {
        let start = HEADER + self.buckets * BUCKET + index * self.row_words;
        Row::new(&self.memory[start..start + self.row_words], &self.columns)
    }

    fn bucket_of(&self, key: &[u8]) -> usize {
        // The same in every process, because they are all forked from one.
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(key);
        hasher.finish() as usize & (self.buckets - 1)
    }

    fn bucket_at(&self, key: &[u8]) -> usize {
        HEADER + self.bucket_of(key) * BUCKET
    }

    fn lock(&self, word: usize) -> Held<'_> {
        let (word, own) = (&self.memory[word], u64::from(std::process::id()));
        for round in 0u32.. {
            match word.compare_exchange_weak(0, own, Acquire, Relaxed) {
                Ok(_) => break,
                Err(0) => {}
                Err(_) if round < SPINS => std::hint::spin_loop(),
                // Held for so long, its owner has lost the processor, or its life.
                Err(owner) if round % LOOK == 0 && !is_running(owner as u32) => {
                    if word.compare_exchange(owner, own, Acquire, Relaxed).is_ok() {
                        break;
                    }
                }
                Err(_) => std::thread::sleep(NAP),
            }
        }
        Held(word)
    }
}

/// A lock that is given back when dropped.
struct Held<'a>(&'a AtomicU64);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.store(0, Release);
    }
}

/// Words of the header.
const COUNT: usize = 0;
const FREE_LOCK: usize = 1;
/// The first row that was given back, plus one.
const FREE: usize = 2;
/// The first row that was never used.
const FRESH: usize = 3;
const INSERTS: usize = 4;
const UPDATES: usize = 5;
const DELETES: usize = 6;
const CONFLICTS: usize = 7;
const CONFLICT_LEVEL: usize = 8;
const HEADER: usize = 9;
/// Words of a bucket: its lock, and its first row plus one.
const BUCKET: usize = 2;
/// As Swoole has them.
const SIZE_MIN: usize = 64;
const SIZE_MAX: usize = 0x8000_0000;
/// How often to try again before the processor is given away, and then before the owner's life is doubted.
const SPINS: u32 = 200;
const LOOK: u32 = 100;
const NAP: Duration = Duration::from_micros(50);

#[cfg(test)]
mod tests;
