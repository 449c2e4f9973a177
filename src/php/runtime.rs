//! `Swoole\Runtime`: which of PHP's own functions let other coroutines run while they wait.
//!
//! The sleeping functions do; the other flags are kept and change nothing.

use std::cell::Cell;
use std::time::{Duration, SystemTime};

use super::coroutine::pause;
use crate::zend::hook::Hooks;
use crate::zend::{Call, Class, Result, Value, error, world};

/// The class.
pub static RUNTIME: Class = Class::new("Swoole\\Runtime");

/// Defines the class.
pub fn register() {
    RUNTIME
        .define()
        .method("static enableCoroutine(int $flags = SWOOLE_HOOK_ALL): bool", enable)
        .method("static getHookFlags(): int", |_: &mut Call<'_>| Ok(FLAGS.get()))
        .method("static setHookFlags(int $flags): bool", enable)
        .register();
}

/// Adds the functions that wait.
pub fn add(hooks: Hooks) -> Hooks {
    hooks
        .hook("sleep", sleeps_here, sleep)
        .hook("usleep", sleeps_here, usleep)
        .hook("time_nanosleep", sleeps_here, time_nanosleep)
        .hook("time_sleep_until", sleeps_here, time_sleep_until)
}

/// `hook_flags` of `Coroutine::set()`.
pub fn set_flags(flags: i64) {
    FLAGS.set(flags);
}

/// Forgets what a script has set.
pub fn end_request() {
    FLAGS.set(0);
}

/// Scripts of older versions pass a bool.
fn enable(call: &mut Call<'_>) -> Result<bool> {
    let flags: Option<&Value> = call.opt()?;
    FLAGS.set(match flags.map(|flags| (flags.as_bool(), flags)) {
        None | Some((Some(true), _)) => HOOK_ALL,
        Some((Some(false), _)) => 0,
        Some((None, flags)) => flags.to_long(),
    });
    Ok(true)
}

fn sleeps_here() -> bool {
    FLAGS.get() & HOOK_SLEEP != 0 && !world::is_outside()
}

fn sleep(call: &mut Call<'_>) -> Result<i64> {
    let seconds: i64 = call.arg()?;
    let Ok(wait) = u64::try_from(seconds) else {
        return Err(error::value_error("sleep(): Argument #1 ($seconds) must be greater than or equal to 0"));
    };
    let slept = pause(Duration::from_secs(wait))?;
    Ok(if slept { 0 } else { seconds })
}

fn usleep(call: &mut Call<'_>) -> Result {
    let Ok(wait) = u64::try_from(call.arg::<i64>()?) else {
        let text = "usleep(): Argument #1 ($microseconds) must be greater than or equal to 0";
        return Err(error::value_error(text));
    };
    pause(Duration::from_micros(wait)).map(drop)
}

fn time_nanosleep(call: &mut Call<'_>) -> Result<bool> {
    let (seconds, nanos): (i64, i64) = (call.arg()?, call.arg()?);
    let wrong = |which: &str| {
        error::value_error(format_args!(
            "time_nanosleep(): Argument {which} must be greater than or equal to 0"
        ))
    };
    let seconds = u64::try_from(seconds).map_err(|_| wrong("#1 ($seconds)"))?;
    let nanos = u64::try_from(nanos).map_err(|_| wrong("#2 ($nanoseconds)"))?;
    if nanos >= NANOS {
        return Err(error::value_error(
            "Nanoseconds was not in the range 0 to 999 999 999 or seconds was negative",
        ));
    }
    pause(Duration::new(seconds, nanos as u32))
}

fn time_sleep_until(call: &mut Call<'_>) -> Result<bool> {
    let until: f64 = call.arg()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    match Duration::try_from_secs_f64(until - now.as_secs_f64()) {
        Ok(wait) if !wait.is_zero() => pause(wait),
        _ => {
            error::warning("Argument #1 ($timestamp) must be greater than or equal to the current time");
            Ok(false)
        }
    }
}

thread_local! {
    static FLAGS: Cell<i64> = const { Cell::new(0) };
}

/// `SWOOLE_HOOK_SLEEP`.
const HOOK_SLEEP: i64 = 512;
/// `SWOOLE_HOOK_ALL`.
pub const HOOK_ALL: i64 = 2_143_285_247;
/// In a second.
const NANOS: u64 = 1_000_000_000;
