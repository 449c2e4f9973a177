//! `Swoole\Process`: a child process with a pipe to it, and what a process may do to itself and others.

mod machine;
mod manager;
mod pipe;
mod pool;
mod queue;
pub mod signal;

use std::cell::{Cell, RefCell};
use std::os::fd::RawFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::coroutine::{go, scheduler};
use super::errors;
use super::functions::set_process_name;
use crate::process::pipe::{Kind, Pipe};
use crate::process::sys::{Fork, child};
use crate::server::error::{Domain, ErrorCode};
use crate::zend::{
    Array, Call, Callback, Class, Gc, Native, Object, Result, Slot, Thrown, Trace, Value, error, world,
};

/// The class.
pub static PROCESS: Class<Process> = Class::native("Swoole\\Process");
static PIPE: Slot = Slot::new();
static QUEUE_ID: Slot = Slot::new();
static QUEUE_KEY: Slot = Slot::new();
static PID: Slot = Slot::new();
static ID: Slot = Slot::new();
static CALLBACK: Slot = Slot::new();

/// The state of a process object, in the parent and, from `start()` on, in the child.
#[derive(Debug, Default)]
pub struct Process {
    callback: RefCell<Option<Callback>>,
    pipe: RefCell<Option<Pipe>>,
    /// What `exportSocket()` made of this process's end.
    exported: RefCell<Option<Object>>,
    kind: Cell<Option<Kind>>,
    queue: queue::Use,
    /// Whether the child's standard input and output are the pipe.
    redirect: Cell<bool>,
    /// Whether the callback runs in a coroutine.
    coroutine: Cell<bool>,
    id: Cell<i64>,
    pid: Cell<u32>,
}

impl Process {
    pub fn is_started(&self) -> bool {
        self.pid.get() != 0
    }

    /// A server will fork it, under this number for now.
    pub fn join_server(&self, this: &Object, number: i64) -> Result {
        if self.callback.borrow().is_none() {
            return Err(unconstructed());
        }
        self.id.set(number);
        this.set(&ID, number);
        Ok(())
    }

    /// In the process that a server has forked for it: what it runs.
    pub fn live_in_server(&self, this: &Object, number: u16) -> Option<Job> {
        signal::forget();
        self.enter(this);
        self.id.set(number.into());
        this.set(&ID, number);
        let callback = self.callback.borrow().clone()?;
        Some(Job { callback, coroutine: self.coroutine.get() })
    }

    /// The child's first steps.
    fn enter(&self, this: &Object) {
        enter_pipe(self, this);
        self.pid.set(std::process::id());
        this.set(&PID, std::process::id());
    }
}

/// What a process runs.
#[derive(Clone, Debug)]
pub struct Job {
    pub callback: Callback,
    /// Whether it does so in a coroutine.
    pub coroutine: bool,
}

impl Trace for Job {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callback);
    }
}

impl Native for Process {
    fn class() -> &'static Class<Self> {
        &PROCESS
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callback);
        gc.add(&self.exported);
    }
}

/// Defines the class.
pub fn register() {
    PROCESS
        .define()
        .constant("IPC_NOWAIT", queue::NO_WAIT)
        .constant("PIPE_MASTER", pipe::MASTER)
        .constant("PIPE_WORKER", pipe::WORKER)
        .constant("PIPE_READ", pipe::READ)
        .constant("PIPE_WRITE", pipe::WRITE)
        .constant("PIPE_TYPE_NONE", 0)
        .constant("PIPE_TYPE_STREAM", STREAM)
        .constant("PIPE_TYPE_DGRAM", 2)
        .slot(&PIPE, "public $pipe = null")
        .slot(&QUEUE_ID, "public $msgQueueId = null")
        .slot(&QUEUE_KEY, "public $msgQueueKey = null")
        .slot(&PID, "public $pid = null")
        .slot(&ID, "public $id = null")
        .slot(&CALLBACK, "private $callback = null")
        .method(
            "__construct(callable $callback, bool $redirect_stdin_and_stdout = false, int $pipe_type = SOCK_DGRAM, bool $enable_coroutine = false)",
            construct,
        )
        .method("__destruct()", |_: &mut Call<'_>| Ok(()))
        .method("static wait(bool $blocking = true): array|false", wait)
        .method("static signal(int $signal_no, ?callable $callback = null): bool", signal::listen)
        .method("static alarm(int $usec, int $type = 0): bool", signal::alarm)
        .method("static kill(int $pid, int $signal_no = SIGTERM): bool", signal::kill)
        .method("static daemon(bool $nochdir = true, bool $noclose = true, array $pipes = []): bool", machine::daemon)
        .method("static setAffinity(array $cpu_settings): bool", machine::set_affinity)
        .method("static getAffinity(): array", machine::affinity)
        .method("setPriority(int $which, int $priority, ?int $who = null): bool", machine::set_priority)
        .method("getPriority(int $which, ?int $who = null): int|false", machine::priority)
        .method("set(array $settings): void", set)
        .method("setTimeout(float $seconds): bool", pipe::set_timeout)
        .method("setBlocking(bool $blocking): bool", pipe::set_blocking)
        .method("useQueue(int $key = 0, int $mode = 2, int $capacity = -1): bool", queue::open)
        .method("statQueue(): array|false", queue::stat)
        .method("freeQueue(): bool", queue::free)
        .method("start(): int|bool", start)
        .method("write(string $data): int|false", pipe::write)
        .method("close(int $which = 0): bool", pipe::close)
        .method("read(int $size = 8192): string|false", pipe::read)
        .method("push(string $data): bool", queue::push)
        .method("pop(int $size = 65536): string|false", queue::pop)
        .method("exit(int $exit_code = 0): void", exit)
        .method("exec(string $exec_file, array $args): bool", machine::exec)
        .method("exportSocket(): Swoole\\Coroutine\\Socket|false", pipe::export)
        .method("name(string $process_name): bool", |_: &Process, call: &mut Call<'_>| set_process_name(call))
        .register();
    pool::register();
    manager::register();
}

/// The script has ended.
pub fn end_request() {
    signal::forget();
    LAST_ID.set(0);
}

fn construct(process: &Process, call: &mut Call<'_>) -> Result {
    let callable: &Value = call.arg()?;
    let callback = Callback::resolve(callable).map_err(|reason| {
        error::type_error(format_args!(
            "Swoole\\Process::__construct(): Argument #1 ($callback) must be a valid callback, {reason}"
        ))
    })?;
    let redirect = call.arg_or(false)?;
    let pipe_type: i64 = call.arg_or(MESSAGES)?;
    process.redirect.set(redirect);
    process.coroutine.set(call.arg_or(false)?);
    process.kind.set(match pipe_type {
        _ if redirect => Some(Kind::Stream),
        ..=0 => None,
        STREAM => Some(Kind::Stream),
        _ => Some(Kind::Messages),
    });
    let id = LAST_ID.get() + 1;
    LAST_ID.set(id);
    process.id.set(id);
    let this = call.this();
    this.set(&ID, id);
    this.set(&CALLBACK, callable.unref());
    process.callback.replace(Some(callback));
    connect(process, this)
}

/// Makes the pipe, if there is to be one.
fn connect(process: &Process, this: &Object) -> Result {
    let Some(kind) = process.kind.get() else { return Ok(()) };
    let pipe = Pipe::open(kind)
        .map_err(|cause| error::error(format_args!("failed to create unix soccket: {cause}")))?;
    this.set(&PIPE, pipe.fd());
    process.pipe.replace(Some(pipe));
    Ok(())
}

fn set(process: &Process, call: &mut Call<'_>) -> Result {
    let settings: &Array = call.arg()?;
    if let Some(enable) = settings.get("enable_coroutine") {
        process.coroutine.set(enable.to_bool());
    }
    Ok(())
}

/// Forks. The parent goes on; the child runs the callback and ends.
fn start(process: &Process, call: &mut Call<'_>) -> Result<Value> {
    let this = call.this();
    if process.callback.borrow().is_none() {
        return Err(unconstructed());
    }
    let pid = process.pid.get();
    if pid != 0 && kill(Pid::from_raw(pid.cast_signed()), None).is_ok() {
        errors::warn("process has already been started");
        return Ok(Value::from(false));
    }
    if !world::is_outside() {
        return Err(error::fatal("must be forked outside the coroutine"));
    }
    let is_used = process.pipe.borrow().as_ref().is_some_and(|pipe| !pipe.is_whole());
    if is_used && pid != 0 {
        connect(process, this)?;
    }
    match child::fork() {
        Ok(Fork::Parent { child }) => {
            process.pid.set(child);
            this.set(&PID, child);
            if let Some(pipe) = &mut *process.pipe.borrow_mut() {
                pipe.stay();
            }
            Ok(Value::from(child))
        }
        Ok(Fork::Child) => Err(live(process, this)),
        Err(cause) => {
            failed("fork()", &cause);
            Ok(Value::from(false))
        }
    }
}

/// The life of a child. Whatever it returns with ends the script.
fn live(process: &Process, this: &Object) -> Thrown {
    signal::forget();
    world::after_own_fork();
    process.enter(this);
    let callback = process.callback.borrow().clone();
    let ran = callback.map_or(Ok(()), |callback| {
        let args = [Value::from(this.clone())];
        if process.coroutine.get() {
            go(move || drop(callback.call(&args))).map(drop)
        } else {
            callback.call(&args).map(drop)
        }
    });
    let ran = ran.and_then(|()| scheduler::run_loop());
    // What still waits will not be waited for once more when the script ends.
    world::unwind();
    if let Err(thrown) = ran {
        if error::is_exit() || !error::is_pending() {
            return thrown;
        }
        // Reported here: the script around `start()` belongs to the parent, its `catch` blocks too.
        world::end_script();
    }
    error::throw_exit()
}

fn enter_pipe(process: &Process, this: &Object) {
    // It was made of the parent's end.
    drop(process.exported.take());
    let fd = process.pipe.borrow_mut().as_mut().and_then(|pipe| {
        pipe.enter_child();
        pipe.fd()
    });
    let Some(fd) = fd else { return };
    // Nothing is borrowed: what a script has put there may have a destructor.
    this.set(&PIPE, fd);
    if process.redirect.get() {
        for standard in [STDIN, STDOUT] {
            if let Err(cause) = child::redirect(fd, standard) {
                failed("dup2()", &cause);
            }
        }
    }
}

/// Waits for the end of any child.
fn wait(call: &mut Call<'_>) -> Result<Value> {
    let flags = if call.arg_or(true)? { WaitPidFlag::empty() } else { WaitPidFlag::WNOHANG };
    let (pid, code, signal) = loop {
        match waitpid(None, Some(flags)) {
            Ok(WaitStatus::Exited(pid, code)) => break (pid, code, 0),
            Ok(WaitStatus::Signaled(pid, signal, _)) => break (pid, 0, signal as i32),
            Err(Errno::EINTR) => {}
            Ok(_) | Err(_) => return Ok(Value::from(false)),
        }
    };
    let mut ended = Array::new();
    ended.set("pid", pid.as_raw());
    ended.set("code", code);
    ended.set("signal", signal);
    Ok(Value::from(ended))
}

/// Ends the child that calls it.
fn exit(process: &Process, call: &mut Call<'_>) -> Result {
    let code: i64 = call.arg_or(0)?;
    if process.pid.get() != std::process::id() {
        errors::warn("not current process");
        return Ok(());
    }
    let code = u8::try_from(code).unwrap_or_else(|_| {
        errors::warn("exit_code must be between 0 and 255");
        1
    });
    Err(error::exit(code.into()))
}

fn unconstructed() -> Thrown {
    error::error("must call constructor first")
}

/// A warning about what the system refused.
fn failed(what: &str, cause: &std::io::Error) {
    let errno = cause.raw_os_error().unwrap_or(0);
    let text = Domain::System.text(errno);
    errors::warn_with(ErrorCode::new(errno), format_args!("{what} failed, Error: {text}[{errno}]"));
}

/// Seconds as PHP gives them; too many are for ever.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}

thread_local! {
    static LAST_ID: Cell<i64> = const { Cell::new(0) };
}

/// `SOCK_STREAM` and `SOCK_DGRAM`, as pipe types.
const STREAM: i64 = 1;
const MESSAGES: i64 = 2;
const STDIN: RawFd = 0;
const STDOUT: RawFd = 1;
