//! `Swoole\Event` and `swoole_event_*`: the loop, and the descriptors that scripts watch in it.

mod select;
mod watched;

use std::rc::Rc;

use self::watched::Watched;
use super::coroutine::scheduler::run_loop;
use super::descriptors;
use super::errors::warn;
use crate::net::watch::Events;
use crate::zend::{Call, Callback, Class, Functions, Result, Value, error, world};

/// The class.
pub static EVENT: Class = Class::new("Swoole\\Event");

/// Defines the class and its functions.
pub fn register() {
    EVENT
        .define()
        .method("static add(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = SWOOLE_EVENT_READ): int|false", add)
        .method("static del(mixed $fd): bool", del)
        .method("static set(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = 0): bool", set)
        .method("static isset(mixed $fd, int $events = 1536): bool", is_set)
        .method("static dispatch(): bool", dispatch)
        .method("static defer(callable $callback): bool", defer)
        .method("static cycle(?callable $callback, bool $before = false): bool", cycle)
        .method("static write(mixed $fd, string $data): bool", write)
        .method("static wait(): void", wait)
        .method("static rshutdown(): void", end_of_script)
        .method("static exit(): void", exit)
        .register();
    Functions::new()
        .function("swoole_event_add(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = SWOOLE_EVENT_READ): int|false", add)
        .function("swoole_event_del(mixed $fd): bool", del)
        .function("swoole_event_set(mixed $fd, ?callable $read_callback = null, ?callable $write_callback = null, int $events = 0): bool", set)
        .function("swoole_event_isset(mixed $fd, int $events = 1536): bool", is_set)
        .function("swoole_event_dispatch(): bool", dispatch)
        .function("swoole_event_defer(callable $callback): bool", defer)
        .function("swoole_event_cycle(?callable $callback, bool $before = false): bool", cycle)
        .function("swoole_event_write(mixed $fd, string $data): bool", write)
        .function("swoole_event_wait(): void", wait)
        .function("swoole_event_rshutdown(): void", end_of_script)
        .function("swoole_event_exit(): void", exit)
        .function("swoole_select(?array &$read, ?array &$write, ?array &$except, ?float $timeout = 0.5): int|false", select::select)
        .function("swoole_client_select(?array &$read, ?array &$write, ?array &$except, ?float $timeout = 0.5): int|false", select::select)
        .register();
}

/// Forgets what a script watches.
pub fn end_request() {
    watched::clear();
}

/// Directions as `SWOOLE_EVENT_*` bits.
pub fn events_of(bits: i64) -> Events {
    Events { read: bits & EVENT_READ != 0, write: bits & EVENT_WRITE != 0 }
}

/// `SWOOLE_EVENT_*` bits of directions.
pub fn bits_of(events: Events) -> i64 {
    (if events.read { EVENT_READ } else { 0 }) | (if events.write { EVENT_WRITE } else { 0 })
}

fn add(call: &mut Call<'_>) -> Result<Value> {
    let value: Value = call.arg()?;
    let callbacks = [call.arg_or::<Option<Callback>>(None)?, call.arg_or::<Option<Callback>>(None)?];
    let events = events_of(call.arg_or(EVENT_READ)?);
    let failed = Value::from(false);
    if callbacks.iter().all(Option::is_none) {
        warn("both read and write callbacks are empty");
        return Ok(failed);
    }
    if !complete(&callbacks, events) {
        return Ok(failed);
    }
    let Some(descriptor) = descriptors::open(&value) else {
        error::check()?;
        warn("unknown type");
        return Ok(failed);
    };
    let number = descriptor.number;
    if watched::find(number).is_some() {
        warn(format_args!("socket[{number}] already exists in the event loop"));
        return Ok(failed);
    }
    match Watched::add(descriptor, value, callbacks, events) {
        Ok(()) => Ok(Value::from(number)),
        Err(error) => {
            warn(format_args!("failed to watch socket[{number}]: {error}"));
            Ok(failed)
        }
    }
}

/// Warns when a direction is wanted that has no callback.
fn complete(callbacks: &[Option<Callback>; 2], events: Events) -> bool {
    if events == Events::default() {
        warn("$events must have SWOOLE_EVENT_READ or SWOOLE_EVENT_WRITE");
    } else if events.read && callbacks[0].is_none() {
        warn("select read event, but the read callback is empty");
    } else if events.write && callbacks[1].is_none() {
        warn("select write event, but the write callback is empty");
    } else {
        return true;
    }
    false
}

fn set(call: &mut Call<'_>) -> Result<bool> {
    let number = number(call)?;
    let callbacks = [call.arg_or::<Option<Callback>>(None)?, call.arg_or::<Option<Callback>>(None)?];
    let bits: i64 = call.arg_or(0)?;
    let Some(number) = number else { return Ok(false) };
    let Some(watched) = watched::find(number) else {
        warn(format_args!("socket[{number}] is not found in the event loop"));
        return Ok(false);
    };
    let events = (bits != 0).then(|| events_of(bits));
    let given = Events { read: callbacks[0].is_some(), write: callbacks[1].is_some() };
    let missing = events.unwrap_or_else(|| watched.wanted());
    let missing = Events { read: missing.read && !given.read, write: missing.write && !given.write };
    if !watched.can_call(missing) {
        warn("an event is selected that has no callback");
        return Ok(false);
    }
    Ok(watched.change(callbacks, events).is_ok())
}

fn del(call: &mut Call<'_>) -> Result<bool> {
    Ok(number(call)?.is_some_and(watched::remove))
}

fn is_set(call: &mut Call<'_>) -> Result<bool> {
    let number = number(call)?;
    let asked = events_of(call.arg_or(EVENT_READ | EVENT_WRITE)?);
    let Some(watched) = number.and_then(watched::find) else { return Ok(false) };
    let wanted = watched.wanted();
    Ok((asked.read && wanted.read) || (asked.write && wanted.write))
}

fn write(call: &mut Call<'_>) -> Result<bool> {
    let value: &Value = call.arg()?;
    let data: &[u8] = call.arg()?;
    if data.is_empty() {
        error::notice("data empty");
        return Ok(false);
    }
    let Some(descriptor) = descriptors::open(&value.unref()) else {
        error::check()?;
        warn("unknown type");
        return Ok(false);
    };
    let number = descriptor.number;
    match watched::write(descriptor, data) {
        Ok(()) => Ok(true),
        Err(error) => {
            warn(format_args!("failed to write to socket[{number}]: {error}"));
            Ok(false)
        }
    }
}

/// The number of a descriptor that is perhaps closed already; a warning when it never was one.
fn number(call: &mut Call<'_>) -> Result<Option<i32>> {
    let value: &Value = call.arg()?;
    let number = descriptors::number_of(&value.unref());
    error::check()?;
    if number.is_none() {
        warn("unknown type");
    }
    Ok(number)
}

fn defer(call: &mut Call<'_>) -> Result<bool> {
    let callback: Callback = call.arg()?;
    world::scheduler().ring_soon(Rc::new(move |_| drop(callback.call(&[]))));
    world::run_at_end();
    Ok(true)
}

fn cycle(call: &mut Call<'_>) -> Result<bool> {
    let callback: Option<Callback> = call.arg()?;
    let before: bool = call.arg_or(false)?;
    let Some(callback) = callback else {
        return Ok(world::scheduler().ring_each_round(before, None));
    };
    world::scheduler().ring_each_round(before, Some(Rc::new(move |_| drop(callback.call(&[])))));
    Ok(true)
}

fn wait(_: &mut Call<'_>) -> Result {
    if !world::is_outside() {
        return Err(error::fatal("Unable to call Event::wait() in coroutine"));
    }
    if world::is_looping() {
        return Ok(());
    }
    run_loop()
}

fn dispatch(_: &mut Call<'_>) -> Result<bool> {
    if !world::is_outside() || world::is_looping() {
        return Ok(false);
    }
    world::run_once().map(|()| true)
}

fn exit(_: &mut Call<'_>) -> Result {
    world::scheduler().stop();
    Ok(())
}

/// PHP calls this when a script has ended: what it left behind runs to its end, the rest is unwound.
fn end_of_script(_: &mut Call<'_>) -> Result {
    if !world::is_outside() || world::is_looping() {
        return Ok(());
    }
    let ran = if world::is_ending() { Ok(()) } else { run_loop() };
    world::unwind();
    ran?;
    world::settle()
}

/// `SWOOLE_EVENT_READ`.
const EVENT_READ: i64 = 512;
/// `SWOOLE_EVENT_WRITE`.
const EVENT_WRITE: i64 = 1024;
