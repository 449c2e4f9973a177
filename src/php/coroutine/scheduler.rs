//! `Swoole\Coroutine\Scheduler`: collects functions, then runs each in a coroutine until all have ended.

use std::cell::{Cell, RefCell};

use super::{go, options, report_deadlock};
use crate::coroutine::End;
use crate::zend::{Call, Callback, Class, Gc, Native, Result, Trace, Value, error, world};

/// The class.
pub static SCHEDULER: Class<Scheduler> = Class::native("Swoole\\Coroutine\\Scheduler");

/// The state of a scheduler object: what to run.
#[derive(Debug, Default)]
pub struct Scheduler {
    tasks: RefCell<Vec<Task>>,
    started: Cell<bool>,
}

#[derive(Clone, Debug)]
struct Task {
    callback: Callback,
    args: Vec<Value>,
    count: i64,
}

impl Trace for Task {
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callback);
        gc.add(&self.args);
    }
}

impl Native for Scheduler {
    fn class() -> &'static Class<Self> {
        &SCHEDULER
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.tasks);
    }
}

pub(super) fn register() {
    SCHEDULER
        .define()
        .final_()
        .method("add(callable $func, mixed ...$param): void", add)
        .method("parallel(int $n, callable $func, mixed ...$param): void", parallel)
        .method("set(array $settings): void", |_: &Scheduler, call: &mut Call<'_>| {
            options::apply(call.arg()?);
            Ok(())
        })
        .method("getOptions(): ?array", |_: &Scheduler, call: &mut Call<'_>| options::get(call))
        .method("start(): bool", start)
        .register();
}

fn add(scheduler: &Scheduler, call: &mut Call<'_>) -> Result {
    task(scheduler, call, 1)
}

fn parallel(scheduler: &Scheduler, call: &mut Call<'_>) -> Result {
    let count = call.arg()?;
    task(scheduler, call, count)
}

fn task(scheduler: &Scheduler, call: &mut Call<'_>, count: i64) -> Result {
    let callback: Callback = call.arg()?;
    let args = call.rest().iter().map(Value::unref).collect();
    if scheduler.started.get() {
        error::warning("scheduler is running, unable to execute Swoole\\Coroutine\\Scheduler->add");
        return Ok(());
    }
    scheduler.tasks.borrow_mut().push(Task { callback, args, count });
    Ok(())
}

fn start(scheduler: &Scheduler, _: &mut Call<'_>) -> Result<bool> {
    if scheduler.started.replace(true) {
        error::warning("scheduler is started, unable to execute Swoole\\Coroutine\\Scheduler->start");
        return Ok(false);
    }
    if world::is_outside() && world::is_looping() {
        error::warning("eventLoop has already been created. unable to start Swoole\\Coroutine\\Scheduler");
        scheduler.started.set(false);
        return Ok(false);
    }
    let ran = run(scheduler.tasks.take());
    scheduler.started.set(false);
    ran.map(|()| true)
}

fn run(tasks: Vec<Task>) -> Result {
    // Nothing is left for the end of the script: this call itself runs the loop.
    let inside = world::enter_loop();
    for Task { callback, args, count } in tasks {
        for _ in 0..count {
            let (callback, args) = (callback.clone(), args.clone());
            go(move || drop(callback.call(&args)))?;
        }
    }
    drop(inside);
    if !world::is_outside() {
        return Err(error::fatal("Unable to call Event::wait() in coroutine"));
    }
    run_loop()
}

/// Runs the loop and reports a deadlock, unless that was switched off.
pub fn run_loop() -> Result {
    if world::run_loop()? == End::Deadlock && options::is_on("enable_deadlock_check") {
        report_deadlock();
    }
    Ok(())
}
