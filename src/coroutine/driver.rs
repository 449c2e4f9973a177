//! The runtime of a thread and the loop around it: tokio is polled here and nowhere else, and coroutines only run
//! between two polls (invariant 4 of ARCHITECTURE.md).
//!
//! A script without a server calls [`Driver::run`]. A server's loop calls [`Driver::wait`] with its own event queue,
//! runs the events, and then [`Scheduler::fire_due`] and [`Scheduler::run_ready`]. A driver is made after the last
//! fork: its descriptors must not be shared with another process.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, LocalSet, unconstrained, yield_now};
use tokio::time::sleep_until;

use super::ready::Hold;
use super::resume::Resume;
use super::routine::{Wait, Wake};
use super::scheduler::Scheduler;

/// A thread's tokio runtime.
#[derive(Debug)]
pub struct Driver {
    runtime: Runtime,
    local: LocalSet,
}

/// Why [`Driver::run`] came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every coroutine has ended and no timer is left.
    Idle,
    /// Coroutines wait, and nothing is left that could wake one.
    Deadlock,
    /// [`Scheduler::stop`] was called.
    Stopped,
}

impl Driver {
    pub fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, local: LocalSet::new() })
    }

    /// The runtime, to enter it where sockets are made.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Starts a task. It runs whenever the loop waits; it must never call into PHP.
    pub fn spawn<T: 'static>(&self, task: impl Future<Output = T> + 'static) -> JoinHandle<T> {
        // Without tokio's budget: what it makes wait is only woken by a `block_on` that goes on.
        self.local.spawn_local(unconstrained(task))
    }

    /// Polls tasks until a coroutine is ready, a deadline has come, the scheduler stops or `outside` is ready.
    pub fn wait<R: Resume>(
        &self,
        scheduler: &Scheduler<R>,
        mut outside: impl FnMut(&mut Context<'_>) -> Poll<()>,
    ) {
        if !scheduler.ready().is_empty() {
            // Coroutines that pass the turn among themselves must not keep sockets and tasks waiting for ever.
            self.local.block_on(&self.runtime, yield_now());
            return;
        }
        let mut over = poll_fn(|cx| {
            let stopped = scheduler.is_stopped();
            if stopped || scheduler.ready().poll(cx).is_ready() || outside(cx).is_ready() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        match scheduler.next_deadline() {
            None => self.local.block_on(&self.runtime, over),
            Some(at) if at <= Instant::now() => self.local.block_on(&self.runtime, yield_now()),
            Some(at) => self.local.block_on(&self.runtime, async {
                tokio::select! {
                    biased;
                    () = &mut over => {}
                    () = sleep_until(at.into()) => {}
                }
            }),
        }
    }

    /// One round: what is ready, then whatever comes next.
    pub fn run_once<R: Resume>(&self, scheduler: &Scheduler<R>) {
        if turn(scheduler).is_none() {
            self.wait(scheduler, |_| Poll::Pending);
            turn(scheduler);
        }
    }

    /// Runs coroutines and timers until none is left.
    pub fn run<R: Resume>(&self, scheduler: &Scheduler<R>) -> End {
        loop {
            if let Some(end) = turn(scheduler) {
                return end;
            }
            self.wait(scheduler, |_| Poll::Pending);
        }
    }
}

/// Runs `task` while only the current coroutine waits for it. `spawn` starts a task on whichever runtime is polled on
/// this thread. `Err` tells why the task did not come to its end; it is dropped then.
pub fn await_task<R: Resume, T: 'static>(
    scheduler: &Scheduler<R>,
    spawn: impl FnOnce(Task),
    task: impl Future<Output = T> + 'static,
    deadline: Option<u64>,
) -> Result<T, Wake> {
    let Some(ticket) = scheduler.ticket() else { return Err(Wake::Refused) };
    let result = Rc::new(Cell::new(None));
    let (slot, ready) = (Rc::clone(&result), Rc::clone(scheduler.ready()));
    let hold = Some(scheduler.ready().hold());
    let job = start_task(spawn, hold, async move {
        slot.set(Some(task.await));
        ready.push(ticket);
    });
    let wake = scheduler.suspend(Wait::Outside, deadline);
    drop(job);
    result.take().ok_or(wake)
}

/// Runs `task` beside everything else; with a hold the loop goes on as long as it runs. `spawn` is as for [`await_task`].
pub fn start_task(
    spawn: impl FnOnce(Task),
    hold: Option<Hold>,
    task: impl Future<Output = ()> + 'static,
) -> Job {
    let (keep, mut dropped) = oneshot::channel::<()>();
    spawn(Box::pin(async move {
        tokio::select! {
            biased;
            // Given up: nobody wants the result.
            _ = &mut dropped => {}
            () = task => {}
        }
        drop(hold);
    }));
    Job { _keep: keep }
}

/// A task that was started; it is dropped, at the runtime's next turn, when this is.
#[derive(Debug)]
pub struct Job {
    _keep: oneshot::Sender<()>,
}

/// A task on a thread's runtime. It must never call into PHP.
pub type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The same loop without a runtime, while only timers can end a wait: most scripts never need more, and the clock is
/// finer than tokio's. Comes back with `None` when something outside is waited for.
pub fn run_timers<R: Resume>(scheduler: &Scheduler<R>) -> Option<End> {
    loop {
        if let Some(end) = turn(scheduler) {
            return Some(end);
        }
        if scheduler.ready().holds() > 0 {
            return None;
        }
        if let (true, Some(at)) = (scheduler.ready().is_empty(), scheduler.next_deadline()) {
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
        }
    }
}

fn turn<R: Resume>(scheduler: &Scheduler<R>) -> Option<End> {
    scheduler.fire_due();
    scheduler.run_ready();
    if scheduler.is_stopped() {
        Some(End::Stopped)
    } else if scheduler.is_idle() {
        Some(End::Idle)
    } else if scheduler.is_deadlocked() {
        Some(End::Deadlock)
    } else {
        None
    }
}
