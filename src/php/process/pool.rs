//! `Swoole\Process\Pool`: workers that a manager forks, watches, replaces when they end, reloads and stops.

use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::rc::Rc;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::Signal;
use nix::sys::socket::{MsgFlags, recv, send};

use super::{ID, Job, PID, Process, failed, signal};
use crate::net::watch::{Events, Watch};
use crate::php::coroutine::{go, scheduler};
use crate::php::{errors, exceptions};
use crate::process::manager::{Crew, Manager, Overseer, Role};
use crate::process::pipes::Pipes;
use crate::process::sys::{self, Exit, Signals};
use crate::server::log::{LOG, Level};
use crate::zend::{
    Array, Call, Callback, Class, Gc, Native, Object, Result, Slot, Str, Thrown, Value, error, world,
};

/// The class.
pub static POOL: Class<Pool> = Class::native("Swoole\\Process\\Pool");
static MASTER_PID: Slot = Slot::new();
static WORKER_PID: Slot = Slot::new();
static WORKER_ID: Slot = Slot::new();
static WORKERS: Slot = Slot::new();
static WORKER_RUNNING: Slot = Slot::new();
static RUNNING: Slot = Slot::new();

/// The state of a pool object, in the manager and in its workers.
#[derive(Debug, Default)]
pub struct Pool {
    workers: Cell<u16>,
    coroutine: Cell<bool>,
    /// Whether workers get messages from each other.
    has_messages: Cell<bool>,
    max_wait: Cell<Option<Duration>>,
    callbacks: [RefCell<Option<Callback>>; EVENTS.len()],
    /// What each worker runs instead of `workerStart`.
    jobs: RefCell<Vec<Job>>,
    pipes: OnceCell<Pipes>,
    /// Which worker this process is.
    worker: Cell<Option<u16>>,
    started: Cell<bool>,
}

/// The events, by place in [`Pool::callbacks`].
const EVENTS: [&str; 5] = ["start", "shutdown", "workerStart", "workerStop", "message"];
const START: usize = 0;
const SHUTDOWN: usize = 1;
const WORKER_START: usize = 2;
const WORKER_STOP: usize = 3;
const MESSAGE: usize = 4;

impl Native for Pool {
    fn class() -> &'static Class<Self> {
        &POOL
    }

    fn create() -> Self {
        let pool = Self::default();
        pool.max_wait.set(Some(MAX_WAIT));
        pool
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callbacks);
        gc.add(&self.jobs);
    }
}

/// A pool with one worker for each job.
pub(super) fn of(jobs: Vec<Job>, ipc: i64) -> Result<Object> {
    let pool = Pool::create();
    pool.configure(jobs.len() as i64, ipc)?;
    pool.jobs.replace(jobs);
    Ok(Object::of(pool))
}

pub(super) fn register() {
    POOL.define()
        .slot(&MASTER_PID, "public $master_pid = -1")
        .slot(&WORKER_PID, "public $workerPid = -1")
        .slot(&WORKER_ID, "public $workerId = -1")
        .slot(&WORKERS, "public $workers = null")
        .slot(&WORKER_RUNNING, "public $workerRunning = true")
        .slot(&RUNNING, "public $running = true")
        .method(
            "__construct(int $worker_num, int $ipc_type = SWOOLE_IPC_NONE, int $msgqueue_key = 0, bool $enable_coroutine = false)",
            construct,
        )
        .method("__destruct()", |_: &mut Call<'_>| Ok(()))
        .method("set(array $settings): void", set)
        .method("on(string $name, callable $callback): bool", on)
        .method("getProcess(int $work_id = -1): Swoole\\Process|false", process)
        .method("sendMessage(string $data, int $dst_worker_id): bool", send_message)
        .method("start(): ?false", start)
        .method("stop(): void", stop)
        .method("shutdown(): bool", shutdown)
        .register();
}

fn construct(pool: &Pool, call: &mut Call<'_>) -> Result {
    let (count, ipc): (i64, i64) = (call.arg()?, call.arg_or(IPC_NONE)?);
    let _key: i64 = call.arg_or(0)?;
    pool.coroutine.set(call.arg_or(false)?);
    pool.configure(count, ipc)
}

fn set(pool: &Pool, call: &mut Call<'_>) -> Result {
    let settings: &Array = call.arg()?;
    if let Some(enable) = settings.get("enable_coroutine") {
        pool.coroutine.set(enable.to_bool());
    }
    if let Some(seconds) = settings.get("max_wait_time") {
        let seconds = u64::try_from(seconds.to_long()).unwrap_or(0);
        pool.max_wait.set((seconds > 0).then(|| Duration::from_secs(seconds)));
    }
    Ok(())
}

fn on(pool: &Pool, call: &mut Call<'_>) -> Result<bool> {
    let (name, callback): (&Str, Callback) = (call.arg()?, call.arg()?);
    let event = EVENTS.iter().position(|event| name.as_bytes().eq_ignore_ascii_case(event.as_bytes()));
    let complaint = match event {
        _ if pool.started.get() => {
            "process pool is started. unable to register event callback function".into()
        }
        None => format!("unknown event type[{name}]"),
        Some(MESSAGE) if !pool.has_messages.get() => "unable to set onMessage event with ipc_type=0".into(),
        Some(event) => {
            let before = pool.callbacks[event].replace(Some(callback));
            drop(before);
            return Ok(true);
        }
    };
    errors::warn(complaint);
    Ok(false)
}

/// The manager's life; a worker leaves it as soon as it is forked.
fn start(pool: &Pool, call: &mut Call<'_>) -> Result<Value> {
    let this = call.this();
    if pool.started.get() || pool.workers.get() == 0 {
        errors::warn(if pool.started.get() {
            "process pool is started"
        } else {
            "must call constructor first"
        });
        return Ok(Value::from(false));
    }
    if !pool.has(WORKER_START) && !pool.has(MESSAGE) && pool.jobs.borrow().is_empty() {
        errors::warn("require 'onWorkerStart' or 'onMessage' callback");
        return Ok(Value::from(false));
    }
    if !world::is_outside() {
        return Err(error::fatal("must be forked outside the coroutine"));
    }
    pool.started.set(true);
    this.set(&MASTER_PID, std::process::id());
    let ran = run(pool, this);
    pool.started.set(false);
    match ran {
        Ok(None) => Ok(Value::null()),
        Ok(Some(thrown)) => Err(thrown),
        Err(cause) => {
            failed("start()", &cause);
            Ok(Value::from(false))
        }
    }
}

/// Comes back in the manager when all workers have ended, and in a worker with what ends its script.
fn run(pool: &Pool, this: &Object) -> io::Result<Option<Thrown>> {
    if pool.has_messages.get() {
        let _ = pool.pipes.set(Pipes::open(pool.workers.get())?);
    }
    let mut signals = Signals::take_over(MANAGER_SIGNALS)?;
    let args = [Value::from(this.clone())];
    if let Some(thrown) = pool.call(START, &args) {
        return Ok(Some(thrown));
    }
    let crew = Crew { workers: pool.workers.get(), ..Crew::default() };
    match Manager::new(crew, pool.max_wait.get()).run(&signals, &Reporter)? {
        Role::Manager => {
            this.set(&RUNNING, false);
            drop(signals);
            Ok(pool.call(SHUTDOWN, &args))
        }
        Role::Worker(id) => {
            let kept: &[Signal] = if pool.has(MESSAGE) { WORKER_SIGNALS } else { &[] };
            signals.after_fork(kept)?;
            Ok(Some(live(pool, this, id, &signals)))
        }
    }
}

/// The life of a worker. Whatever it returns with ends the script.
fn live(pool: &Pool, this: &Object, id: u16, signals: &Signals) -> Thrown {
    signal::forget();
    world::after_own_fork();
    pool.worker.set(Some(id));
    this.set(&WORKER_PID, std::process::id());
    this.set(&WORKER_ID, id);
    let args = [Value::from(this.clone()), Value::from(id)];
    let ran = work(pool, this, &args, signals);
    let ran = ran.and_then(|()| {
        world::unwind();
        pool.call(WORKER_STOP, &args).map_or(Ok(()), Err)
    });
    match ran {
        Err(thrown) if error::is_exit() || !error::is_pending() => thrown,
        Err(_) => {
            // Reported here: the script around `start()` belongs to the manager, its `catch` blocks too.
            world::end_script();
            error::throw_exit()
        }
        Ok(()) => error::throw_exit(),
    }
}

/// Runs the callback and, until SIGTERM, what comes from the other workers.
fn work(pool: &Pool, this: &Object, args: &[Value; 2], signals: &Signals) -> Result {
    match pool.job() {
        Some(Job { callback, coroutine: true }) => {
            let args = args.clone();
            go(move || drop(callback.call(&args)))?;
        }
        Some(Job { callback, coroutine: false }) => drop(callback.call(args)?),
        None => {}
    }
    let listening = if pool.has(MESSAGE) { listen(pool, this, signals) } else { Ok(None) };
    let ran = scheduler::run_loop();
    match listening {
        Ok(_) => ran,
        Err(cause) => Err(error::error(format_args!("cannot listen to the other workers: {cause}"))),
    }
}

/// Has the loop hand out messages; it ends with SIGTERM or `stop()`.
fn listen(pool: &Pool, this: &Object, signals: &Signals) -> io::Result<Option<[crate::coroutine::Job; 2]>> {
    let (Some(callback), Some(id), Some(pipes)) =
        (pool.callback(MESSAGE), pool.worker.get(), pool.pipes.get())
    else {
        return Ok(None);
    };
    let Some(inbox) = pipes.inbox(id) else { return Ok(None) };
    let watch = Rc::new(Watch::new(inbox.try_clone_to_owned()?));
    let (reader, this) = (Rc::clone(&watch), this.clone());
    let bell = world::scheduler().hang_bell(Rc::new(move |_| {
        while let Some(message) = receive(&reader) {
            let args = [Value::from(this.clone()), Value::from(Str::new(&message))];
            if callback.call(&args).is_err() {
                return;
            }
        }
    }));
    let ready = Rc::clone(world::scheduler().ready());
    let messages = world::start(async move {
        while Rc::clone(&watch).ready(Events::READ).await.is_ok() {
            ready.strike(bell, false);
            // The loop takes them all before this task looks again.
            tokio::task::yield_now().await;
        }
    })?;
    let terminated = Rc::new(Watch::new(signals.bell()?.into()));
    let end = world::start(async move {
        if terminated.ready(Events::READ).await.is_ok() {
            world::scheduler().stop();
        }
    })?;
    Ok(Some([messages, end]))
}

fn receive(inbox: &Watch) -> Option<Vec<u8>> {
    let mut message = vec![0; MESSAGE_BYTES_MAX];
    let len = recv(inbox.file().as_raw_fd(), &mut message, MsgFlags::MSG_DONTWAIT).ok()?;
    message.truncate(len);
    Some(message)
}

fn send_message(pool: &Pool, call: &mut Call<'_>) -> Result<bool> {
    let (data, target): (&Str, i64) = (call.arg()?, call.arg()?);
    let outbox = u16::try_from(target).ok().and_then(|target| pool.pipes.get()?.outbox(target));
    let Some(outbox) = outbox else {
        errors::warn(if pool.pipes.get().is_none() {
            "unable to send message with ipc_type=0, or before start()".into()
        } else {
            format!("worker_id[{target}] is invalid")
        });
        return Ok(false);
    };
    // The inbox does not block, but a sender waits for room as in any pipe.
    let sent = loop {
        match send(outbox.as_fd().as_raw_fd(), data.as_bytes(), MsgFlags::empty()) {
            Err(Errno::EAGAIN) => std::thread::sleep(NAP),
            Err(Errno::EINTR) => {}
            sent => break sent,
        }
    };
    Ok(sent.inspect_err(|cause| failed("sendMessage()", &(*cause).into())).is_ok())
}

/// The process of this worker, for `name()`, `exit()` and the like.
fn process(pool: &Pool, call: &mut Call<'_>) -> Result<Value> {
    let wanted: i64 = call.arg_or(-1)?;
    let Some(own) = pool.worker.get().map(i64::from) else { return Ok(Value::from(false)) };
    if wanted >= 0 && wanted != own {
        errors::warn("a worker knows its own process only");
        return Ok(Value::from(false));
    }
    let process = Process::default();
    process.pid.set(std::process::id());
    process.id.set(own);
    let object = Object::of(process);
    object.set(&PID, std::process::id());
    object.set(&ID, own);
    Ok(Value::from(object))
}

/// Ends this worker: its loop at once, a loop of its own when it looks at `$workerRunning`.
fn stop(pool: &Pool, call: &mut Call<'_>) -> Result {
    if pool.worker.get().is_some() {
        call.this().set(&WORKER_RUNNING, false);
        world::scheduler().stop();
    }
    Ok(())
}

/// Ends the pool.
fn shutdown(_: &Pool, call: &mut Call<'_>) -> Result<bool> {
    let master = u32::try_from(call.this().get(&MASTER_PID).to_long()).unwrap_or(0);
    sys::kill(master, Signal::SIGTERM);
    Ok(master != 0)
}

impl Pool {
    fn configure(&self, workers: i64, ipc: i64) -> Result {
        match u16::try_from(workers) {
            Ok(workers) if workers > 0 => self.workers.set(workers),
            _ => {
                let text = format_args!("invalid worker_num [{workers}]");
                return Err(error::throw(&exceptions::EXCEPTION, text, 0));
            }
        }
        if ipc != IPC_NONE && ipc != IPC_UNIXSOCK {
            let text = "of the ipc types only SWOOLE_IPC_NONE and SWOOLE_IPC_UNIXSOCK are supported";
            return Err(error::throw(&exceptions::EXCEPTION, text, 0));
        }
        self.has_messages.set(ipc == IPC_UNIXSOCK);
        Ok(())
    }

    /// What this worker runs first of all.
    fn job(&self) -> Option<Job> {
        let own = self.worker.get().and_then(|id| self.jobs.borrow().get(usize::from(id)).cloned());
        own.or_else(|| Some(Job { callback: self.callback(WORKER_START)?, coroutine: self.coroutine.get() }))
    }

    fn has(&self, event: usize) -> bool {
        self.callbacks[event].borrow().is_some()
    }

    /// A clone, so that nothing is borrowed while it runs.
    fn callback(&self, event: usize) -> Option<Callback> {
        self.callbacks[event].borrow().clone()
    }

    /// Calls back, if there is somebody to call.
    fn call(&self, event: usize, args: &[Value]) -> Option<Thrown> {
        self.callback(event)?.call(args).err()
    }
}

/// What the log learns of workers.
struct Reporter;

impl Overseer for Reporter {
    fn failed(&self, worker: u16, pid: u32, exit: Exit) {
        let (code, signal) = match exit {
            Exit::Code(code) => (code, 0),
            Exit::Signal(signal) => (0, signal),
        };
        let line = format!("worker(pid={pid}, id={worker}) abnormal exit, status={code}, signal={signal}");
        LOG.write(Level::Warning, &line);
    }

    fn not_forked(&self, worker: u16, cause: &io::Error) {
        LOG.write(Level::Warning, &format!("worker {worker} is not forked yet: {cause}"));
    }

    fn killed(&self, worker: u16) {
        LOG.write(Level::Warning, &format!("worker exit timeout, forced termination of worker {worker}"));
    }

    fn reopen_log(&self) {
        LOG.reopen();
    }

    fn forked(&self, _worker: u16, _pid: u32) {}
    fn ended(&self, _worker: u16) {}
    fn before_reload(&self) {}
    fn after_reload(&self) {}
    fn stopping(&self) {}
}

/// SIGTERM and SIGINT stop, SIGUSR1 reloads, SIGCHLD wakes the manager.
const MANAGER_SIGNALS: &[Signal] = &[Signal::SIGTERM, Signal::SIGINT, Signal::SIGUSR1, Signal::SIGCHLD];
/// A worker that listens to others ends its loop with these; any other does what PHP does.
const WORKER_SIGNALS: &[Signal] = &[Signal::SIGTERM, Signal::SIGUSR1];
/// How long a worker may take to stop.
const MAX_WAIT: Duration = Duration::from_secs(3);
/// What a pipe takes at once.
const MESSAGE_BYTES_MAX: usize = 64 << 10;
/// How long a sender waits before it looks again whether there is room.
const NAP: Duration = Duration::from_millis(1);
/// `SWOOLE_IPC_NONE` and `SWOOLE_IPC_UNIXSOCK`.
const IPC_NONE: i64 = 0;
const IPC_UNIXSOCK: i64 = 1;
