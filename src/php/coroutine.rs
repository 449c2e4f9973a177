//! `Swoole\Coroutine` (alias `Co`): coroutines as a script sees them, on the scheduler that runs the server's callbacks.

pub mod barrier;
pub mod channel;
pub mod client;
pub mod context;
pub mod http;
pub mod iterator;
pub mod library;
pub mod lock;
pub mod options;
pub mod scheduler;
pub mod socket;
pub mod system;
pub mod wait_group;

use std::fmt::Write;
use std::time::Duration;

use super::exceptions;
use crate::coroutine::{Cancel, Cid, SpawnError, Wait, Wake};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::zend::{
    Array, Call, Callback, Class, Functions, Object, Result, Thrown, Value, error, ini, world,
};

/// The class.
pub static COROUTINE: Class = Class::new("Swoole\\Coroutine");

/// Defines the class and the functions that are its methods under other names.
pub fn register() {
    system::methods(COROUTINE.define())
        .method("static create(callable $func, mixed ...$param): int|false", create)
        .method("static defer(callable $callback): void", defer)
        .method("static set(array $options): void", options::set)
        .method("static getOptions(): ?array", options::get)
        .method("static exists(int $cid): bool", exists)
        .method("static yield(): bool", yield_)
        .method("static cancel(int $cid, bool $throw_exception = false): bool", cancel)
        .method("static join(array $cid_array, float $timeout = -1.0): bool", join)
        .method("static isCanceled(): bool", is_canceled)
        .method("static setTimeLimit(float $timeout): bool", set_time_limit)
        .method("static suspend(): bool", yield_)
        .method("static resume(int $cid): bool", resume)
        .method("static stats(): array", stats)
        .method("static getCid(): int", cid)
        .method("static getuid(): int", cid)
        .method("static getPcid(int $cid = 0): int|false", parent)
        .method("static getContext(int $cid = 0): ?Swoole\\Coroutine\\Context", context::get)
        .method(
            "static getBackTrace(int $cid = 0, int $options = DEBUG_BACKTRACE_PROVIDE_OBJECT, int $limit = 0): array|false",
            back_trace,
        )
        .method("static printBackTrace(int $cid = 0, int $options = 0, int $limit = 0): void", print_back_trace)
        .method("static getElapsed(int $cid = 0): int", elapsed)
        .method("static getStackUsage(int $cid = 0): int|false", stack_usage)
        .method("static list(): Swoole\\Coroutine\\Iterator", iterator::list)
        .method("static listCoroutines(): Swoole\\Coroutine\\Iterator", iterator::list)
        .method("static enableScheduler(): bool", scheduler_switch)
        .method("static disableScheduler(): bool", scheduler_switch)
        .register();
    system::register();
    socket::register();
    client::register();
    iterator::register();
    context::register();
    channel::register();
    scheduler::register();
    wait_group::register();
    barrier::register();
    lock::register();
    library::register();
    http::register();
    let mut functions = Functions::new()
        .function("swoole_coroutine_create(callable $func, mixed ...$params): int|false", create)
        .function("swoole_coroutine_defer(callable $callback): void", defer);
    // Before its setting exists, and by default, the short names are wanted.
    if ini::text(SHORT_NAMES).is_none() || ini::flag(SHORT_NAMES) {
        COROUTINE.alias("Co");
        channel::CHANNEL.alias("chan");
        channel::CHANNEL.alias("Co\\Channel");
        context::CONTEXT.alias("Co\\Context");
        iterator::ITERATOR.alias("Co\\Iterator");
        scheduler::SCHEDULER.alias("Co\\Scheduler");
        system::SYSTEM.alias("Co\\System");
        socket::SOCKET.alias("Co\\Socket");
        exceptions::SOCKET_EXCEPTION.alias("Co\\Socket\\Exception");
        client::CLIENT.alias("Co\\Client");
        wait_group::WAIT_GROUP.alias("Co\\WaitGroup");
        http::client::HTTP_CLIENT.alias("Co\\Http\\Client");
        exceptions::HTTP_CLIENT_EXCEPTION.alias("Co\\Http\\Client\\Exception");
        functions = functions
            .function("go(callable $func, mixed ...$params): int|false", create)
            .function("defer(callable $callback): void", defer);
    }
    functions.register();
}

/// Forgets what a script has set.
pub fn end_request() {
    options::clear();
}

/// What follows every wait of a native method: exceptions for those who are to have one, the last error for the rest.
///
/// Hands the wake back to whoever can tell a result from a timeout.
pub fn after_wait(wake: Wake) -> Result<Wake> {
    world::settle()?;
    match wake {
        Wake::Canceled(Cancel::Throw) => {
            let code = i64::from(ErrorCode::CO_CANCELED.code());
            return Err(error::throw(&exceptions::CANCELED_EXCEPTION, "the coroutine was canceled", code));
        }
        Wake::Canceled(Cancel::TimeLimit) => {
            let code = i64::from(ErrorCode::CO_TIMEDOUT.code());
            return Err(error::throw(&exceptions::TIMEOUT_EXCEPTION, "the coroutine's time is over", code));
        }
        Wake::Canceled(Cancel::Quiet) => last_error::set(ErrorCode::CO_CANCELED),
        Wake::Timeout => last_error::set(ErrorCode::CO_TIMEDOUT),
        Wake::Ready | Wake::Shutdown | Wake::Refused => {}
    }
    Ok(wake)
}

/// Throws what every API that waits throws outside a coroutine: the original's words, and the way out.
#[cold]
pub fn outside() -> Thrown {
    let code = ErrorCode::CO_OUT_OF_COROUTINE;
    last_error::set(code);
    let text = "API must be called in the coroutine: make one with go() or Swoole\\Coroutine\\run()";
    error::throw(&exceptions::ERROR, text, i64::from(code.code()))
}

/// `Ok` inside a coroutine.
#[inline]
pub fn inside() -> Result<Cid> {
    world::scheduler().current().ok_or_else(outside)
}

/// A timeout as PHP gives it: seconds, anything not above zero for ever.
pub fn deadline(seconds: f64) -> Option<u64> {
    (seconds > 0.0).then(|| world::scheduler().after(seconds_of(seconds)))
}

/// Seconds as a duration of at least a millisecond; too many are for ever.
pub fn seconds_of(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(SLEEP_SECS_MIN)).unwrap_or(Duration::MAX)
}

/// Makes a coroutine; a warning and false when there can be none.
pub fn go(body: impl FnOnce()) -> Result<Value> {
    match world::go(body)? {
        Ok(cid) => Ok(Value::from(cid.0)),
        Err(refused) => {
            error::warning(refused);
            Ok(Value::from(false))
        }
    }
}

fn create(call: &mut Call<'_>) -> Result<Value> {
    let callee: Callback = call.arg()?;
    let rest = call.rest();
    if rest.is_empty() {
        return go(move || drop(callee.call(&[])));
    }
    let args: Vec<Value> = rest.iter().map(Value::unref).collect();
    go(move || drop(callee.call(&args)))
}

fn defer(call: &mut Call<'_>) -> Result {
    let callback: Callback = call.arg()?;
    if world::defer(callback) { Ok(()) } else { Err(outside()) }
}

fn exists(call: &mut Call<'_>) -> Result<bool> {
    Ok(world::scheduler().exists(Cid(call.arg()?)))
}

fn yield_(_: &mut Call<'_>) -> Result<bool> {
    inside()?;
    let wake = after_wait(world::scheduler().suspend(Wait::Yield, None))?;
    if wake == Wake::Refused {
        error::warning(SpawnError::Blocked);
    }
    Ok(wake == Wake::Ready)
}

fn resume(call: &mut Call<'_>) -> Result<bool> {
    let cid = Cid(call.arg()?);
    match world::scheduler().waiting(cid) {
        Some((ticket, Wait::Yield)) => {
            let resumed = world::scheduler().resume(ticket, Wake::Ready);
            world::settle()?;
            Ok(resumed)
        }
        _ => {
            error::warning("can not resume the coroutine which is in IO operation");
            Ok(false)
        }
    }
}

fn cancel(call: &mut Call<'_>) -> Result<bool> {
    let cid = Cid(call.arg()?);
    let cancel = if call.arg_or(false)? { Cancel::Throw } else { Cancel::Quiet };
    if !world::scheduler().exists(cid) {
        last_error::set(ErrorCode::CO_NOT_EXISTS);
        return Ok(false);
    }
    let canceled = world::scheduler().cancel(cid, cancel);
    world::settle()?;
    if !canceled {
        last_error::set(ErrorCode::CO_CANNOT_CANCEL);
    }
    Ok(canceled)
}

fn join(call: &mut Call<'_>) -> Result<bool> {
    let list: &Array = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    let own = inside()?;
    let mut cids: Vec<Cid> = list.values().map(|cid| Cid(cid.to_long())).collect();
    if cids.contains(&own) {
        error::warning("can not join self");
        last_error::set(ErrorCode::WRONG_OPERATION);
        return Ok(false);
    }
    cids.retain(|&cid| world::scheduler().exists(cid));
    if cids.is_empty() {
        last_error::set(if list.is_empty() { ErrorCode::INVALID_PARAMS } else { ErrorCode::CO_NOT_EXISTS });
        return Ok(false);
    }
    let wake = world::scheduler().join(&cids, deadline(seconds));
    Ok(after_wait(wake)? == Wake::Ready)
}

fn is_canceled(_: &mut Call<'_>) -> Result<bool> {
    inside()?;
    Ok(world::scheduler().was_canceled())
}

fn set_time_limit(call: &mut Call<'_>) -> Result<bool> {
    let seconds: f64 = call.arg()?;
    inside()?;
    Ok(world::scheduler().limit_time(deadline(seconds)))
}

fn sleep(call: &mut Call<'_>) -> Result<bool> {
    let seconds: f64 = call.arg()?;
    if seconds.is_nan() || seconds < SLEEP_SECS_MIN {
        error::warning(format_args!("Timer must be greater than or equal to {SLEEP_SECS_MIN}"));
        return Ok(false);
    }
    inside()?;
    pause(seconds_of(seconds))
}

/// Lets the current coroutine alone wait; false when it was woken before its time. No time at all lets the others run.
pub fn pause(wait: Duration) -> Result<bool> {
    let scheduler = world::scheduler();
    let wake = if wait.is_zero() {
        scheduler.pass()
    } else {
        scheduler.suspend(Wait::Sleep, Some(scheduler.after(wait)))
    };
    if wake == Wake::Refused {
        // A destructor that the collector runs cannot leave its stack; it can still take its time.
        std::thread::sleep(wait);
        return Ok(true);
    }
    world::settle()?;
    match wake {
        Wake::Timeout => Ok(true),
        Wake::Ready if wait.is_zero() => Ok(true),
        other => after_wait(other).map(|_| false),
    }
}

fn stats(_: &mut Call<'_>) -> Result<Array> {
    let (stats, mut array) = (world::scheduler().stats(), Array::new());
    array.set("event_num", world::scheduler().ready().holds());
    array.set("signal_listener_num", 0);
    array.set("aio_task_num", 0);
    array.set("aio_worker_num", 0);
    array.set("aio_queue_size", 0);
    array.set("c_stack_size", world::stack_bytes());
    array.set("coroutine_num", stats.alive);
    array.set("coroutine_peak_num", stats.peak);
    array.set("coroutine_last_cid", stats.last_cid);
    Ok(array)
}

fn cid(_: &mut Call<'_>) -> Result<i64> {
    Ok(world::scheduler().current().map_or(OUTSIDE_CID, |cid| cid.0))
}

/// The coroutine an optional `$cid` names: 0 is the current one. `None` outside.
fn named(call: &mut Call<'_>) -> Result<Option<Cid>> {
    let cid: i64 = call.arg_or(0)?;
    Ok(if cid == 0 { world::scheduler().current() } else { Some(Cid(cid)) })
}

fn parent(call: &mut Call<'_>) -> Result<Value> {
    let found = named(call)?.and_then(|cid| world::scheduler().parent(cid));
    if found.is_none() {
        last_error::set(ErrorCode::CO_NOT_EXISTS);
    }
    Ok(Value::or_false(found.map(|parent| parent.map_or(OUTSIDE_CID, |cid| cid.0))))
}

fn elapsed(call: &mut Call<'_>) -> Result<i64> {
    let found = named(call)?.and_then(|cid| world::scheduler().elapsed(cid));
    Ok(found.map_or(-1, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)))
}

fn stack_usage(call: &mut Call<'_>) -> Result<Value> {
    let found = named(call)?.and_then(world::stack_usage);
    if found.is_none() {
        last_error::set(ErrorCode::CO_NOT_EXISTS);
    }
    Ok(Value::or_false(found))
}

fn back_trace(call: &mut Call<'_>) -> Result<Value> {
    let cid = named(call)?;
    let options: i64 = call.arg_or(PROVIDE_OBJECT)?;
    let limit: i64 = call.arg_or(0)?;
    Ok(Value::or_false(cid.and_then(|cid| world::backtrace(cid, options, limit))))
}

fn print_back_trace(call: &mut Call<'_>) -> Result {
    let cid = named(call)?;
    let options: i64 = call.arg_or(0)?;
    let limit: i64 = call.arg_or(0)?;
    if let Some(trace) = cid.and_then(|cid| world::backtrace(cid, options, limit)) {
        world::print(with_newline(world::backtrace_text(&trace)));
    }
    Ok(())
}

/// Preemption is not offered: a coroutine runs until it waits. The answer keeps scripts going that ask for it.
fn scheduler_switch(_: &mut Call<'_>) -> Result<bool> {
    Ok(true)
}

/// Names every coroutine that waits for something that cannot come any more, and where it waits.
pub fn report_deadlock() {
    let cids = world::scheduler().list();
    let mut report = format!(
        "{RULE}\n [FATAL ERROR]: all coroutines (count: {}) are asleep - deadlock!\n{RULE}\n",
        cids.len()
    );
    for cid in cids.into_iter().take(REPORTED_MAX) {
        let _ = write!(report, "\n [Coroutine-{}] waits {}\n{LINE}\n", cid.0, waits_for(cid));
        report.push_str(&where_it_waits(cid));
    }
    report.push_str(WAY_OUT);
    world::print(&report);
}

/// Logs every coroutine that a server's end finds waiting.
pub fn report_leaks() {
    for cid in world::scheduler().list().into_iter().take(REPORTED_MAX) {
        let (waits, place) = (waits_for(cid), where_it_waits(cid));
        let text = format!(
            "Coroutine-{} still waits {waits} and ends with the server; give its wait a timeout, or wake it in onWorkerExit\n{place}",
            cid.0
        );
        LOG.write(Level::Warning, text.trim_end());
    }
}

fn waits_for(cid: Cid) -> &'static str {
    match world::scheduler().waiting(cid).map(|(_, wait)| wait) {
        Some(Wait::Yield) => "for Coroutine::resume()",
        Some(Wait::Channel) => "at a channel",
        Some(Wait::Join) => "for another coroutine",
        Some(Wait::Sleep) => "for a time",
        Some(Wait::Outside) => "for something outside",
        None => "",
    }
}

fn where_it_waits(cid: Cid) -> String {
    let trace = world::backtrace(cid, IGNORE_ARGS, TRACED_MAX).unwrap_or_default();
    with_newline(world::backtrace_text(&trace))
}

fn with_newline(mut text: String) -> String {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// An object of a class whose constructor is PHP's own.
fn construct(class: &'static Class, args: &[Value]) -> Result<Object> {
    let object = Object::new(class)?;
    object.call("__construct", args)?;
    Ok(object)
}

/// The setting for `Co`, `chan`, `go` and `defer`.
const SHORT_NAMES: &str = "swoole.use_shortname";
/// What `getCid()` says outside a coroutine.
const OUTSIDE_CID: i64 = -1;
/// `SWOOLE_TIMER_MIN_SEC`.
const SLEEP_SECS_MIN: f64 = 0.001;
/// `DEBUG_BACKTRACE_PROVIDE_OBJECT`.
const PROVIDE_OBJECT: i64 = 1;
/// `DEBUG_BACKTRACE_IGNORE_ARGS`.
const IGNORE_ARGS: i64 = 2;
/// A report about more coroutines than this helps nobody.
const REPORTED_MAX: usize = 1000;
/// Frames per coroutine in a report.
const TRACED_MAX: i64 = 32;
/// What a reader of the report can do.
const WAY_OUT: &str = "
 Nothing is left that could wake them. Wait with a timeout, or end the wait: Channel::close(), Coroutine::resume(),
 Coroutine::cancel(). Coroutine::set(['enable_deadlock_check' => false]) switches this report off.
";
const RULE: &str = "===================================================================";
const LINE: &str = "--------------------------------------------------------------------";
