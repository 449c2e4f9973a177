//! `Swoole\Server\Task`: one task in the hands of a task worker.

use std::cell::Cell;

use super::{event_object, payload, worker};
use crate::server::command::Letter;
use crate::zend::{Call, Class, IntoValue, Native, Object, Result, Slot, Str, Value, error};

/// The class.
pub static TASK: Class<Task> = Class::native("Swoole\\Server\\Task");

static DATA: Slot = Slot::new();
static DISPATCH_TIME: Slot = Slot::new();
static ID: Slot = Slot::new();
static WORKER_ID: Slot = Slot::new();
static FLAGS: Slot = Slot::new();

/// Whom the result is for: the worker that gave the task, and the task's number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Giver {
    worker: u16,
    id: u32,
    /// [`payload::WAITED`], if so.
    waited: u8,
}

impl Giver {
    pub fn of(letter: &Letter) -> Self {
        Self { worker: letter.from, id: letter.id, waited: letter.flags & payload::WAITED }
    }

    /// Sends the result. A task may have several.
    pub fn finish(self, data: &Value) -> Result<bool> {
        let Some(worker) = worker() else { return Ok(false) };
        let (flags, bytes) = payload::pack(data)?;
        worker.finish_task(self.worker, self.id, flags | self.waited, bytes);
        Ok(true)
    }
}

/// The state of the object: nothing, for one that a script made itself.
#[derive(Debug, Default)]
pub struct Task {
    giver: Cell<Option<Giver>>,
}

impl Native for Task {
    fn class() -> &'static Class<Self> {
        &TASK
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the class.
pub fn register() {
    TASK.define()
        .final_()
        .slot(&DATA, "public $data = null")
        .slot(&DISPATCH_TIME, "public $dispatch_time = 0")
        .slot(&ID, "public $id = -1")
        .slot(&WORKER_ID, "public $worker_id = -1")
        .slot(&FLAGS, "public $flags = 0")
        .method("finish(mixed $data): bool", finish)
        .method("static pack(mixed $data): string|false", pack)
        .method("static unpack(string $data): mixed", unpack)
        .register();
}

/// The object that `onTask` gets.
pub fn create(letter: &Letter, data: Value) -> Value {
    let task = Object::of(Task { giver: Cell::new(Some(Giver::of(letter))) });
    task.set(&DATA, data);
    task.set(&DISPATCH_TIME, event_object::seconds(letter.sent_us));
    task.set(&ID, letter.id);
    task.set(&WORKER_ID, letter.from);
    task.set(&FLAGS, letter.flags);
    task.into_value()
}

fn finish(task: &Task, call: &mut Call<'_>) -> Result<bool> {
    let data: &Value = call.arg()?;
    match task.giver.get() {
        Some(giver) => giver.finish(data),
        None => Err(error::error("the task was not given by a server: only onTask's can be finished")),
    }
}

/// A value as [`unpack`] reads it: a letter that any process can keep.
fn pack(call: &mut Call<'_>) -> Result<Str> {
    let (flags, bytes) = payload::pack(call.arg()?)?;
    Ok(Str::join(&[&[flags], &bytes], |_| {}))
}

fn unpack(call: &mut Call<'_>) -> Result<Value> {
    let packed: &[u8] = call.arg()?;
    match packed.split_first() {
        Some((flags, bytes)) if flags & !payload::SERIALIZED == 0 => payload::unpack(*flags, bytes),
        _ => Ok(Value::from(false)),
    }
}
