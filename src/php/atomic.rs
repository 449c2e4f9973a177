//! `Swoole\Atomic`: a number of 32 bits that forked processes share and may wait for.

pub mod long;

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

use super::exceptions;
use crate::process::sys::memory::{self, Mapped, Shareable};
use crate::server::error::ErrorCode;
use crate::zend::{Call, Class, Native, Result, Thrown, error};

/// The class.
pub static ATOMIC: Class<Atomic> = Class::native("Swoole\\Atomic");

/// The state of an atomic: its memory, from the constructor on.
#[derive(Debug, Default)]
pub struct Atomic(OnceCell<Mapped<AtomicU32>>);

impl Native for Atomic {
    fn class() -> &'static Class<Self> {
        &ATOMIC
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the classes.
pub fn register() {
    ATOMIC
        .define()
        .method("__construct(int $value = 0)", construct)
        .method("add(int $add_value = 1): int", add)
        .method("sub(int $sub_value = 1): int", sub)
        .method("get(): int", |atomic: &Atomic, _: &mut Call<'_>| Ok(value(&atomic.0)?.load(SeqCst)))
        .method("set(int $value): void", set)
        .method("wait(float $timeout = 1.0): bool", wait)
        .method("wakeup(int $count = 1): bool", wake_up)
        .method("cmpset(int $cmp_value, int $new_value): bool", cmpset)
        .register();
    long::register();
}

/// Memory for an object that is being constructed.
pub(super) fn map<T: Shareable>(cell: &OnceCell<Mapped<T>>) -> Result<&T> {
    let mapped = Mapped::new().map_err(|cause| {
        let code = ErrorCode::MALLOC_FAIL.code().into();
        error::throw(&exceptions::EXCEPTION, format_args!("global memory allocation failure: {cause}"), code)
    })?;
    if cell.set(mapped).is_err() {
        return Err(error::error("the constructor can only be called once"));
    }
    value(cell)
}

/// What the constructor has mapped.
pub(super) fn value<T: Shareable>(cell: &OnceCell<Mapped<T>>) -> Result<&T> {
    cell.get().map(|mapped| &**mapped).ok_or_else(unconstructed)
}

#[cold]
fn unconstructed() -> Thrown {
    error::error("must call constructor first")
}

/// Numbers of more than 32 bits lose what is above, as in C.
fn narrow(number: i64) -> u32 {
    number as u32
}

fn construct(atomic: &Atomic, call: &mut Call<'_>) -> Result {
    let start: i64 = call.arg_or(0)?;
    map(&atomic.0)?.store(narrow(start), SeqCst);
    Ok(())
}

fn add(atomic: &Atomic, call: &mut Call<'_>) -> Result<u32> {
    let by = narrow(call.arg_or(1)?);
    Ok(value(&atomic.0)?.fetch_add(by, SeqCst).wrapping_add(by))
}

fn sub(atomic: &Atomic, call: &mut Call<'_>) -> Result<u32> {
    let by = narrow(call.arg_or(1)?);
    Ok(value(&atomic.0)?.fetch_sub(by, SeqCst).wrapping_sub(by))
}

fn set(atomic: &Atomic, call: &mut Call<'_>) -> Result {
    let number: i64 = call.arg()?;
    value(&atomic.0)?.store(narrow(number), SeqCst);
    Ok(())
}

fn cmpset(atomic: &Atomic, call: &mut Call<'_>) -> Result<bool> {
    let (old, new) = (narrow(call.arg()?), narrow(call.arg()?));
    Ok(value(&atomic.0)?.compare_exchange(old, new, SeqCst, SeqCst).is_ok())
}

/// Takes 1 away and leaves 0; sleeps with the whole process while it is 0.
fn wait(atomic: &Atomic, call: &mut Call<'_>) -> Result<bool> {
    let seconds: f64 = call.arg_or(1.0)?;
    let word = value(&atomic.0)?;
    let wait = (seconds > 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    let until = wait.and_then(|wait| Instant::now().checked_add(wait));
    loop {
        match word.compare_exchange(1, 0, SeqCst, SeqCst) {
            Ok(_) => return Ok(true),
            // No wakeup leaves anything but 1 behind.
            Err(2..) => return Ok(false),
            Err(_) => {}
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Ok(false);
        }
        memory::sleep_on(word, 0, left);
    }
}

/// Makes 0 a 1 and wakes those who wait for that.
fn wake_up(atomic: &Atomic, call: &mut Call<'_>) -> Result<bool> {
    let count = u32::try_from(call.arg_or(1i64)?).unwrap_or(0);
    let word = value(&atomic.0)?;
    if word.compare_exchange(0, 1, SeqCst, SeqCst).is_ok() {
        memory::wake(word, count);
    }
    Ok(true)
}
