//! What scripts expect of the PHP library that comes with Swoole: its options, and what it knows about containers.

use std::cell::RefCell;

use super::machine::cpus;
use crate::zend::{Array, Call, Functions, Result, Value};

/// Adds the functions of this file.
pub(super) fn add(functions: Functions) -> Functions {
    functions
        .function("swoole_library_set_options(array $options): void", set_options)
        .function("swoole_library_get_options(): array", get_options)
        .function("swoole_library_set_option(string $key, mixed $value): void", set_option)
        .function("swoole_library_get_option(string $key): mixed", get_option)
        .function("swoole_is_in_container(): bool", |_: &mut Call<'_>| Ok(is_in_container()))
        .function("swoole_container_cpu_num(): int", container_cpu_num)
        .function("swoole_init_default_remote_object_server(): void", |_: &mut Call<'_>| Ok(()))
}

/// Forgets what a script has set.
pub(super) fn end_request() {
    let options = OPTIONS.take();
    drop(options);
}

fn set_options(call: &mut Call<'_>) -> Result {
    let options: &Array = call.arg()?;
    let before = OPTIONS.replace(Some(options.clone()));
    drop(before);
    Ok(())
}

fn get_options(_: &mut Call<'_>) -> Result<Array> {
    Ok(OPTIONS.with_borrow(|options| options.clone().unwrap_or_default()))
}

fn set_option(call: &mut Call<'_>) -> Result {
    let (key, value): (&[u8], Value) = (call.arg()?, call.arg()?);
    let mut options = OPTIONS.with_borrow(Clone::clone).unwrap_or_default();
    options.set_bytes(key, value);
    let before = OPTIONS.replace(Some(options));
    drop(before);
    Ok(())
}

fn get_option(call: &mut Call<'_>) -> Result<Value> {
    let key: &[u8] = call.arg()?;
    let found = OPTIONS.with_borrow(|options| options.as_ref().and_then(|options| options.get_bytes(key)));
    Ok(found.unwrap_or_default())
}

/// Whether the file system looks as Docker or Kubernetes make it.
fn is_in_container() -> bool {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    ["kubepods", "docker"].iter().any(|name| mounts.contains(name))
}

/// How many CPUs the container may use, by its quota; `SWOOLE_CPU_NUM` has the first word.
fn container_cpu_num(_: &mut Call<'_>) -> Result<usize> {
    let wanted = std::env::var("SWOOLE_CPU_NUM").ok().and_then(|number| number.parse().ok());
    if let Some(number) = wanted.filter(|number| *number > 0) {
        return Ok(number);
    }
    let quota = if is_in_container() { quota() } else { None };
    Ok(quota.unwrap_or_else(cpus))
}

/// The CPU quota of the control group, in whole CPUs; None when there is none.
fn quota() -> Option<usize> {
    let read = |name: &str| std::fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok();
    let text = match read("cpu.max") {
        Some(text) => text,
        None => format!("{} {}", read("cpu/cpu.cfs_quota_us")?, read("cpu/cpu.cfs_period_us")?),
    };
    let mut numbers = text.split_whitespace().map(str::parse::<i64>);
    match (numbers.next()?, numbers.next()?) {
        (Ok(quota), Ok(period)) if quota > 0 && period > 0 => {
            usize::try_from(quota / period).ok().map(|cpus| cpus.max(1))
        }
        _ => None,
    }
}

thread_local! {
    /// Emptied at the end of every request: the array lives in the engine's memory.
    static OPTIONS: RefCell<Option<Array>> = const { RefCell::new(None) };
}
