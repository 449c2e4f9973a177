//! One coroutine as the scheduler sees it: its id, its state, what it waits for, who waits for it.
//!
//! ```text
//!            spawn                 suspend
//!   (none) ---------> Running <-------------> Waiting(why)
//!                        |        resume           |
//!                        | body returns            | never: a parked body is always resumed,
//!                        v                         v at shutdown with Wake::Shutdown
//!                      (gone)
//! ```

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::heap::Key;

/// A coroutine id: from 1, growing, never reused within a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid(pub i64);

/// What a coroutine is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// On its stack now, or below a coroutine that it started or resumed.
    Running,
    Waiting(Wait),
}

/// What a parked coroutine waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until somebody resumes it by its id.
    Yield,
    Sleep,
    Channel,
    /// For the end of another coroutine.
    Join,
    /// For something outside: a socket, a file, a process. Whoever waits so holds a [`super::ready::Hold`].
    Outside,
}

/// Why a wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// What it waited for has come.
    Ready,
    /// Its deadline has come first.
    Timeout,
    /// Somebody canceled the wait.
    Canceled(Cancel),
    /// The script is ending: unwind without waiting again.
    Shutdown,
    /// It never parked: outside a coroutine, or where stacks may not be switched.
    Refused,
}

/// What a canceled coroutine is to feel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// The waiting call reports failure.
    Quiet,
    /// The waiting call throws `CanceledException`.
    Throw,
    /// The waiting call throws `TimeoutException`: the coroutine's own time limit is over.
    TimeLimit,
}

/// Names one wait of one coroutine; when that wait is over it names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub(super) cid: Cid,
    pub(super) slot: u32,
    pub(super) wait: u32,
}

impl Ticket {
    pub fn cid(&self) -> Cid {
        self.cid
    }
}

/// A coroutine's entry in the table.
#[derive(Debug)]
pub(super) struct Routine<S> {
    pub cid: Cid,
    pub parent: Option<Cid>,
    pub stack: S,
    pub state: State,
    /// Counts waits; a ticket is good while its number is this one and the state is Waiting.
    pub wait: u32,
    pub wake: Wake,
    /// Whether the last wait ended by a cancel.
    pub canceled: bool,
    pub deadline: Option<Key>,
    pub limit: Option<Key>,
    /// Microseconds on the scheduler's clock.
    pub created: u64,
    pub joiners: Vec<Ticket>,
}

/// Where a coroutine is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub cid: Cid,
    pub slot: u32,
}

/// All coroutines of a thread: a slab, and an index by id.
#[derive(Debug)]
pub(super) struct Table<S> {
    slots: Vec<Option<Routine<S>>>,
    free: Vec<u32>,
    index: HashMap<i64, u32, BuildHasherDefault<CidHasher>>,
}

impl<S> Table<S> {
    pub fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), index: HashMap::default() }
    }

    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn insert(&mut self, routine: Routine<S>) -> Place {
        let cid = routine.cid;
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(routine);
                slot
            }
            None => {
                self.slots.push(Some(routine));
                (self.slots.len() - 1) as u32
            }
        };
        self.index.insert(cid.0, slot);
        Place { cid, slot }
    }

    pub fn remove(&mut self, place: Place) -> Option<Routine<S>> {
        let routine = self.slots[place.slot as usize].take();
        self.free.push(place.slot);
        self.index.remove(&place.cid.0);
        routine
    }

    pub fn find(&self, cid: Cid) -> Option<Place> {
        self.index.get(&cid.0).map(|&slot| Place { cid, slot })
    }

    pub fn at(&self, place: Place) -> Option<&Routine<S>> {
        self.slots.get(place.slot as usize)?.as_ref().filter(|routine| routine.cid == place.cid)
    }

    pub fn at_mut(&mut self, place: Place) -> Option<&mut Routine<S>> {
        self.slots.get_mut(place.slot as usize)?.as_mut().filter(|routine| routine.cid == place.cid)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Routine<S>> {
        self.slots.iter().flatten()
    }
}

/// Ids count up from 1, so one multiplication spreads them well enough; nobody outside can choose them.
#[derive(Debug, Default)]
pub(super) struct CidHasher(u64);

impl Hasher for CidHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(GOLDEN);
        }
    }

    fn write_i64(&mut self, id: i64) {
        self.0 = (id as u64).wrapping_mul(GOLDEN);
    }
}

/// 2^64 divided by the golden ratio: consecutive ids land far apart.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
