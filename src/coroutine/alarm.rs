//! Timers that a user sets (`Swoole\Timer`): once or again and again, each callback in a coroutine of its own.
//!
//! A tick's deadlines are counted from its first one, so it does not drift; rounds that were missed while PHP blocked
//! are skipped, not made up for in a burst.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::time::Duration;

use super::heap::Key;
use super::resume::Resume;
use super::routine::CidHasher;
use super::scheduler::{Due, Scheduler};

/// What `Timer::info` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmInfo {
    /// When it rings next, in milliseconds since the scheduler was made.
    pub at_ms: u64,
    /// How often it has rung.
    pub count: u64,
    /// Milliseconds between two rings; 0 for one that rings once.
    pub interval_ms: u64,
    /// The round of the timer loop in which it was set or last rang.
    pub round: u64,
}

/// The user's timers of a scheduler.
#[derive(Debug)]
pub(super) struct Alarms<A> {
    map: HashMap<i64, Alarm<A>, BuildHasherDefault<CidHasher>>,
    last_id: i64,
    rounds: u64,
}

#[derive(Debug)]
struct Alarm<A> {
    what: A,
    /// Microseconds; `None` rings once.
    every: Option<u64>,
    at: u64,
    key: Key,
    count: u64,
    round: u64,
}

impl<A> Alarms<A> {
    pub fn new() -> Self {
        Self { map: HashMap::default(), last_id: 0, rounds: 0 }
    }
}

impl<R: Resume> Scheduler<R> {
    /// Rings once, `wait` from now.
    pub fn alarm_after(&self, wait: Duration, what: R::Alarm) -> i64 {
        self.set_alarm(wait, None, what)
    }

    /// Rings every `every` from now on.
    pub fn alarm_tick(&self, every: Duration, what: R::Alarm) -> i64 {
        self.set_alarm(every, Some(micros(every).max(1)), what)
    }

    /// Takes a timer away; false when there is none of that id (any more).
    pub fn clear_alarm(&self, id: i64) -> bool {
        // Bound to a name: what it owns may run code of its own when dropped, after the borrows.
        let alarm = self.alarms.borrow_mut().map.remove(&id);
        let Some(alarm) = alarm else { return false };
        self.timers.borrow_mut().remove(alarm.key);
        true
    }

    pub fn clear_alarms(&self) {
        for id in self.alarm_ids() {
            self.clear_alarm(id);
        }
    }

    pub fn alarm_exists(&self, id: i64) -> bool {
        self.alarms.borrow().map.contains_key(&id)
    }

    pub fn alarm_info(&self, id: i64) -> Option<AlarmInfo> {
        let alarms = self.alarms.borrow();
        let alarm = alarms.map.get(&id)?;
        Some(AlarmInfo {
            at_ms: alarm.at / 1000,
            count: alarm.count,
            interval_ms: alarm.every.unwrap_or(0) / 1000,
            round: alarm.round,
        })
    }

    /// The ids of all timers, oldest first.
    pub fn alarm_ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.alarms.borrow().map.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// How many timers there are.
    pub fn alarm_count(&self) -> usize {
        self.alarms.borrow().map.len()
    }

    /// How many rings there have been.
    pub fn alarm_rounds(&self) -> u64 {
        self.alarms.borrow().rounds
    }

    fn set_alarm(&self, wait: Duration, every: Option<u64>, what: R::Alarm) -> i64 {
        let at = self.after(wait);
        let mut alarms = self.alarms.borrow_mut();
        alarms.last_id += 1;
        let id = alarms.last_id;
        let key = self.timers.borrow_mut().insert(at, Due::Alarm(id));
        let round = alarms.rounds;
        alarms.map.insert(id, Alarm { what, every, at, key, count: 0, round });
        id
    }

    /// Called by the loop when a timer's deadline has come.
    pub(super) fn ring(&self, id: i64, now: u64) {
        if let Some(what) = self.next_ring(id, now) {
            self.ring_inside(what, id);
        }
    }

    /// Rings in a coroutine made for it. Better outside of one than not at all: a timer may be what frees the
    /// coroutines that are in the way.
    pub(super) fn ring_inside(&self, what: R::Alarm, id: i64) {
        let spare = what.clone();
        if self.spawn(|| self.engine.ring(what, id)).is_err() {
            self.engine.ring(spare, id);
        }
    }

    fn next_ring(&self, id: i64, now: u64) -> Option<R::Alarm> {
        let mut alarms = self.alarms.borrow_mut();
        alarms.rounds += 1;
        let round = alarms.rounds;
        let alarm = alarms.map.get_mut(&id)?;
        let Some(every) = alarm.every else {
            return alarms.map.remove(&id).map(|alarm| alarm.what);
        };
        let missed = now.saturating_sub(alarm.at) / every;
        alarm.at = alarm.at.saturating_add(every.saturating_mul(missed + 1));
        alarm.count += 1;
        alarm.round = round;
        alarm.key = self.timers.borrow_mut().insert(alarm.at, Due::Alarm(id));
        Some(alarm.what.clone())
    }
}

fn micros(wait: Duration) -> u64 {
    u64::try_from(wait.as_micros()).unwrap_or(u64::MAX)
}
