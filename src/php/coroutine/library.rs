//! The functions of the namespace `Swoole\Coroutine` (and `Co`): `run`, `go`, `defer`.

use super::{create, defer, options, report_deadlock, scheduler};
use crate::zend::{Array, Call, Functions, Object, Result, Value};

pub(super) fn register() {
    Functions::new()
        .function("Swoole\\Coroutine\\run(callable $fn, mixed ...$args): bool", run)
        .function("Swoole\\Coroutine\\go(callable $fn, mixed ...$args): int|false", create)
        .function("Swoole\\Coroutine\\defer(callable $fn): void", defer)
        .function("Swoole\\Coroutine\\deadlock_check(): void", deadlock_check)
        .function("Co\\run(callable $fn, mixed ...$args): bool", run)
        .function("Co\\go(callable $fn, mixed ...$args): int|false", create)
        .function("Co\\defer(callable $fn): void", defer)
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
    if crate::zend::world::scheduler().is_deadlocked() {
        report_deadlock();
    }
    Ok(())
}

/// `SWOOLE_HOOK_ALL`.
const HOOK_ALL: i64 = 2_143_285_247;
