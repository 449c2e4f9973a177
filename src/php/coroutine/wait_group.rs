//! `Swoole\Coroutine\WaitGroup`: one coroutine waits until others have reported that they are done.

use std::cell::Cell;

use super::{after_wait, deadline, inside};
use crate::coroutine::{Ticket, Wait, Wake};
use crate::zend::{Call, Class, ClassEntry, Native, Result, error, world};

/// The class.
pub static WAIT_GROUP: Class<WaitGroup> = Class::native("Swoole\\Coroutine\\WaitGroup");

/// The state of a wait group object.
#[derive(Debug, Default)]
pub struct WaitGroup {
    count: Cell<i64>,
    waiter: Cell<Option<Ticket>>,
}

impl Native for WaitGroup {
    fn class() -> &'static Class<Self> {
        &WAIT_GROUP
    }

    fn create() -> Self {
        Self::default()
    }
}

pub(super) fn register() {
    WAIT_GROUP
        .define()
        .method("__construct(int $delta = 0)", construct)
        .method("add(int $delta = 1): void", add)
        .method("done(): void", done)
        .method("wait(float $timeout = -1.0): bool", wait)
        .method("count(): int", |group: &WaitGroup, _: &mut Call<'_>| Ok(group.count.get()))
        .register();
}

fn construct(group: &WaitGroup, call: &mut Call<'_>) -> Result {
    let delta: i64 = call.arg_or(0)?;
    if delta > 0 { change(group, delta, "InvalidArgumentException") } else { Ok(()) }
}

fn add(group: &WaitGroup, call: &mut Call<'_>) -> Result {
    let delta: i64 = call.arg_or(1)?;
    if group.waiter.get().is_some() {
        return Err(misuse("BadMethodCallException", "add called concurrently with wait"));
    }
    change(group, delta, "InvalidArgumentException")
}

fn done(group: &WaitGroup, _: &mut Call<'_>) -> Result {
    change(group, -1, "BadMethodCallException")?;
    if group.count.get() == 0
        && let Some(waiter) = group.waiter.take()
    {
        world::scheduler().resume(waiter, Wake::Ready);
        world::settle()?;
    }
    Ok(())
}

fn wait(group: &WaitGroup, call: &mut Call<'_>) -> Result<bool> {
    let seconds: f64 = call.arg_or(-1.0)?;
    if group.waiter.get().is_some() {
        return Err(misuse("BadMethodCallException", "reused before previous wait has returned"));
    }
    if group.count.get() == 0 {
        return Ok(true);
    }
    inside()?;
    group.waiter.set(world::scheduler().ticket());
    let wake = world::scheduler().suspend(Wait::Channel, deadline(seconds));
    group.waiter.set(None);
    Ok(after_wait(wake)? == Wake::Ready)
}

fn change(group: &WaitGroup, delta: i64, class: &str) -> Result {
    let count = group.count.get().saturating_add(delta);
    if count < 0 {
        return Err(misuse(class, "negative counter"));
    }
    group.count.set(count);
    Ok(())
}

fn misuse(class: &str, how: &str) -> crate::zend::Thrown {
    let class = ClassEntry::named(class).unwrap_or_else(ClassEntry::exception);
    error::throw(class, format_args!("WaitGroup misuse: {how}"), 0)
}
