//! The functions of the namespace `Swoole\Coroutine` (and `Co`): `run`, `go`, `defer`, and many coroutines at once.

use std::cell::RefCell;
use std::rc::Rc;

use super::{after_wait, create, deadline, defer, inside, options, report_deadlock, scheduler, seconds_of};
use crate::php::runtime;
use crate::zend::{Array, Call, Callback, Functions, Key, Object, Result, Value, error, world};

pub(super) fn register() {
    Functions::new()
        .function("Swoole\\Coroutine\\run(callable $fn, mixed ...$args): bool", run)
        .function("Swoole\\Coroutine\\go(callable $fn, mixed ...$args): int|false", create)
        .function("Swoole\\Coroutine\\defer(callable $fn): void", defer)
        .function("Swoole\\Coroutine\\batch(array $tasks, float $timeout = -1.0): array", batch)
        .function("Swoole\\Coroutine\\parallel(int $n, callable $fn): void", parallel)
        .function("Swoole\\Coroutine\\map(array $list, callable $fn, float $timeout = -1.0): array", map)
        .function("Swoole\\Coroutine\\deadlock_check(): void", deadlock_check)
        .function("Co\\run(callable $fn, mixed ...$args): bool", run)
        .function("Co\\go(callable $fn, mixed ...$args): int|false", create)
        .function("Co\\defer(callable $fn): void", defer)
        .function(
            "swoole_test_kernel_coroutine(int $count = 100, float $sleep_time = 1.0): void",
            test_kernel,
        )
        .register();
}

fn run(call: &mut Call<'_>) -> Result<Value> {
    if !options::is_set("hook_flags") {
        let mut hooks = Array::new();
        hooks.set("hook_flags", runtime::HOOK_ALL);
        options::apply(&hooks);
    }
    let scheduler = Object::of(scheduler::Scheduler::default());
    scheduler.call("add", call.rest())?;
    scheduler.call("start", &[])
}

/// Calls every task in a coroutine of its own and gives their results under the same keys; null for those that were
/// not ready in time.
fn batch(call: &mut Call<'_>) -> Result<Array> {
    let tasks: &Array = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    let calls = tasks.iter().map(|(key, task)| Ok((key, Callback::new(&task)?, Vec::new())));
    collect(calls.collect::<Result<_>>()?, seconds)
}

/// Calls a function for every element in a coroutine of its own; otherwise as [`batch`].
fn map(call: &mut Call<'_>) -> Result<Array> {
    let list: &Array = call.arg()?;
    let callback: Callback = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    collect(
        list.iter().map(|(key, element)| (key, callback.clone(), vec![element.unref()])).collect(),
        seconds,
    )
}

/// Calls a function in so many coroutines and waits for all of them.
fn parallel(call: &mut Call<'_>) -> Result {
    let count: i64 = call.arg()?;
    let callback: Callback = call.arg()?;
    let calls = (0..count).map(|index| (Key::Index(index), callback.clone(), Vec::new()));
    collect(calls.collect(), -1.0).map(drop)
}

fn collect(calls: Vec<(Key, Callback, Vec<Value>)>, seconds: f64) -> Result<Array> {
    inside()?;
    let mut results = Array::new();
    for (key, _, _) in &calls {
        results.set_key(key, Value::null());
    }
    let results = Rc::new(RefCell::new(results));
    let mut cids = Vec::with_capacity(calls.len());
    for (key, callback, args) in calls {
        let results = Rc::clone(&results);
        let made = world::go(move || {
            if let Ok(result) = callback.call(&args) {
                results.borrow_mut().set_key(&key, result);
            }
        })?;
        match made {
            Ok(cid) => cids.push(cid),
            Err(refused) => error::warning(refused),
        }
    }
    after_wait(world::scheduler().join(&cids, deadline(seconds)))?;
    let results = results.borrow().clone();
    Ok(results)
}

fn deadlock_check(_: &mut Call<'_>) -> Result {
    if world::scheduler().is_deadlocked() {
        report_deadlock();
    }
    Ok(())
}

/// Coroutines without PHP in them: what remains is the cost of the scheduler, and of a task on the runtime for those
/// that sleep.
fn test_kernel(call: &mut Call<'_>) -> Result {
    let count: i64 = call.arg_or(100)?;
    let seconds: f64 = call.arg_or(1.0)?;
    for _ in 0..count {
        let made = world::go(|| {
            if seconds > 0.0 {
                // The timer is made inside the task: only there is a runtime at hand.
                let _ = world::await_task(async move { tokio::time::sleep(seconds_of(seconds)).await }, None);
            }
        })?;
        if let Err(refused) = made {
            error::warning(refused);
            return Ok(());
        }
    }
    Ok(())
}
