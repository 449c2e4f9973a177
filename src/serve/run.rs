//! The life of a worker: build the runtime, loop, stop.

use std::future::poll_fn;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::Sleep;

use super::app::{App, LogLine};
use super::core::Core;
use super::lanes::Lanes;
use super::options::ServeOptions;
use super::peers::Peers;
use super::processes::Post;
use super::worker::{Stop, Worker};
use crate::net::bind::Bound;
use crate::net::intake::Batch;
use crate::net::link::{LINGER_MS, Link, Stage};
use crate::net::reactor::{Reactor, SocketOptions};
use crate::net::talk::Talk;
use crate::net::turns::{self, unbudgeted};
use crate::process::{self, rings::Bell, sys::Signals};
use crate::protocol::close::CloseReason;
use crate::server::lifecycle::Lifecycle;
use crate::server::log::LOG;
use crate::server::session::{CloseCause, Closed};
use crate::server::stats::{Counter, WorkerStats};

/// Runs one worker until it has stopped.
pub(super) fn run_worker<A: App>(post: &Post<'_>, app: &A) -> io::Result<()> {
    pin(post, app);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let socket_options = SocketOptions {
        worker: post.id,
        outbox: post.options.ports.iter().map(|port| port.outbox).collect(),
        outbox_bytes_max: post.options.outbox_bytes_max,
        flow: post.shared.flow,
        began: post.shared.began,
    };
    let stats = post.shared.stats.block(post.id);
    stats.set(Counter::Pid, u64::from(std::process::id()));
    stats.set(Counter::Working, 0);
    stats.add(Counter::Starts, 1);
    let reactor = Reactor::new(socket_options, post.shared.sessions, stats);
    let peers = {
        let _guard = runtime.enter();
        Peers::register(post.id, post.options, post.pipes, &reactor)?
    };
    let lanes = post.rings.as_ref().map(|rings| {
        let rings = Arc::clone(rings);
        match post.id.checked_sub(post.options.workers()) {
            Some(reactor) => Lanes::of_reactor(rings, reactor),
            None => Lanes::of_worker(rings, post.id),
        }
    });
    let master = post.rings.as_ref().filter(|_| post.id == post.options.workers());
    let office = master.map(|rings| Lanes::of_worker(Arc::clone(rings), post.id));
    let bell = {
        let _guard = runtime.enter();
        lanes.as_ref().map(|lanes| listen(lanes.bell())).transpose()?
    };
    let work = Work::new(post.id, post.options, stats);
    let worker = Worker::new(post.id, post.options.clone(), post.shared, reactor, peers, lanes, office);
    let mut round = Round { worker, runtime, bell, sleep: None, batch: Batch::default(), rung: false, work };
    round.run(post, app)
}

/// Registers a bell, whose edges are strokes.
// The successor is unsafe for the sake of types whose descriptor may change or close; an OwnedFd's cannot.
#[allow(deprecated)]
fn listen(bell: &Bell) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(bell.as_fd().try_clone_to_owned()?)
}

/// `open_cpu_affinity`. A worker that cannot be pinned works all the same.
fn pin<A: App>(post: &Post<'_>, app: &A) {
    let cpus = &post.options.cpus;
    let Some(turn) = usize::from(post.id).checked_rem(cpus.len()) else { return };
    if post.options.is_reactor(post.id) {
        return;
    }
    if let Err(cause) = process::pin_to_cpu(cpus[turn]) {
        app.log(LogLine::Warning(&format!(
            "worker {} is not pinned to CPU {}: {cause}",
            post.id, cpus[turn]
        )));
    }
}

/// How much a worker does before it is replaced.
struct Work {
    /// What is counted.
    counter: Counter,
    /// The value at which the worker ends.
    max: u64,
}

impl Work {
    /// `max_request` with its grace. A worker that is alone has no successor and stays.
    fn new(id: u16, options: &ServeOptions, stats: WorkerStats) -> Self {
        let (counter, most, grace) = match options.is_task_worker(id) {
            true => (Counter::TasksDone, options.task_max_request, options.task_max_request_grace),
            false => (Counter::Requests, options.max_request, options.max_request_grace),
        };
        if most == 0 || !options.is_managed() || options.is_reactor(id) {
            return Self { counter, max: u64::MAX };
        }
        // Any spread will do; neighbouring pids get different ones.
        let spread = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9) >> 8;
        Self { counter, max: stats.value(counter) + u64::from(most) + spread % (u64::from(grace) + 1) }
    }
}

struct Round {
    worker: Worker,
    runtime: Runtime,
    /// Rings when something has arrived on the lanes.
    bell: Option<AsyncFd<OwnedFd>>,
    /// Wakes the loop for deadlines; made on first use.
    sleep: Option<Pin<Box<Sleep>>>,
    batch: Batch,
    /// Signals have arrived.
    rung: bool,
    work: Work,
}

impl Round {
    fn run<A: App>(&mut self, post: &Post<'_>, app: &A) -> io::Result<()> {
        let worker = self.worker.clone();
        let core = &*worker.0;
        process::sys::child::loop_begins();
        // A fresh life allows these steps.
        let _ = core.life.enter(Lifecycle::Starting);
        let watched = post.signals.map(|signals| self.watch_signals(signals)).transpose()?;
        {
            let _guard = self.runtime.enter();
            core.peers.listen(post.pipes, &core.reactor, &core.tasks)?;
        }
        worker.take_datagram_sockets(post.ports)?;
        worker.greet_reactors();
        match worker.user_process() {
            Some(index) => app.on_user_process(&worker, index),
            None => app.on_worker_start(&worker),
        }
        let _ = core.life.enter(Lifecycle::Running);
        let acceptors = self.accept(post.ports)?;
        while core.stop.get().is_none() {
            if worker.user_process().is_some() && app.is_idle() && !core.has_work() {
                // Its function has returned, and left nothing to wait for.
                worker.stop(Stop::Reload);
                break;
            }
            self.turn(app, None);
            if let Some(signals) = post.signals {
                self.hear_signals(app, signals);
            }
            if core.is_told_to_close() {
                worker.stop(Stop::Shutdown);
            }
        }
        acceptors.iter().for_each(JoinHandle::abort);
        // What is read is nobody else's to answer.
        worker.take_datagrams(app);
        self.stop(app, core.stop.get().unwrap_or(Stop::Shutdown));
        watched.inspect(JoinHandle::abort);
        // What is still owed to peers may be the application's, which must not lend it for longer.
        core.reactor.all_links().iter().for_each(|link| link.abandon(&core.reactor));
        self.bell = None;
        // The handle may outlive the runtime; what it would still hold of it must not.
        self.runtime.block_on(core.tasks.run_until(turns::pass()));
        process::sys::child::loop_is_over();
        Ok(())
    }

    fn accept(&self, ports: &[Bound]) -> io::Result<Vec<JoinHandle<()>>> {
        if !self.worker.owns_sockets() {
            return Ok(Vec::new());
        }
        let _guard = self.runtime.enter();
        self.worker.accept(ports)
    }

    /// One round: wait for something, then do all of it.
    fn turn<A: App>(&mut self, app: &A, until: Option<Instant>) {
        if process::sys::child::is_forked_inside() {
            // A callback forked it and waits in it. There is no loop for it here: this one is its parent's.
            process::sys::child::leave(0);
        }
        let worker = self.worker.clone();
        let core = &*worker.0;
        let reactor = &core.reactor;
        let due = [reactor.next_deadline_ms().map(|at| reactor.instant(at)), app.next_deadline(), until];
        self.wait(app, due.into_iter().flatten().min());
        // A bell that nobody hears any more must not keep the loop awake.
        self.rung |= reactor.was_rung();
        let began = reactor.update_clock();
        reactor.stats.set(Counter::Busy, 1);
        reactor.take_batch(&mut self.batch);
        app.guarded(&worker, &mut || {
            worker.dispatch(app, &mut self.batch);
            reactor.restore_batch(&mut self.batch);
            worker.take_datagrams(app);
            worker.obey(app);
            worker.read_lanes(app);
            worker.begin_kept(app);
            app.run_ready(&worker);
            worker.settle(app);
        });
        reactor.flush_deferred();
        reactor.fire_deadlines();
        reactor.stats.set(Counter::Busy, 0);
        reactor.stats.add(Counter::BusyNanos, began.elapsed().as_nanos() as u64);
        if reactor.stats.value(self.work.counter) >= self.work.max {
            worker.stop(Stop::Reload);
        }
    }

    fn wait<A: App>(&mut self, app: &A, until: Option<Instant>) {
        let reactor = Rc::clone(&self.worker.0.reactor);
        let core = Rc::clone(&self.worker.0);
        let (sleep, bell) = (&mut self.sleep, &self.bell);
        // Tasks first, then the look at what they brought: the other way round the runtime would ask the kernel once
        // more before it looked again.
        let mut tasks = pin!(core.tasks.run_until(poll_fn(|_| {
            reactor.run_wakes();
            Poll::<()>::Pending
        })));
        let waiting = poll_fn(|cx| {
            let _ = tasks.as_mut().poll(cx);
            if reactor.poll_events(cx).is_ready() | app.poll_ready(cx).is_ready() | core.has_work() {
                return Poll::Ready(());
            }
            if bell.as_ref().is_some_and(|bell| core.has_arrived(bell, cx)) {
                return Poll::Ready(());
            }
            until.map_or(Poll::Pending, |until| poll_sleep(sleep, until, cx))
        });
        self.runtime.block_on(waiting);
        if let Some(lanes) = &self.worker.0.lanes {
            lanes.bell().wake_up();
        }
    }

    fn watch_signals(&self, signals: &Signals) -> io::Result<JoinHandle<()>> {
        let _guard = self.runtime.enter();
        let bell = tokio::net::UnixStream::from_std(signals.bell()?)?;
        let reactor = Rc::clone(&self.worker.0.reactor);
        Ok(self.worker.0.tasks.spawn_local(unbudgeted(async move {
            let mut strokes = [0; 64];
            while bell.readable().await.is_ok() {
                // Reading is what makes tokio wait for the next stroke.
                let _ = bell.try_read(&mut strokes);
                reactor.ring();
            }
        })))
    }

    fn hear_signals<A: App>(&mut self, app: &A, signals: &Signals) {
        if !std::mem::take(&mut self.rung) {
            return;
        }
        for signal in signals.arrived() {
            if self.worker.is_reactor() {
                self.worker.hear_master_signal(app, signal);
                continue;
            }
            match signal {
                Signal::SIGTERM | Signal::SIGINT => self.worker.stop(Stop::Shutdown),
                // No reload concerns these.
                Signal::SIGUSR1 if self.worker.user_process().is_some() => {}
                Signal::SIGUSR1 if self.worker.is_managed() => self.worker.stop(Stop::Reload),
                Signal::SIGUSR1 => {
                    app.log(LogLine::Warning("reload is not supported with single process mode"))
                }
                Signal::SIGWINCH => LOG.reopen(),
                _ => {}
            }
        }
    }

    /// Tells every connection to go, waits for them and for coroutines, and calls `on_close` for all.
    fn stop<A: App>(&mut self, app: &A, stop: Stop) {
        let worker = self.worker.clone();
        let core = &*worker.0;
        let _ = core.life.enter(Lifecycle::Stopping);
        if stop == Stop::Abort {
            core.reactor.all_links().iter().for_each(|link| core.say_goodbye(link, stop));
            return;
        }
        if stop == Stop::Shutdown && worker.is_first() && worker.ends_with_all() {
            app.on_before_shutdown();
        }
        let has_events = worker.user_process().is_none();
        let deadline = Instant::now() + core.options.max_wait.unwrap_or(FOR_EVER);
        for link in core.reactor.all_links() {
            core.say_goodbye(&link, stop);
        }
        worker.settle(app);
        if worker.is_task_worker() {
            // What it has not begun is for its successor.
            core.peers.inbox.close();
        }
        if stop == Stop::Shutdown {
            // The ends of connections above all; whatever comes later is for a successor, if there is one.
            core.last_news.replace(core.lanes.as_ref().map(Lanes::marks));
        }
        let has_tasks = || worker.is_task_worker() && !core.peers.inbox.is_over();
        // When all end, nobody may be left to read it.
        let has_mail = || {
            stop == Stop::Reload && core.peers.is_sending()
                || core.lanes.as_ref().is_some_and(Lanes::is_sending)
        };
        let has_news = || !worker.is_reactor() && (core.wants_news() || core.waiting.keeps_records());
        let has_files = || !core.files_on_the_way.borrow().is_empty();
        let has_work = || core.options.waits_for_work && (core.sessions.get() > 0 || !app.is_idle());
        let is_busy = || has_tasks() || has_news() || has_mail() || has_files() || has_work();
        let mut next_call = Instant::now();
        while is_busy() && Instant::now() < deadline {
            if has_events && core.sessions.get() == 0 && Instant::now() >= next_call {
                app.on_worker_exit(&worker);
                next_call = Instant::now() + EXIT_CALLS;
            }
            self.turn(app, Some(deadline.min(next_call.max(Instant::now() + TICK))));
        }
        for link in core.reactor.all_links() {
            core.finish(&link, Closed::by_server(CloseCause::Shutdown));
        }
        worker.settle(app);
        if has_events {
            app.on_worker_stop(&worker);
        }
        // The manager's patience ends soon after the deadline.
        let linger = (Instant::now() + Duration::from_millis(LINGER_MS)).min(deadline + FAREWELL);
        while core.reactor.link_count() > 0 && Instant::now() < linger {
            self.turn(app, Some(linger));
        }
        let _ = core.life.enter(Lifecycle::Stopped);
    }
}

impl Core {
    /// Whether an earlier call left something to do that no event announces.
    fn has_work(&self) -> bool {
        !self.endings.borrow().is_empty()
            || !self.resumed.borrow().is_empty()
            || !self.reactor.datagrams.is_empty()
            || (!self.peers.inbox.is_empty() && !self.holds_back())
            || self.waiting.has_heard_again()
            || self.stop_is_news()
    }

    /// Whether there is something to do for the lanes; else the bell rings when there is.
    fn has_arrived(&self, bell: &AsyncFd<OwnedFd>, cx: &mut Context<'_>) -> bool {
        let Some(lanes) = &self.lanes else { return false };
        let mut rang = false;
        // Forgets strokes and asks for the next.
        while let Poll::Ready(Ok(mut stroke)) = bell.poll_read_ready(cx) {
            stroke.clear_ready();
            rang = true;
        }
        lanes.bell().fall_asleep();
        let mut both = std::iter::once(lanes).chain(&self.office);
        let has_news = |lanes: &Lanes| self.wants_news() && lanes.has_mail();
        rang || both.any(|lanes| has_news(lanes) || lanes.has_room_to_send()) || self.is_told_to_close()
    }

    /// Whether this is a reactor of a master that ends.
    fn is_told_to_close(&self) -> bool {
        self.options.is_reactor(self.id)
            && self.stop.get().is_none()
            && self.lanes.as_ref().is_some_and(|lanes| lanes.rings.are_closing())
    }

    /// A task worker begins nothing new while nobody takes what came out of the old.
    pub(super) fn holds_back(&self) -> bool {
        self.options.is_task_worker(self.id) && self.peers.is_congested()
    }

    /// Whether `stop` was called and the loop has not begun to stop.
    fn stop_is_news(&self) -> bool {
        self.stop.get().is_some() && self.life.now() < Lifecycle::Stopping
    }

    /// RFC 6455, 7.4.1: 1001 says "that an endpoint is 'going away', such as a server going down"; 1012 is its
    /// registered sibling for a restart.
    fn say_goodbye(&self, link: &Rc<Link>, stop: Stop) {
        if link.stage() != Stage::Open {
            return;
        }
        let (code, text) = match stop {
            Stop::Shutdown | Stop::Abort => (1001, "server shutdown"),
            Stop::Reload => (1012, "server restart"),
        };
        let websocket = matches!(*link.talk.borrow(), Talk::WebSocket(_));
        let owed = link.talk.borrow().owes_response();
        if websocket && let Ok(reason) = CloseReason::new(code, text) {
            // Refused means that a Close is under way already.
            let _ = self.begin_close(link, &reason);
        } else if !owed {
            self.finish(link, Closed::by_server(CloseCause::Shutdown));
        }
    }
}

fn poll_sleep(sleep: &mut Option<Pin<Box<Sleep>>>, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
    let until = tokio::time::Instant::from_std(until);
    let sleep = sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
    if sleep.deadline() != until {
        sleep.as_mut().reset(until);
    }
    sleep.as_mut().poll(cx)
}

/// `max_wait_time` 0.
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);
/// How long after its deadline a worker still waits for peers to close their side.
const FAREWELL: Duration = Duration::from_millis(200);
/// How often a stopping worker reminds the application.
const EXIT_CALLS: Duration = Duration::from_secs(1);
/// How often a stopping worker looks whether it may end.
const TICK: Duration = Duration::from_millis(50);
