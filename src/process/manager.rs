//! The manager: forks workers, waits for their ends, forks again, reloads, stops. It has no threads and no runtime, so
//! that it may fork at any time.

use std::io;
use std::ops::Range;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::sys::{self, Exit, Fork, Signals};

/// What the manager tells and asks its owner. Called between two waits, in the manager process.
pub trait Overseer {
    /// A worker was forked. Those that are forked after it may ask for its process.
    fn forked(&self, worker: u16, pid: u32);
    /// The system had no process to spare; the next try comes soon.
    fn not_forked(&self, worker: u16, cause: &io::Error);
    /// A worker ended without having been told to. Its connections are gone.
    fn failed(&self, worker: u16, pid: u32, exit: Exit);
    /// A worker ended, for whatever reason; nobody uses its sessions any more.
    fn ended(&self, worker: u16);
    fn before_reload(&self);
    fn after_reload(&self);
    /// The log's file may have been moved away.
    fn reopen_log(&self);
    /// The signals that stop the server have arrived.
    fn stopping(&self);
    /// A stopping worker had to be killed.
    fn killed(&self, worker: u16);
    /// Readable when somebody wants something else of the manager.
    fn mailbox(&self) -> Option<BorrowedFd<'_>> {
        None
    }
    /// Looks into the mailbox. Whatever this does, the workers are not watched meanwhile.
    fn read_mail(&self) {}
}

/// Who returns from [`Manager::run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The manager; all workers have ended.
    Manager,
    /// A freshly forked worker with this number. It must never come back.
    Worker(u16),
}

/// How many children of each kind; they are numbered in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crew {
    pub workers: u16,
    pub task_workers: u16,
    /// Processes of the user's: no reload concerns them, and they stop when the workers have.
    pub user_processes: u16,
}

/// The manager and its workers.
#[derive(Debug)]
pub struct Manager {
    workers: Vec<Watched>,
    /// Workers from this number on do tasks.
    first_task_worker: usize,
    /// Children from this number on are processes of the user's.
    first_user_process: usize,
    phase: Phase,
    /// How long a worker may take to stop. `None`: for ever.
    max_wait: Option<Duration>,
}

/// What the manager is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Running,
    /// Replacing workers one after the other; this one is on its way out.
    Reloading {
        worker: u16,
        kill_at: Option<Instant>,
    },
    Stopping {
        kill_at: Option<Instant>,
        /// Whether the user processes have been told, too.
        all_told: bool,
    },
}

#[derive(Debug)]
struct Watched {
    state: State,
    started: Instant,
    /// Failures soon after a start, in a row.
    failures: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running {
        pid: u32,
    },
    /// To be forked at this time.
    Waiting {
        until: Instant,
    },
    Gone,
}

impl Manager {
    pub fn new(crew: Crew, max_wait: Option<Duration>) -> Self {
        let now = Instant::now();
        let watched = || Watched { state: State::Waiting { until: now }, started: now, failures: 0 };
        let first_task_worker = usize::from(crew.workers);
        let first_user_process = first_task_worker + usize::from(crew.task_workers);
        let count = first_user_process + usize::from(crew.user_processes);
        Self {
            workers: (0..count).map(|_| watched()).collect(),
            first_task_worker,
            first_user_process,
            phase: Phase::Running,
            max_wait,
        }
    }

    /// Forks the workers and watches them until the server has stopped. Returns once in the manager, and once in every
    /// worker as soon as it is forked.
    pub fn run(&mut self, signals: &Signals, overseer: &impl Overseer) -> io::Result<Role> {
        loop {
            if let Some(worker) = self.fork_due(overseer) {
                return Ok(Role::Worker(worker));
            }
            if self.workers.iter().all(|worker| worker.state == State::Gone) {
                return Ok(Role::Manager);
            }
            signals.wait(self.next_deadline(), overseer.mailbox())?;
            for signal in signals.arrived() {
                match signal {
                    Signal::SIGTERM | Signal::SIGINT => self.begin_stop(overseer),
                    Signal::SIGUSR1 => self.begin_reload(0, overseer),
                    Signal::SIGUSR2 => self.begin_reload(self.first_task_worker, overseer),
                    Signal::SIGWINCH => {
                        overseer.reopen_log();
                        self.signal_all(Signal::SIGWINCH);
                    }
                    _ => {}
                }
            }
            self.reap(overseer);
            self.kill_overdue(overseer);
            overseer.read_mail();
        }
    }

    /// Forks what is due. In the child: the number of the worker.
    fn fork_due(&mut self, overseer: &impl Overseer) -> Option<u16> {
        let now = Instant::now();
        for id in 0..self.workers.len() {
            if !matches!(self.workers[id].state, State::Waiting { until } if until <= now) {
                continue;
            }
            match sys::fork() {
                Ok(Fork::Child) => return Some(id as u16),
                Ok(Fork::Parent { child }) => {
                    self.workers[id].state = State::Running { pid: child };
                    self.workers[id].started = now;
                    overseer.forked(id as u16, child);
                }
                Err(cause) => {
                    let worker = &mut self.workers[id];
                    worker.failures = (worker.failures + 1).max(FAILURES_THAT_WAIT);
                    worker.state = State::Waiting { until: now + back_off(worker.failures) };
                    overseer.not_forked(id as u16, &cause);
                }
            }
        }
        None
    }

    fn begin_stop(&mut self, overseer: &impl Overseer) {
        if matches!(self.phase, Phase::Stopping { .. }) {
            return;
        }
        overseer.stopping();
        for worker in &mut self.workers {
            if let State::Waiting { .. } = worker.state {
                worker.state = State::Gone;
            }
        }
        self.dismiss(0..self.first_user_process, false);
        self.dismiss_last();
    }

    fn dismiss(&mut self, whom: Range<usize>, all_told: bool) {
        for worker in &self.workers[whom] {
            if let State::Running { pid } = worker.state {
                sys::kill(pid, Signal::SIGTERM);
            }
        }
        self.phase = Phase::Stopping { kill_at: self.kill_at(), all_told };
    }

    /// User processes stay as long as a worker may still need them.
    fn dismiss_last(&mut self) {
        let mut workers = self.workers[..self.first_user_process].iter();
        if matches!(self.phase, Phase::Stopping { all_told: false, .. })
            && workers.all(|worker| worker.state == State::Gone)
        {
            self.dismiss(self.first_user_process..self.workers.len(), true);
        }
    }

    fn signal_all(&self, signal: Signal) {
        for worker in &self.workers {
            if let State::Running { pid } = worker.state {
                sys::kill(pid, signal);
            }
        }
    }

    fn begin_reload(&mut self, first: usize, overseer: &impl Overseer) {
        if self.phase == Phase::Running && first < self.first_user_process {
            overseer.before_reload();
            self.reload_from(first, overseer);
        }
    }

    /// Sends the first running worker from `first` on away. One at a time: the others serve meanwhile.
    fn reload_from(&mut self, first: usize, overseer: &impl Overseer) {
        let mut workers = self.workers[..self.first_user_process].iter().enumerate().skip(first);
        let next = workers.find_map(|(id, worker)| match worker.state {
            State::Running { pid } => Some((id as u16, pid)),
            State::Waiting { .. } | State::Gone => None,
        });
        let Some((worker, pid)) = next else {
            self.phase = Phase::Running;
            return overseer.after_reload();
        };
        sys::kill(pid, Signal::SIGUSR1);
        self.phase = Phase::Reloading { worker, kill_at: self.kill_at() };
    }

    fn kill_at(&self) -> Option<Instant> {
        self.max_wait.map(|max_wait| Instant::now() + max_wait + KILL_GRACE)
    }

    /// Looks which workers have ended.
    fn reap(&mut self, overseer: &impl Overseer) {
        for id in 0..self.workers.len() {
            let State::Running { pid } = self.workers[id].state else { continue };
            let Some(exit) = sys::reap(pid) else { continue };
            overseer.ended(id as u16);
            self.ended(id, pid, exit, overseer);
        }
    }

    fn ended(&mut self, id: usize, pid: u32, exit: Exit, overseer: &impl Overseer) {
        let now = Instant::now();
        let worker = &mut self.workers[id];
        if let Phase::Stopping { .. } = self.phase {
            worker.state = State::Gone;
            return self.dismiss_last();
        }
        let expected = matches!(self.phase, Phase::Reloading { worker, .. } if usize::from(worker) == id);
        let clean = exit == Exit::Code(0);
        let quick = now - worker.started < QUICK;
        worker.failures = match (quick, clean) {
            (false, _) => 0,
            (true, false) => worker.failures + 1,
            // Nobody told it to: its function returns at once.
            (true, true) if id >= self.first_user_process => FAILURES_THAT_WAIT,
            (true, true) => 0,
        };
        worker.state = State::Waiting { until: now + back_off(worker.failures) };
        if !clean && !expected {
            overseer.failed(id as u16, pid, exit);
        }
        if expected {
            self.reload_from(id + 1, overseer);
        }
    }

    fn kill_overdue(&mut self, overseer: &impl Overseer) {
        let now = Instant::now();
        let due = |kill_at: Option<Instant>| kill_at.is_some_and(|at| at <= now);
        match &mut self.phase {
            Phase::Running => {}
            Phase::Reloading { worker, kill_at } => {
                if due(*kill_at)
                    && let State::Running { pid } = self.workers[usize::from(*worker)].state
                {
                    *kill_at = None;
                    overseer.killed(*worker);
                    sys::kill(pid, Signal::SIGKILL);
                }
            }
            Phase::Stopping { kill_at, .. } => {
                if !due(*kill_at) {
                    return;
                }
                *kill_at = None;
                for (id, worker) in self.workers.iter().enumerate() {
                    if let State::Running { pid } = worker.state {
                        overseer.killed(id as u16);
                        sys::kill(pid, Signal::SIGKILL);
                    }
                }
            }
        }
    }

    /// When there is something to do without a signal.
    fn next_deadline(&self) -> Option<Instant> {
        let kill = match self.phase {
            Phase::Running => None,
            Phase::Reloading { kill_at, .. } | Phase::Stopping { kill_at, .. } => kill_at,
        };
        let forks = self.workers.iter().filter_map(|worker| match worker.state {
            State::Waiting { until } => Some(until),
            State::Running { .. } | State::Gone => None,
        });
        forks.chain(kill).min()
    }
}

/// A worker that fails once is replaced at once; one that keeps failing must not fork the machine to death.
fn back_off(failures: u32) -> Duration {
    match failures.checked_sub(FAILURES_THAT_WAIT) {
        None => Duration::ZERO,
        Some(further) => (BACK_OFF * 2u32.saturating_pow(further)).min(BACK_OFF_MAX),
    }
}

/// A worker that lives for less has failed at its start.
const QUICK: Duration = Duration::from_secs(1);
/// From so many failures in a row on, the next start waits.
const FAILURES_THAT_WAIT: u32 = 2;
const BACK_OFF: Duration = Duration::from_millis(100);
const BACK_OFF_MAX: Duration = Duration::from_secs(5);
/// Beyond `max_wait_time`, for a worker that is just about to end by itself.
const KILL_GRACE: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_failure_is_repaired_at_once_and_a_series_slowly() {
        assert_eq!(back_off(0), Duration::ZERO);
        assert_eq!(back_off(1), Duration::ZERO);
        assert_eq!(back_off(2), Duration::from_millis(100));
        assert_eq!(back_off(4), Duration::from_millis(400));
        assert_eq!(back_off(u32::MAX), BACK_OFF_MAX);
    }
}
