//! Callbacks that tasks ring: a descriptor is ready, something was put off to the next round of the loop.
//!
//! A task knows only the number of a bell and strikes it inside a poll; the loop rings it afterwards, in a coroutine of
//! its own, as it does with timers.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::resume::Resume;
use super::routine::CidHasher;
use super::scheduler::Scheduler;

/// The number of a bell; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bell(i64);

/// The bells of a scheduler.
#[derive(Debug)]
pub(super) struct Bells<A> {
    map: HashMap<i64, A, BuildHasherDefault<CidHasher>>,
    last: i64,
    /// Rung at the end of every round; the later one has the last word before the loop waits.
    rounds: [Option<A>; 2],
}

impl<A> Bells<A> {
    pub fn new() -> Self {
        Self { map: HashMap::default(), last: 0, rounds: [None, None] }
    }
}

impl<R: Resume> Scheduler<R> {
    /// Hangs a bell up. Whoever has its number may strike it until it is taken down.
    pub fn hang_bell(&self, what: R::Alarm) -> Bell {
        let mut bells = self.bells.borrow_mut();
        bells.last += 1;
        let bell = Bell(bells.last);
        bells.map.insert(bell.0, what);
        bell
    }

    /// Takes a bell down; strokes that have not rung yet are lost.
    pub fn take_bell(&self, bell: Bell) {
        // Bound to a name: what it owns may run code of its own when dropped, after the borrow.
        let what = self.bells.borrow_mut().map.remove(&bell.0);
        drop(what);
    }

    /// Rings once, in the loop's next round.
    pub fn ring_soon(&self, what: R::Alarm) {
        let bell = self.hang_bell(what);
        self.ready().strike(bell, true);
    }

    /// Has something rung at the end of every round of the loop, or nothing any more. Says whether there was something.
    pub fn ring_each_round(&self, last: bool, what: Option<R::Alarm>) -> bool {
        let before = std::mem::replace(&mut self.bells.borrow_mut().rounds[usize::from(last)], what);
        before.is_some()
    }

    pub(super) fn ring_bell(&self, bell: Bell, once: bool) {
        let what = {
            let mut bells = self.bells.borrow_mut();
            if once { bells.map.remove(&bell.0) } else { bells.map.get(&bell.0).cloned() }
        };
        if let Some(what) = what {
            self.ring_inside(what, bell.0);
        }
    }

    pub(super) fn ring_rounds(&self) {
        for last in [0, 1] {
            let what = self.bells.borrow().rounds[last].clone();
            if let Some(what) = what {
                self.ring_inside(what, 0);
            }
        }
    }

    pub(super) fn clear_bells(&self) {
        let bells = self.bells.replace(Bells::new());
        self.bells.borrow_mut().last = bells.last;
        drop(bells);
    }
}
