//! One process or several: who runs the workers and how they end.

use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;

use nix::sys::signal::Signal;

use super::app::{App, LogLine, WorkerFailure};
use super::desk::Desk;
use super::master;
use super::options::ServeOptions;
use super::ports;
use super::run::run_worker;
use crate::net::bind::Bound;
use crate::process::manager::{Manager, Overseer, Role};
use crate::process::pipes::Pipes;
use crate::process::rings::Rings;
use crate::process::shared::Shared;
use crate::process::sys::{self, Exit, Signals};
use crate::server::log::LOG;
use crate::server::stats::Counter;

/// In which process [`serve`] has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a worker's process must exit"]
pub enum Outcome {
    /// The process that called it: the server has ended.
    Server,
    /// A worker that was forked: its process must exit now.
    Worker,
}

/// What a worker is given at its start.
pub(super) struct Post<'a> {
    pub id: u16,
    /// The sockets of the ports, by their numbers.
    pub ports: &'a [Bound],
    pub options: &'a ServeOptions,
    pub shared: Shared,
    pub pipes: &'a Pipes,
    /// None where another thread hears them.
    pub signals: Option<&'a Signals>,
    /// Between sockets and the application, where they are in different processes.
    pub rings: Option<Arc<Rings>>,
}

/// Runs a server until it has ended. `sockets` are those of `options.ports`. Call it on a thread without a tokio runtime; with several workers, in a process
/// without other threads.
pub fn serve<A: App>(mut sockets: Vec<Bound>, options: &ServeOptions, app: &A) -> io::Result<Outcome> {
    sys::ignore_signals_of_writes()?;
    ports::listen(&mut sockets, options, app)?;
    let (workers, threads) = (options.workers(), options.reactor_num);
    let shared = Shared::map(workers, threads, options.max_connection, options.start_session_id)?;
    if options.is_split() {
        master::serve_split(&sockets, options, shared, app)
    } else if options.is_managed() {
        serve_managed(&sockets, options, shared, app)
    } else {
        serve_alone(&sockets, options, shared, app)
    }
}

fn serve_alone<A: App>(
    ports: &[Bound],
    options: &ServeOptions,
    shared: Shared,
    app: &A,
) -> io::Result<Outcome> {
    let wanted: &[Signal] = if options.handle_signals { WORKER_SIGNALS } else { &[] };
    let signals = Signals::take_over(wanted)?;
    let pipes = Pipes::open(0)?;
    app.on_processes(std::process::id(), 0);
    app.on_start();
    drop_rights(options, app);
    let signals = Some(&signals);
    run_worker(&Post { id: 0, ports, options, shared, pipes: &pipes, signals, rings: None }, app)?;
    app.on_shutdown();
    Ok(Outcome::Server)
}

fn serve_managed<A: App>(
    ports: &[Bound],
    options: &ServeOptions,
    shared: Shared,
    app: &A,
) -> io::Result<Outcome> {
    let pipes = Pipes::open(options.pipes())?;
    let signals = Signals::take_over(MANAGER_SIGNALS)?;
    app.on_processes(std::process::id(), std::process::id());
    app.on_start();
    app.on_manager_start();
    // Before the first fork: workers inherit it, and may still signal the manager.
    drop_rights(options, app);
    let outcome = Team { ports, options, shared, pipes: &pipes, rings: None }.manage(signals, app)?;
    if outcome == Outcome::Server {
        app.on_shutdown();
    }
    Ok(outcome)
}

/// What the workers of a manager have in common.
pub(super) struct Team<'a> {
    pub ports: &'a [Bound],
    pub options: &'a ServeOptions,
    pub shared: Shared,
    pub pipes: &'a Pipes,
    pub rings: Option<Arc<Rings>>,
}

impl Team<'_> {
    /// Forks the workers and watches over them. Returns in the manager, and in each worker when it has ended.
    pub fn manage<A: App>(self, mut signals: Signals, app: &A) -> io::Result<Outcome> {
        let Self { ports, options, shared, pipes, rings } = self;
        let mut manager = Manager::new(options.crew(), options.max_wait);
        let desk = Desk::new(pipes, options.manager());
        match manager.run(&signals, &Oversight { app, shared, desk })? {
            Role::Manager => {
                app.on_manager_stop();
                Ok(Outcome::Server)
            }
            Role::Worker(id) => {
                signals.after_fork(if options.is_user_process(id) {
                    USER_SIGNALS
                } else {
                    WORKER_SIGNALS
                })?;
                run_worker(&Post { id, ports, options, shared, pipes, signals: Some(&signals), rings }, app)?;
                Ok(Outcome::Worker)
            }
        }
    }
}

/// What only root may is done by now: ports are bound.
pub(super) fn drop_rights<A: App>(options: &ServeOptions, app: &A) {
    for failure in options.identity.assume() {
        app.log(LogLine::Warning(&failure));
    }
}

/// Passes the manager's news on to the application and tidies up behind workers.
struct Oversight<'a, A> {
    app: &'a A,
    shared: Shared,
    desk: Desk<'a>,
}

impl<A: App> Overseer for Oversight<'_, A> {
    fn forked(&self, worker: u16, pid: u32) {
        self.shared.stats.worker(worker).set(Counter::Pid, pid.into());
    }

    fn not_forked(&self, worker: u16, cause: &io::Error) {
        self.app.log(LogLine::Warning(&format!("worker {worker} is not forked yet: {cause}")));
    }

    fn failed(&self, worker: u16, pid: u32, exit: Exit) {
        let (exit_code, signal) = match exit {
            Exit::Code(code) => (code, 0),
            Exit::Signal(signal) => (0, signal),
        };
        let line = format!(
            "Worker::report_error(): worker(pid={pid}, id={worker}) abnormal exit, status={exit_code}, signal={signal}"
        );
        self.app.log(LogLine::Warning(&line));
        let session = self.shared.stats.worker(worker).value(Counter::Working);
        if session != 0 {
            // What it had not begun is for its successor.
            let line =
                format!("worker(pid={pid}, id={worker}) ended while it worked for connection {session}");
            self.app.log(LogLine::Warning(&line));
        }
        self.app.on_worker_error(WorkerFailure { worker, pid, exit_code, signal });
    }

    fn ended(&self, worker: u16) {
        let stats = self.shared.stats.worker(worker);
        stats.give_tasks_up();
        stats.add_from_outside(Counter::Closed, self.shared.sessions.close_worker(worker) as u64);
        for gauge in [
            Counter::BytesQueued,
            Counter::BytesHeld,
            Counter::Coroutines,
            Counter::Concurrency,
            Counter::Busy,
            Counter::Pid,
        ] {
            stats.set(gauge, 0);
        }
    }

    fn before_reload(&self) {
        self.app.log(LogLine::Info("Server is reloading all workers now"));
        self.app.on_before_reload();
    }

    fn after_reload(&self) {
        self.app.on_after_reload();
    }

    fn reopen_log(&self) {
        LOG.reopen();
    }

    fn stopping(&self) {
        self.shared.stats.set_ending();
        self.app.log(LogLine::Info("Server is shutdown now"));
    }

    fn killed(&self, worker: u16) {
        let line = format!("worker exit timeout, forced termination of worker {worker}");
        self.app.log(LogLine::Warning(&line));
    }

    fn mailbox(&self) -> Option<BorrowedFd<'_>> {
        self.desk.inbox()
    }

    fn read_mail(&self) {
        self.desk.work(self.app);
    }
}

/// SIGTERM and SIGINT stop, SIGUSR1 reloads, SIGWINCH opens the log anew. SIGUSR2 is for the
/// manager, SIGHUP says that the terminal is gone: they are taken over so that they do no harm.
const WORKER_SIGNALS: &[Signal] =
    &[Signal::SIGTERM, Signal::SIGINT, Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGHUP, Signal::SIGWINCH];
/// A user process may block for ever, so it leaves SIGTERM and SIGINT to the system, or to its script.
const USER_SIGNALS: &[Signal] = &[Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGHUP, Signal::SIGWINCH];
/// The same, where SIGUSR2 reloads the task workers, and SIGCHLD, which wakes the manager.
pub(super) const MANAGER_SIGNALS: &[Signal] = &[
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGHUP,
    Signal::SIGWINCH,
    Signal::SIGCHLD,
];
