//! The System V message queue of a `Swoole\Process`: `useQueue`, `push`, `pop`, `statQueue`, `freeQueue`.

use std::cell::Cell;

use super::{Process, QUEUE_ID, QUEUE_KEY, failed};
use crate::php::errors;
use crate::process::sys::queue::Queue;
use crate::zend::module::running_file;
use crate::zend::{Array, Call, Result, Str, Value};

/// The queue that a process uses.
#[derive(Debug, Default)]
pub(super) struct Use(Cell<Option<InUse>>);

#[derive(Clone, Copy, Debug)]
struct InUse {
    queue: Queue,
    /// Whether any process may take any message; else each takes what was pushed through its own object.
    is_shared: bool,
    waits: bool,
}

pub(super) fn open(process: &Process, call: &mut Call<'_>) -> Result<bool> {
    let (key, mode, capacity): (i64, i64, i64) = (call.arg_or(0)?, call.arg_or(BALANCE)?, call.arg_or(-1)?);
    match attach(key, capacity) {
        Ok((queue, key)) => {
            let is_shared = mode & !NO_WAIT == BALANCE;
            process.queue.0.set(Some(InUse { queue, is_shared, waits: mode & NO_WAIT == 0 }));
            call.this().set(&QUEUE_ID, queue.id());
            call.this().set(&QUEUE_KEY, key);
            Ok(true)
        }
        Err(cause) => {
            failed("useQueue()", &cause);
            Ok(false)
        }
    }
}

fn attach(key: i64, capacity: i64) -> std::io::Result<(Queue, i32)> {
    let key = match i32::try_from(key) {
        Ok(key) if key > 0 => key,
        _ => Queue::key_of(&running_file())?,
    };
    let queue = Queue::open(key)?;
    if let Some(bytes) = u64::try_from(capacity).ok().filter(|bytes| *bytes > 0) {
        queue.set_capacity(bytes)?;
    }
    Ok((queue, key))
}

pub(super) fn push(process: &Process, call: &mut Call<'_>) -> Result<bool> {
    let data: &Str = call.arg()?;
    if data.is_empty() || data.as_bytes().len() >= MESSAGE_BYTES_MAX {
        errors::warn(if data.is_empty() {
            "the data to push is empty"
        } else {
            "the data to push is too big"
        });
        return Ok(false);
    }
    let Some(used) = used(process, "no msgqueue, cannot use push()") else { return Ok(false) };
    let sent = used.queue.send(process.id.get(), data.as_bytes(), used.waits);
    Ok(sent.inspect_err(|cause| failed("msgsnd()", cause)).is_ok())
}

pub(super) fn pop(process: &Process, call: &mut Call<'_>) -> Result<Value> {
    let size: i64 = call.arg_or(MESSAGE_BYTES_MAX as i64)?;
    let size = usize::try_from(size).unwrap_or(0).clamp(1, MESSAGE_BYTES_MAX);
    let Some(used) = used(process, "no msgqueue, cannot use pop()") else { return Ok(Value::from(false)) };
    let kind = if used.is_shared { 0 } else { process.id.get() };
    match used.queue.receive(kind, size, used.waits) {
        Ok(data) => Ok(Value::from(Str::new(&data))),
        Err(cause) => {
            if used.waits {
                failed("msgrcv()", &cause);
            }
            Ok(Value::from(false))
        }
    }
}

pub(super) fn stat(process: &Process, _: &mut Call<'_>) -> Result<Value> {
    let Some(used) = used(process, "no queue, cannot get stats of the queue") else {
        return Ok(Value::from(false));
    };
    let Ok(content) = used.queue.content() else { return Ok(Value::from(false)) };
    let mut stat = Array::new();
    stat.set("queue_num", content.messages);
    stat.set("queue_bytes", content.bytes);
    Ok(Value::from(stat))
}

pub(super) fn free(process: &Process, _: &mut Call<'_>) -> Result<bool> {
    let used = process.queue.0.take();
    Ok(used.is_some_and(|used| used.queue.remove().is_ok()))
}

fn used(process: &Process, without: &str) -> Option<InUse> {
    let used = process.queue.0.get();
    if used.is_none() {
        errors::warn(without);
    }
    used
}

/// `SWOOLE_MSGQUEUE_BALANCE`.
const BALANCE: i64 = 2;
/// `Process::IPC_NOWAIT`.
pub(super) const NO_WAIT: i64 = 256;
/// As Swoole has it.
const MESSAGE_BYTES_MAX: usize = 65_536;
