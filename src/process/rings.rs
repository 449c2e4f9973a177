//! What connects the threads that own the sockets with the processes that own PHP: for each pair two rings, one each
//! way, and for each party a bell that wakes it. Made before the first fork.
//!
//! The master's own application asks the reactors as one more worker. Its number is the one behind the workers', which is
//! also that of the first reactor, whose thread runs it: they share a bell.
//!
//! A party that is about to sleep says so in shared memory and looks at its rings once more; a bell costs a system
//! call only then.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicU64, Ordering, fence};

use nix::errno::Errno;
use nix::sys::eventfd::{EfdFlags, EventFd};

use super::ring::Ring;
use super::sys;

/// The rings and bells of a server. Parties are numbered: workers first, then reactors.
#[derive(Debug)]
pub struct Rings {
    workers: u16,
    reactors: u16,
    bells: Vec<Bell>,
    /// Two for each pair: towards the worker, towards the reactor.
    rings: Vec<[Ring; 2]>,
    /// Not 0 when the reactors are to stop.
    closing: &'static AtomicU64,
}

/// Wakes one party.
#[derive(Debug)]
pub struct Bell {
    clapper: EventFd,
    asleep: &'static AtomicU64,
}

impl Rings {
    pub fn map(workers: u16, reactors: u16) -> io::Result<Self> {
        let (parties, pairs) = (workers + reactors, (usize::from(workers) + 1) * usize::from(reactors));
        let sleepers = HEAD_WORDS + usize::from(parties) * BELL_WORDS;
        let memory = sys::shared_words(sleepers + pairs * 2 * Ring::words(RING_BYTES))?;
        let (flags, data) = memory.split_at(sleepers);
        let (head, flags) = flags.split_at(HEAD_WORDS);
        let bells = flags.chunks_exact(BELL_WORDS).map(Bell::new).collect::<io::Result<_>>()?;
        let mut data = data.chunks_exact(Ring::words(RING_BYTES)).map(Ring::new);
        let rings = (0..pairs).filter_map(|_| Some([data.next()?, data.next()?])).collect();
        Ok(Self { workers, reactors, bells, rings, closing: &head[0] })
    }

    pub const fn workers(&self) -> u16 {
        self.workers
    }

    pub const fn reactors(&self) -> u16 {
        self.reactors
    }

    /// The ring on which a reactor writes to a worker or the master; all count from 0.
    pub fn down(&self, reactor: u16, worker: u16) -> Ring {
        self.rings[self.pair(reactor, worker)][0]
    }

    /// The ring on which a worker or the master writes to a reactor.
    pub fn up(&self, reactor: u16, worker: u16) -> Ring {
        self.rings[self.pair(reactor, worker)][1]
    }

    fn pair(&self, reactor: u16, worker: u16) -> usize {
        usize::from(reactor) * (usize::from(self.workers) + 1) + usize::from(worker)
    }

    /// The bell of a worker or, from the number of workers on, a reactor.
    pub fn bell(&self, party: u16) -> &Bell {
        &self.bells[usize::from(party)]
    }

    /// Tells all reactors to stop.
    pub fn close(&self) {
        self.closing.store(1, Ordering::SeqCst);
        for reactor in 0..self.reactors {
            self.bell(self.workers + reactor).ring_anyway();
        }
    }

    pub fn are_closing(&self) -> bool {
        self.closing.load(Ordering::SeqCst) != 0
    }
}

impl Bell {
    fn new(words: &'static [AtomicU64]) -> io::Result<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Self { clapper: EventFd::from_value_and_flags(0, flags)?, asleep: &words[0] })
    }

    /// Wakes the party if it sleeps. Call it after what it is to see has been written.
    pub fn ring(&self) {
        // Either this sees the sleeper, or the sleeper sees what was written before.
        fence(Ordering::SeqCst);
        if self.asleep.load(Ordering::Relaxed) == 1 && self.asleep.swap(0, Ordering::SeqCst) == 1 {
            self.ring_anyway();
        }
    }

    fn ring_anyway(&self) {
        // A full counter rings as well.
        let _: Result<usize, Errno> = self.clapper.write(1);
    }

    /// The party is about to sleep. It must look at its rings once more before it does.
    pub fn fall_asleep(&self) {
        self.asleep.store(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    pub fn wake_up(&self) {
        self.asleep.store(0, Ordering::Relaxed);
    }
}

impl AsFd for Bell {
    /// Becomes readable with each stroke. Nobody needs to read it where edges are watched.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.clapper.as_fd()
    }
}

/// What one party may be behind before its writers queue. Touched only as far as it fills.
const RING_BYTES: usize = 256 * 1024;
/// Each party's flag in a cache line of its own.
const BELL_WORDS: usize = 8;
const HEAD_WORDS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn strokes(bell: &Bell) -> u64 {
        bell.clapper.read().unwrap_or(0)
    }

    #[test]
    fn a_bell_rings_for_a_sleeper_once() {
        let rings = Rings::map(2, 1).unwrap();
        let bell = rings.bell(2);
        bell.ring();
        assert_eq!(strokes(bell), 0);
        bell.fall_asleep();
        bell.ring();
        bell.ring();
        assert_eq!(strokes(bell), 1);
        bell.fall_asleep();
        bell.wake_up();
        bell.ring();
        assert_eq!(strokes(bell), 0);
    }

    #[test]
    fn every_pair_has_rings_of_its_own() {
        use crate::process::ring::{Mark, Reader};

        let rings = Rings::map(3, 2).unwrap();
        let mut record = Vec::new();
        for reactor in 0..2 {
            for worker in 0..=3 {
                let name = [reactor as u8, worker as u8];
                assert!(rings.down(reactor, worker).write(Mark::WHOLE, &[&name]));
                assert!(rings.up(reactor, worker).write(Mark::WHOLE, &[&name, b"up"]));
            }
        }
        for reactor in 0..2 {
            for worker in 0..=3 {
                assert!(Reader::new(rings.down(reactor, worker)).take(&mut record));
                assert_eq!(record, [reactor as u8, worker as u8]);
                assert!(Reader::new(rings.up(reactor, worker)).take(&mut record));
                assert_eq!(record.len(), 4);
            }
        }
    }

    #[test]
    fn closing_wakes_every_reactor() {
        let rings = Rings::map(1, 2).unwrap();
        assert!(!rings.are_closing());
        rings.close();
        assert!(rings.are_closing());
        assert_eq!((strokes(rings.bell(0)), strokes(rings.bell(1)), strokes(rings.bell(2))), (0, 1, 1));
    }
}
