//! Who runs now, who runs next: coroutines, their waits and their ends on one thread.
//!
//! It switches through [`Resume`] and knows no stacks, sockets or PHP. A loop drives it (`driver.rs` in a script,
//! `serve.rs` in a server): after each round of I/O it calls [`Scheduler::fire_due`] and [`Scheduler::run_ready`] and
//! then sleeps until [`Scheduler::next_deadline`]. Every method may be called from inside a coroutine, so none holds a
//! borrow over a switch.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::alarm::Alarms;
use super::bell::Bells;
use super::clock;
use super::heap::Heap;
use super::ready::{Item, Ready};
use super::resume::{Resume, SpawnError, Turn};
use super::routine::{Cancel, Cid, Place, Routine, State, Table, Ticket, Wait, Wake};

/// The coroutines of one thread.
pub struct Scheduler<R: Resume> {
    pub(super) engine: R,
    pub(super) timers: RefCell<Heap<Due>>,
    pub(super) alarms: RefCell<Alarms<R::Alarm>>,
    pub(super) bells: RefCell<Bells<R::Alarm>>,
    table: RefCell<Table<R::Stack>>,
    here: Cell<Option<Place>>,
    ready: Rc<Ready>,
    last_cid: Cell<i64>,
    peak: Cell<usize>,
    limit: Cell<usize>,
    closing: Cell<bool>,
    stopped: Cell<bool>,
    epoch: Instant,
    coarse_epoch: u64,
}

/// What a deadline is for.
#[derive(Debug)]
pub(super) enum Due {
    Wait(Ticket),
    Limit(Cid),
    Alarm(i64),
}

/// Counters for `Coroutine::stats()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stats {
    pub alive: usize,
    pub peak: usize,
    pub last_cid: i64,
    pub timers: usize,
}

impl<R: Resume> Scheduler<R> {
    pub fn new(engine: R) -> Self {
        Self {
            engine,
            timers: RefCell::default(),
            alarms: RefCell::new(Alarms::new()),
            bells: RefCell::new(Bells::new()),
            table: RefCell::new(Table::new()),
            here: Cell::new(None),
            ready: Rc::default(),
            last_cid: Cell::new(0),
            peak: Cell::new(0),
            limit: Cell::new(COROUTINES_MAX),
            closing: Cell::new(false),
            stopped: Cell::new(false),
            epoch: Instant::now(),
            coarse_epoch: clock::coarse_micros(),
        }
    }

    pub fn engine(&self) -> &R {
        &self.engine
    }

    /// Where futures report the ends of waits.
    pub fn ready(&self) -> &Rc<Ready> {
        &self.ready
    }

    /// Makes a coroutine and runs it at once until it first waits or ends.
    pub fn spawn<F: FnOnce()>(&self, body: F) -> Result<Cid, SpawnError> {
        self.spawn_or_return(body).map_err(|(refused, _)| refused)
    }

    /// As [`Scheduler::spawn`]; what is not run comes back.
    pub fn spawn_or_return<F: FnOnce()>(&self, body: F) -> Result<Cid, (SpawnError, F)> {
        if !self.engine.may_switch() {
            return Err((SpawnError::Blocked, body));
        }
        let alive = self.table.borrow().len();
        if alive >= self.limit.get() {
            return Err((SpawnError::Limit(self.limit.get()), body));
        }
        let stack = match self.engine.acquire() {
            Ok(stack) => stack,
            Err(refused) => return Err((refused, body)),
        };
        let cid = Cid(self.last_cid.get() + 1);
        self.last_cid.set(cid.0);
        if alive >= self.peak.get() {
            self.peak.set(alive + 1);
        }
        let outer = self.here.get();
        let created = self.coarse_now();
        let place = self.table.borrow_mut().insert(cid, outer, stack.clone(), created);
        self.here.set(Some(place));
        let turn = self.engine.start(&stack, cid, body);
        self.here.set(outer);
        if turn == Turn::Ended {
            self.retire(place);
        }
        Ok(cid)
    }

    /// The coroutine that runs now.
    pub fn current(&self) -> Option<Cid> {
        self.here.get().map(|place| place.cid)
    }

    /// The ticket of the current coroutine's next wait: hand it to whoever shall end that wait, then call
    /// [`Scheduler::suspend`]. `None` outside a coroutine.
    pub fn ticket(&self) -> Option<Ticket> {
        let place = self.here.get()?;
        let wait = self.table.borrow().at(place)?.wait.wrapping_add(1);
        Some(Ticket { cid: place.cid, slot: place.slot, wait })
    }

    /// Parks the current coroutine until its ticket is used, the deadline (on the clock of [`Scheduler::now`]) comes
    /// or it is canceled. The caller must look at the world afresh afterwards: anything may have changed.
    pub fn suspend(&self, wait: Wait, deadline: Option<u64>) -> Wake {
        let Some(place) = self.here.get() else { return Wake::Refused };
        if self.closing.get() {
            self.engine.woken(Wake::Shutdown);
            return Wake::Shutdown;
        }
        if !self.engine.may_switch() {
            return Wake::Refused;
        }
        let stack = {
            let mut table = self.table.borrow_mut();
            let Some(routine) = table.at_mut(place) else { return Wake::Refused };
            routine.wait = routine.wait.wrapping_add(1);
            routine.state = State::Waiting(wait);
            routine.canceled = false;
            routine.outer = None;
            if let Some(at) = deadline {
                let ticket = Ticket { cid: place.cid, slot: place.slot, wait: routine.wait };
                routine.deadline = Some(self.timers.borrow_mut().insert(at, Due::Wait(ticket)));
            }
            let Some(stack) = routine.stack.clone() else { return Wake::Refused };
            if !std::mem::replace(&mut routine.indexed, true) {
                table.index(place);
            }
            stack
        };
        self.engine.park(&stack);
        let wake = self.table.borrow().at(place).map_or(Wake::Shutdown, |routine| routine.wake);
        self.engine.woken(wake);
        wake
    }

    /// Why the last wait of a coroutine was over.
    #[cfg(test)]
    pub(super) fn wake_of(&self, cid: Cid) -> Wake {
        self.with(cid, |routine| routine.wake).unwrap_or(Wake::Shutdown)
    }

    /// Goes on with a waiting coroutine at once and returns when it waits again or has ended. Where stacks may not
    /// be switched it is queued instead. False when that wait is already over.
    pub fn resume(&self, ticket: Ticket, wake: Wake) -> bool {
        if !self.engine.may_switch() {
            self.ready.push(ticket);
            return true;
        }
        let place = Place { cid: ticket.cid, slot: ticket.slot };
        let stack = {
            let mut table = self.table.borrow_mut();
            let Some(routine) = table.at_mut(place) else { return false };
            if routine.wait != ticket.wait || routine.state == State::Running {
                return false;
            }
            if let Some(key) = routine.deadline.take() {
                self.timers.borrow_mut().remove(key);
            }
            routine.state = State::Running;
            routine.wake = wake;
            routine.canceled = matches!(wake, Wake::Canceled(_));
            routine.outer = self.here.get();
            let Some(stack) = routine.stack.clone() else { return false };
            stack
        };
        let outer = self.here.replace(Some(place));
        let turn = self.engine.resume(&stack);
        self.here.set(outer);
        if turn == Turn::Ended {
            self.retire(place);
        }
        true
    }

    /// The ticket of the wait that a coroutine is in, and what it waits for; `None` when it runs or is gone.
    pub fn waiting(&self, cid: Cid) -> Option<(Ticket, Wait)> {
        let table = self.table.borrow();
        let place = table.find(cid, self.here.get())?;
        let routine = table.at(place)?;
        match routine.state {
            State::Waiting(wait) => Some((Ticket { cid, slot: place.slot, wait: routine.wait }, wait)),
            State::Running => None,
        }
    }

    /// Ends another coroutine's wait, whatever it waits for. False when it does not wait or is gone.
    pub fn cancel(&self, cid: Cid, cancel: Cancel) -> bool {
        match self.waiting(cid) {
            Some((ticket, _)) => self.resume(ticket, Wake::Canceled(cancel)),
            None => false,
        }
    }

    /// Waits until all of `cids` have ended (unknown ones have). False when the deadline or a cancel came first.
    pub fn join(&self, cids: &[Cid], deadline: Option<u64>) -> Wake {
        for &cid in cids {
            let Some(ticket) = self.ticket() else { return Wake::Refused };
            if !self.await_end(cid, ticket) {
                continue;
            }
            let wake = self.suspend(Wait::Join, deadline);
            if wake != Wake::Ready {
                self.with(cid, |routine| routine.joiners.retain(|&joiner| joiner != ticket));
                return wake;
            }
        }
        Wake::Ready
    }

    /// Has the ticket used at the end of another coroutine; false when that has ended already.
    pub(super) fn await_end(&self, cid: Cid, ticket: Ticket) -> bool {
        self.with(cid, |routine| routine.joiners.push(ticket)).is_some()
    }

    /// Lets everybody else who is ready run first.
    pub fn pass(&self) -> Wake {
        let Some(ticket) = self.ticket() else { return Wake::Refused };
        self.ready.push(ticket);
        self.suspend(Wait::Sleep, None)
    }

    /// Gives the current coroutine a time limit: the wait it is in at `at` is canceled. `None` takes it away.
    pub fn limit_time(&self, at: Option<u64>) -> bool {
        let Some(cid) = self.current() else { return false };
        self.with(cid, |routine| {
            let mut timers = self.timers.borrow_mut();
            if let Some(key) = routine.limit.take() {
                timers.remove(key);
            }
            routine.limit = at.map(|at| timers.insert(at, Due::Limit(cid)));
        })
        .is_some()
    }

    /// Resumes every coroutine whose wait was over when the call began, and rings the bells that were struck.
    pub fn run_ready(&self) {
        for _ in 0..self.ready.len() {
            match self.ready.pop() {
                None => break,
                Some(Item::Resume(ticket)) => drop(self.resume(ticket, Wake::Ready)),
                Some(Item::Ring { bell, once }) => self.ring_bell(bell, once),
            }
            if self.stopped.get() {
                return;
            }
        }
        self.ring_rounds();
    }

    /// Ends the waits and rings the alarms whose time has come; what is set meanwhile waits for the next call.
    pub fn fire_due(&self) {
        if self.timers.borrow().is_empty() {
            return;
        }
        let now = self.now();
        let before = self.timers.borrow().serial();
        while !self.stopped.get() {
            let due = self.timers.borrow_mut().take_due(now, before);
            match due {
                None => return,
                Some(Due::Wait(ticket)) => {
                    self.with(ticket.cid, |routine| routine.deadline = None);
                    self.resume(ticket, Wake::Timeout);
                }
                Some(Due::Limit(cid)) => {
                    self.with(cid, |routine| routine.limit = None);
                    self.cancel(cid, Cancel::TimeLimit);
                }
                Some(Due::Alarm(id)) => self.ring(id, now),
            }
        }
    }

    /// When the loop must call [`Scheduler::fire_due`] at the latest.
    pub fn next_deadline(&self) -> Option<Instant> {
        let at = self.timers.borrow().next()?;
        Some(self.epoch + Duration::from_micros(at))
    }

    /// Microseconds since the scheduler was made.
    pub fn now(&self) -> u64 {
        self.epoch.elapsed().as_micros() as u64
    }

    /// As [`Scheduler::now`], up to a tick of the kernel's clock too early, and cheaper by much.
    #[inline]
    fn coarse_now(&self) -> u64 {
        clock::coarse_micros().saturating_sub(self.coarse_epoch)
    }

    /// The point in time `wait` from now, on the clock of [`Scheduler::now`].
    pub fn after(&self, wait: Duration) -> u64 {
        self.now().saturating_add(u64::try_from(wait.as_micros()).unwrap_or(u64::MAX))
    }

    /// Whether the loop may end: no coroutine, timer or outside operation is left.
    pub fn is_idle(&self) -> bool {
        self.table.borrow().len() == 0 && self.has_nothing_to_wait_for()
    }

    /// Whether coroutines wait and nothing is left that could wake one.
    pub fn is_deadlocked(&self) -> bool {
        self.table.borrow().len() > 0 && self.has_nothing_to_wait_for()
    }

    fn has_nothing_to_wait_for(&self) -> bool {
        self.ready.is_empty() && self.ready.holds() == 0 && self.timers.borrow().is_empty()
    }

    /// Makes the loop return as soon as it has control: `exit()`, a fatal error, a server that stops.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.ready.ring();
    }

    pub fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Takes a stop back, so that a later loop may run.
    pub fn restart(&self) {
        self.stopped.set(false);
    }

    /// Unwinds every waiting coroutine and forgets all timers: the script or the server is ending. Waits are refused
    /// until all are gone.
    pub fn shut_down(&self) {
        self.closing.set(true);
        self.clear_alarms();
        self.clear_bells();
        for cid in self.list() {
            if let Some((ticket, _)) = self.waiting(cid) {
                self.resume(ticket, Wake::Shutdown);
            }
        }
        self.timers.borrow_mut().clear();
        self.closing.set(false);
    }

    /// The ids of all coroutines, oldest first.
    pub fn list(&self) -> Vec<Cid> {
        let mut cids: Vec<Cid> = self.table.borrow().iter().map(|routine| routine.cid).collect();
        cids.sort_unstable();
        cids
    }

    pub fn exists(&self, cid: Cid) -> bool {
        self.table.borrow().find(cid, self.here.get()).is_some()
    }

    /// The coroutine that made this one: `Some(None)` for one made outside, `None` for one that is gone.
    pub fn parent(&self, cid: Cid) -> Option<Option<Cid>> {
        self.with(cid, |routine| routine.parent)
    }

    /// How long ago the coroutine was made.
    pub fn elapsed(&self, cid: Cid) -> Option<Duration> {
        let created = self.with(cid, |routine| routine.created)?;
        Some(Duration::from_micros(self.now().saturating_sub(created)))
    }

    pub fn state(&self, cid: Cid) -> Option<State> {
        self.with(cid, |routine| routine.state)
    }

    /// The stack of a coroutine, for whoever made it (backtraces, contexts).
    pub fn stack(&self, cid: Cid) -> Option<R::Stack> {
        self.with(cid, |routine| routine.stack.clone()).flatten()
    }

    /// Whether the current coroutine's last wait was ended by a cancel.
    pub fn was_canceled(&self) -> bool {
        self.current().and_then(|cid| self.with(cid, |routine| routine.canceled)).unwrap_or(false)
    }

    /// How many coroutines may exist at a time.
    pub fn set_limit(&self, limit: usize) {
        self.limit.set(limit.max(1));
    }

    pub fn limit(&self) -> usize {
        self.limit.get()
    }

    pub fn stats(&self) -> Stats {
        Stats {
            alive: self.table.borrow().len(),
            peak: self.peak.get(),
            last_cid: self.last_cid.get(),
            timers: self.timers.borrow().len(),
        }
    }

    #[inline]
    fn retire(&self, place: Place) {
        let mut table = self.table.borrow_mut();
        let Some(routine) = table.at_mut(place) else { return };
        if routine.limit.is_some() || !routine.joiners.is_empty() {
            self.release_others(routine);
        }
        let stack = table.remove(place);
        drop(table);
        if let Some(stack) = stack {
            self.engine.release(stack);
        }
    }

    /// A coroutine has ended: its time limit is void, and those who waited for it go on.
    #[cold]
    fn release_others(&self, routine: &mut Routine<R::Stack>) {
        if let Some(key) = routine.limit.take() {
            self.timers.borrow_mut().remove(key);
        }
        for joiner in routine.joiners.drain(..) {
            self.ready.push(joiner);
        }
    }

    fn with<T>(&self, cid: Cid, what: impl FnOnce(&mut Routine<R::Stack>) -> T) -> Option<T> {
        let mut table = self.table.borrow_mut();
        let place = table.find(cid, self.here.get())?;
        table.at_mut(place).map(what)
    }
}

impl<R: Resume> std::fmt::Debug for Scheduler<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scheduler").field("here", &self.here.get()).field("stats", &self.stats()).finish()
    }
}

/// `max_coro_num` unless set: ids and stacks are cheap, a runaway loop of go() is not.
pub const COROUTINES_MAX: usize = 100_000;
