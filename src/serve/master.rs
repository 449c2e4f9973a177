//! `SWOOLE_PROCESS`: the master owns the sockets, in threads called reactors; the manager forks workers, which own PHP.
//!
//! ```text
//! master -- fork --> manager -- fork --> worker 0, worker 1 ...
//!   | reactor 0 (the calling thread), reactor 1 ...   |
//!   +------------- rings in shared memory ------------+
//! ```
//!
//! Threads come after the fork of the manager, and the master never forks again.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::app::{App, LogLine};
use super::options::ServeOptions;
use super::processes::{MANAGER_SIGNALS, Outcome, Post, Team, drop_rights};
use super::relay::Relay;
use super::run::run_worker;
use super::worker::{Stop, Worker};
use crate::net::bind::Bound;
use crate::process::pipes::Pipes;
use crate::process::rings::Rings;
use crate::process::shared::Shared;
use crate::process::sys::{self, Fork, Signals};
use crate::server::log::{LOG, Level};

pub(super) fn serve_split<A: App>(
    ports: &[Bound],
    options: &ServeOptions,
    shared: Shared,
    app: &A,
) -> io::Result<Outcome> {
    let rings = Arc::new(Rings::map(options.workers(), options.reactor_num)?);
    let pipes = Pipes::open(options.pipes())?;
    let mut signals = Signals::take_over(MANAGER_SIGNALS)?;
    let master = std::process::id();
    match sys::fork()? {
        Fork::Parent { child } => {
            shared.stats.set_manager_pid(child);
            app.on_processes(master, child);
            let threads = Threads { ports, options, shared, pipes: &pipes, rings, begun: OnceLock::new() };
            threads.run(&signals, app)?;
            end_manager(child, &signals);
            app.on_shutdown();
            Ok(Outcome::Server)
        }
        Fork::Child => {
            let manager = std::process::id();
            shared.stats.set_manager_pid(manager);
            signals.after_fork(MANAGER_SIGNALS)?;
            app.on_processes(master, manager);
            app.on_manager_start();
            drop_rights(options, app);
            let team = Team { ports, options, shared, pipes: &pipes, rings: Some(rings) };
            team.manage(signals, app).map(|_| Outcome::Worker)
        }
    }
}

/// The reactors.
struct Threads<'a> {
    ports: &'a [Bound],
    options: &'a ServeOptions,
    shared: Shared,
    pipes: &'a Pipes,
    rings: Arc<Rings>,
    /// The first has begun. The others wait for that, so that a process that `on_start` forks has no threads.
    begun: OnceLock<()>,
}

impl Threads<'_> {
    /// Runs them until all have stopped.
    fn run<A: App>(&self, signals: &Signals, app: &A) -> io::Result<()> {
        let hooks: Vec<_> = (0..).take(self.options.ports.len()).map(|port| app.hooks(port)).collect();
        let hooks = &hooks[..];
        std::thread::scope(|scope| {
            for reactor in 1..self.options.reactor_num {
                scope.spawn(move || {
                    self.begun.wait();
                    let relay = Relay::<A>::new(None, hooks, self.options, &self.begun);
                    if let Err(cause) = self.run_one(reactor, None, &relay) {
                        LOG.write(Level::Error, &format!("reactor {reactor}: {cause}"));
                    }
                });
            }
            let relay = Relay::new(Some(app), hooks, self.options, &self.begun);
            let ended = self.run_one(0, Some(signals), &relay);
            // Also when the first could not begin.
            let _ = self.begun.set(());
            self.rings.close();
            ended
        })
    }

    fn run_one<A: App>(
        &self,
        reactor: u16,
        signals: Option<&Signals>,
        relay: &Relay<'_, A>,
    ) -> io::Result<()> {
        let Self { ports, options, shared, rings, .. } = self;
        // Letters are for the application, which the first reactor's thread runs.
        let none = Pipes::open(0)?;
        let pipes = if reactor == 0 { self.pipes } else { &none };
        let id = options.workers() + reactor;
        let rings = Some(Arc::clone(rings));
        run_worker(&Post { id, ports, options, shared: *shared, pipes, signals, rings }, relay)
    }
}

/// Has the manager stop the workers, and waits until it has.
fn end_manager(manager: u32, signals: &Signals) {
    sys::kill(manager, Signal::SIGTERM);
    while sys::reap(manager).is_none() {
        // SIGCHLD ends this; the nap is for the one that came before.
        let _ = signals.wait(Some(Instant::now() + NAP), None);
        signals.arrived();
    }
}

impl Worker {
    /// A signal to the master, in its first reactor.
    pub(super) fn hear_master_signal<A: App>(&self, app: &A, signal: Signal) {
        let manager = self.manager_pid();
        match signal {
            Signal::SIGTERM | Signal::SIGINT => self.close_all(),
            Signal::SIGUSR1 | Signal::SIGUSR2 => sys::kill(manager, signal),
            Signal::SIGWINCH => {
                LOG.reopen();
                sys::kill(manager, signal);
            }
            Signal::SIGCHLD if sys::is_gone(manager) => {
                app.log(LogLine::Error("the manager has ended; the server cannot go on"));
                self.close_all();
            }
            _ => {}
        }
    }

    fn close_all(&self) {
        self.stop(Stop::Shutdown);
        if let Some(lanes) = &self.0.lanes {
            lanes.rings.close();
        }
    }
}

const NAP: Duration = Duration::from_millis(100);
