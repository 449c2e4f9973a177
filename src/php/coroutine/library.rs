//! The functions of the namespace `Swoole\Coroutine` (and `Co`): `run`, `go`, `defer`.

use super::{create, defer, options, report_deadlock, scheduler, seconds_of};
use crate::zend::{Array, Call, Functions, Object, Result, Value, error, world};

pub(super) fn register() {
    Functions::new()
        .function("Swoole\\Coroutine\\run(callable $fn, mixed ...$args): bool", run)
        .function("Swoole\\Coroutine\\go(callable $fn, mixed ...$args): int|false", create)
        .function("Swoole\\Coroutine\\defer(callable $fn): void", defer)
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
        hooks.set("hook_flags", HOOK_ALL);
        options::apply(&hooks);
    }
    let scheduler = Object::of(scheduler::Scheduler::default());
    scheduler.call("add", call.rest())?;
    scheduler.call("start", &[])
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

/// `SWOOLE_HOOK_ALL`.
const HOOK_ALL: i64 = 2_143_285_247;
