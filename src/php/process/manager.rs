//! `Swoole\Process\Manager`: a pool whose workers each have a function of their own.

use std::cell::{Cell, RefCell};

use super::{Job, pool};
use crate::zend::{Call, Class, Gc, Native, Object, Result};

/// The class.
pub static MANAGER: Class<Manager> = Class::native("Swoole\\Process\\Manager");

/// The state of a manager object: what to run.
#[derive(Debug, Default)]
pub struct Manager {
    jobs: RefCell<Vec<Job>>,
    ipc_type: Cell<i64>,
    queue_key: Cell<i64>,
}

impl Native for Manager {
    fn class() -> &'static Class<Self> {
        &MANAGER
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.jobs);
    }
}

pub(super) fn register() {
    MANAGER
        .define()
        .method("__construct(int $ipcType = SWOOLE_IPC_NONE, int $msgQueueKey = 0)", construct)
        .method("add(callable $func, bool $enableCoroutine = false): Swoole\\Process\\Manager", add)
        .method(
            "addBatch(int $workerNum, callable $func, bool $enableCoroutine = false): Swoole\\Process\\Manager",
            add_batch,
        )
        .method("start(): void", start)
        .method("setIPCType(int $ipcType): Swoole\\Process\\Manager", |manager: &Manager, call: &mut Call<'_>| {
            manager.ipc_type.set(call.arg()?);
            Ok(call.this().clone())
        })
        .method("getIPCType(): int", |manager: &Manager, _: &mut Call<'_>| Ok(manager.ipc_type.get()))
        .method("setMsgQueueKey(int $msgQueueKey): Swoole\\Process\\Manager", |manager: &Manager, call: &mut Call<'_>| {
            manager.queue_key.set(call.arg()?);
            Ok(call.this().clone())
        })
        .method("getMsgQueueKey(): int", |manager: &Manager, _: &mut Call<'_>| Ok(manager.queue_key.get()))
        .register();
    MANAGER.alias("Swoole\\Process\\ProcessManager");
}

fn construct(manager: &Manager, call: &mut Call<'_>) -> Result {
    manager.ipc_type.set(call.arg_or(0)?);
    manager.queue_key.set(call.arg_or(0)?);
    Ok(())
}

fn add(manager: &Manager, call: &mut Call<'_>) -> Result<Object> {
    add_jobs(manager, call, 1)
}

fn add_batch(manager: &Manager, call: &mut Call<'_>) -> Result<Object> {
    let count = call.arg()?;
    add_jobs(manager, call, count)
}

fn add_jobs(manager: &Manager, call: &mut Call<'_>, count: i64) -> Result<Object> {
    let job = Job { callback: call.arg()?, coroutine: call.arg_or(false)? };
    for _ in 0..count {
        manager.jobs.borrow_mut().push(job.clone());
    }
    Ok(call.this().clone())
}

/// Runs a pool with as many workers as there are functions, until it is stopped.
fn start(manager: &Manager, _: &mut Call<'_>) -> Result {
    let jobs = manager.jobs.borrow().clone();
    pool::of(jobs, manager.ipc_type.get())?.call("start", &[]).map(drop)
}
