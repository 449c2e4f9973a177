//! `Swoole\Timer` and `swoole_timer_*`: callbacks later, each in a coroutine of its own.

pub mod iterator;

use std::rc::Rc;
use std::time::Duration;

use crate::zend::{Array, Call, Callback, Class, Functions, Result, Value, error, world};

/// The class.
pub static TIMER: Class = Class::new("Swoole\\Timer");

/// Defines the class and its functions.
pub fn register() {
    TIMER
        .define()
        .method("static tick(int $ms, callable $callback, mixed ...$params): int|false", tick)
        .method("static after(int $ms, callable $callback, mixed ...$params): int|false", after)
        .method("static exists(int $timer_id): bool", exists)
        .method("static info(int $timer_id): ?array", info)
        .method("static stats(): array", stats)
        .method("static list(): Swoole\\Timer\\Iterator", iterator::list)
        .method("static clear(int $timer_id): bool", clear)
        .method("static clearAll(): bool", clear_all)
        .register();
    iterator::register();
    Functions::new()
        .function("swoole_timer_after(int $ms, callable $callback, mixed ...$params): int|false", after)
        .function("swoole_timer_tick(int $ms, callable $callback, mixed ...$params): int|false", tick)
        .function("swoole_timer_info(int $timer_id): ?array", info)
        .function("swoole_timer_list(): Swoole\\Timer\\Iterator", iterator::list)
        .function("swoole_timer_exists(int $timer_id): bool", exists)
        .function("swoole_timer_stats(): array", stats)
        .function("swoole_timer_clear(int $timer_id): bool", clear)
        .function("swoole_timer_clear_all(): bool", clear_all)
        .register();
}

/// Calls back every so often, with the timer's id before the other arguments.
pub fn tick(call: &mut Call<'_>) -> Result<Value> {
    let Some((every, callback, mut args)) = arguments(call)? else { return Ok(Value::from(false)) };
    args.insert(0, Value::null());
    let ring = move |id: i64| {
        let mut args = args.clone();
        args[0] = Value::from(id);
        drop(callback.call(&args));
    };
    let id = world::scheduler().alarm_tick(every, Rc::new(ring));
    world::run_at_end();
    Ok(Value::from(id))
}

/// Calls back once.
pub fn after(call: &mut Call<'_>) -> Result<Value> {
    let Some((wait, callback, args)) = arguments(call)? else { return Ok(Value::from(false)) };
    let ring = move |_: i64| drop(callback.call(&args));
    let id = world::scheduler().alarm_after(wait, Rc::new(ring));
    world::run_at_end();
    Ok(Value::from(id))
}

/// Takes a timer away.
pub fn clear(call: &mut Call<'_>) -> Result<bool> {
    Ok(world::scheduler().clear_alarm(call.arg()?))
}

fn arguments(call: &mut Call<'_>) -> Result<Option<(Duration, Callback, Vec<Value>)>> {
    let ms: i64 = call.arg()?;
    let callback: Callback = call.arg()?;
    let args = call.rest().iter().map(Value::unref).collect();
    match u64::try_from(ms) {
        Ok(ms) if ms >= MS_MIN => Ok(Some((Duration::from_millis(ms), callback, args))),
        _ => {
            error::warning(format_args!("Timer must be greater than or equal to {MS_MIN}"));
            Ok(None)
        }
    }
}

fn exists(call: &mut Call<'_>) -> Result<bool> {
    Ok(world::scheduler().alarm_exists(call.arg()?))
}

fn info(call: &mut Call<'_>) -> Result<Option<Array>> {
    let Some(found) = world::scheduler().alarm_info(call.arg()?) else { return Ok(None) };
    let mut info = Array::new();
    info.set("exec_msec", found.at_ms);
    info.set("exec_count", found.count);
    info.set("interval", found.interval_ms);
    info.set("round", found.round);
    info.set("removed", false);
    Ok(Some(info))
}

fn stats(_: &mut Call<'_>) -> Result<Array> {
    let (scheduler, mut stats) = (world::scheduler(), Array::new());
    stats.set("initialized", scheduler.alarm_count() > 0 || scheduler.alarm_rounds() > 0);
    stats.set("num", scheduler.alarm_count());
    stats.set("round", scheduler.alarm_rounds());
    Ok(stats)
}

fn clear_all(_: &mut Call<'_>) -> Result<bool> {
    world::scheduler().clear_alarms();
    Ok(true)
}

/// `SWOOLE_TIMER_MIN_MS`.
const MS_MIN: u64 = 1;
