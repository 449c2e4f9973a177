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

/// A coroutine's entry in the table. Entries are reused in place: most coroutines come and go without a wait, and
/// must cost next to nothing.
#[derive(Debug)]
pub(super) struct Routine<S> {
    pub cid: Cid,
    pub parent: Option<Cid>,
    /// Who runs below while this one is on its stack.
    pub outer: Option<Place>,
    /// None in an entry that is free.
    pub stack: Option<S>,
    pub state: State,
    /// Counts the waits of all coroutines that this entry ever had; a ticket is good while its number is this one and
    /// the state is Waiting.
    pub wait: u32,
    pub wake: Wake,
    /// Whether the last wait ended by a cancel.
    pub canceled: bool,
    /// Whether the index knows it: from its first wait on.
    pub indexed: bool,
    pub deadline: Option<Key>,
    pub limit: Option<Key>,
    /// Microseconds on the scheduler's clock.
    pub created: u64,
    pub joiners: Vec<Ticket>,
}

impl<S> Routine<S> {
    fn empty() -> Self {
        Self {
            cid: Cid(0),
            parent: None,
            outer: None,
            stack: None,
            state: State::Running,
            wait: 0,
            wake: Wake::Ready,
            canceled: false,
            indexed: false,
            deadline: None,
            limit: None,
            created: 0,
            joiners: Vec::new(),
        }
    }
}

/// Where a coroutine is in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub cid: Cid,
    pub slot: u32,
}

/// All coroutines of a thread: entries that are reused, and an index by id of those that have waited. The others are
/// on their stacks now, one upon the other, and are found by looking there.
#[derive(Debug)]
pub(super) struct Table<S> {
    slots: Vec<Routine<S>>,
    free: Vec<u32>,
    index: HashMap<i64, u32, BuildHasherDefault<CidHasher>>,
}

impl<S> Table<S> {
    pub fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), index: HashMap::default() }
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// A new coroutine, made by (and now running on top of) `outer`.
    #[inline]
    pub fn insert(&mut self, cid: Cid, outer: Option<Place>, stack: S, created: u64) -> Place {
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(Routine::empty());
                (self.slots.len() - 1) as u32
            }
        };
        let routine = &mut self.slots[slot as usize];
        routine.cid = cid;
        routine.parent = outer.map(|place| place.cid);
        routine.outer = outer;
        routine.stack = Some(stack);
        routine.created = created;
        Place { cid, slot }
    }

    /// Frees an entry and gives its stack back. Whoever waits for its end, and its time limit, must be gone.
    #[inline]
    pub fn remove(&mut self, place: Place) -> Option<S> {
        let routine = self.at_mut(place)?;
        let stack = routine.stack.take()?;
        routine.state = State::Running;
        routine.canceled = false;
        routine.cid = Cid(0);
        if std::mem::take(&mut routine.indexed) {
            self.forget(place.cid);
        }
        self.free.push(place.slot);
        Some(stack)
    }

    fn forget(&mut self, cid: Cid) {
        self.index.remove(&cid.0);
        // After a burst the index gives its memory back.
        if self.index.is_empty() && self.index.capacity() > ROOM_KEPT {
            self.index.shrink_to(ROOM_KEPT);
        }
    }

    /// Makes a coroutine known by its id; for its first wait.
    #[inline]
    pub fn index(&mut self, place: Place) {
        self.index.insert(place.cid.0, place.slot);
    }

    /// Finds a coroutine; `here` is the one that runs.
    pub fn find(&self, cid: Cid, here: Option<Place>) -> Option<Place> {
        if let Some(&slot) = self.index.get(&cid.0) {
            return Some(Place { cid, slot });
        }
        let mut running = here;
        while let Some(place) = running {
            if place.cid == cid {
                return Some(place);
            }
            running = self.at(place)?.outer;
        }
        None
    }

    #[inline]
    pub fn at(&self, place: Place) -> Option<&Routine<S>> {
        self.slots.get(place.slot as usize).filter(|routine| routine.cid == place.cid)
    }

    #[inline]
    pub fn at_mut(&mut self, place: Place) -> Option<&mut Routine<S>> {
        self.slots.get_mut(place.slot as usize).filter(|routine| routine.cid == place.cid)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Routine<S>> {
        self.slots.iter().filter(|routine| routine.stack.is_some())
    }
}

/// Ids count up from 1, so one multiplication spreads them well enough; nobody outside can choose them.
#[derive(Debug, Default)]
pub(super) struct CidHasher(u64);

impl Hasher for CidHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(GOLDEN);
        }
    }

    #[inline]
    fn write_i64(&mut self, id: i64) {
        self.0 = (id as u64).wrapping_mul(GOLDEN);
    }
}

/// 2^64 divided by the golden ratio: consecutive ids land far apart.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Room that an empty index keeps: what a busy worker needs again at once.
const ROOM_KEPT: usize = 4096;
