//! `Swoole\Atomic\Long`: a signed number of 64 bits that forked processes share.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};

use super::{map, value};
use crate::process::sys::memory::Mapped;
use crate::zend::{Call, Class, Native, Result};

/// The class.
pub static LONG: Class<Long> = Class::native("Swoole\\Atomic\\Long");

/// The state of an atomic: its memory, from the constructor on.
#[derive(Debug, Default)]
pub struct Long(OnceCell<Mapped<AtomicI64>>);

impl Native for Long {
    fn class() -> &'static Class<Self> {
        &LONG
    }

    fn create() -> Self {
        Self::default()
    }
}

pub(super) fn register() {
    LONG.define()
        .method("__construct(int $value = 0)", construct)
        .method("add(int $add_value = 1): int", add)
        .method("sub(int $sub_value = 1): int", sub)
        .method("get(): int", |long: &Long, _: &mut Call<'_>| Ok(value(&long.0)?.load(SeqCst)))
        .method("set(int $value): void", set)
        .method("cmpset(int $cmp_value, int $new_value): bool", cmpset)
        .register();
}

fn construct(long: &Long, call: &mut Call<'_>) -> Result {
    let start: i64 = call.arg_or(0)?;
    map(&long.0)?.store(start, SeqCst);
    Ok(())
}

fn add(long: &Long, call: &mut Call<'_>) -> Result<i64> {
    let by: i64 = call.arg_or(1)?;
    Ok(value(&long.0)?.fetch_add(by, SeqCst).wrapping_add(by))
}

fn sub(long: &Long, call: &mut Call<'_>) -> Result<i64> {
    let by: i64 = call.arg_or(1)?;
    Ok(value(&long.0)?.fetch_sub(by, SeqCst).wrapping_sub(by))
}

fn set(long: &Long, call: &mut Call<'_>) -> Result {
    let number: i64 = call.arg()?;
    value(&long.0)?.store(number, SeqCst);
    Ok(())
}

fn cmpset(long: &Long, call: &mut Call<'_>) -> Result<bool> {
    let (old, new): (i64, i64) = (call.arg()?, call.arg()?);
    Ok(value(&long.0)?.compare_exchange(old, new, SeqCst, SeqCst).is_ok())
}
