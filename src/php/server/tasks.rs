//! The methods of `Swoole\Server` about tasks and their results.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::task::Giver;
use super::{Server, payload};
use crate::coroutine::{Ticket, Wait};
use crate::serve::{SendFailure, Worker};
use crate::server::command::Letter;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::class::ClassBuilder;
use crate::zend::{Array, Call, Callback, IntoValue, Key, Result, Value, error, world};

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class
        .method(
            "task(mixed $data, int $taskWorkerIndex = -1, ?callable $finishCallback = null): int|false",
            task,
        )
        .method("taskwait(mixed $data, float $timeout = 0.5, int $taskWorkerIndex = -1): mixed", task_wait)
        .method("taskWaitMulti(array $tasks, float $timeout = 0.5): array|false", task_wait_multi)
        .method("taskCo(array $tasks, float $timeout = 0.5): array|false", task_co)
        .method("finish(mixed $data): bool", finish)
}

fn task(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let data: &Value = call.arg()?;
    let index: i64 = call.arg_or(-1)?;
    let callback: Option<Callback> = call.opt::<Option<Callback>>()?.flatten();
    let Some(worker) = giver(server, index) else { return Ok(false.into_value()) };
    let id = next_id();
    if let Some(callback) = callback {
        EXPECTED.with_borrow_mut(|expected| expected.insert(id, Expected::Callback(callback)));
    }
    let given = give(&worker, index, id, data, 0);
    if !matches!(given, Ok(true)) {
        forget(&[id]);
    }
    Ok(if given? { id.into_value() } else { false.into_value() })
}

fn task_wait(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let data: &Value = call.arg()?;
    let timeout: f64 = call.arg_or(TIMEOUT)?;
    let index: i64 = call.arg_or(-1)?;
    let Some(worker) = giver(server, index) else { return Ok(false.into_value()) };
    let mut results =
        gather(&worker, 1, duration(timeout), |_, id| give(&worker, index, id, data, payload::WAITED))?;
    match results.pop().flatten() {
        Some(letter) => payload::unpack(letter.flags, &letter.bytes),
        None => Ok(false.into_value()),
    }
}

/// Results by the keys of the tasks; those that did not come in time are missing.
fn task_wait_multi(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    wait_for_all(server, call, None)
}

/// The same, but those that did not come in time are false.
fn task_co(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    wait_for_all(server, call, Some(false.into_value()))
}

fn wait_for_all(server: &Server, call: &mut Call<'_>, missing: Option<Value>) -> Result<Value> {
    let tasks: &Array = call.arg()?;
    let timeout: f64 = call.arg_or(TIMEOUT)?;
    let Some(worker) = giver(server, -1) else { return Ok(false.into_value()) };
    if tasks.len() > TASKS_AT_ONCE_MAX {
        error::warning("too many concurrent tasks");
        last_error::set(ErrorCode::INVALID_PARAMS);
        return Ok(false.into_value());
    }
    let (keys, tasks): (Vec<Key>, Vec<Value>) = tasks.iter().unzip();
    let results = gather(&worker, tasks.len(), duration(timeout), |place, id| {
        give(&worker, -1, id, &tasks[place], payload::WAITED)
    })?;
    let mut array = Array::new();
    for (key, result) in keys.iter().zip(results) {
        let value = match result {
            Some(letter) => Some(payload::unpack(letter.flags, &letter.bytes)?),
            None => missing.clone(),
        };
        if let Some(value) = value {
            array.set_key(key, value);
        }
    }
    Ok(array.into_value())
}

fn finish(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let data: &Value = call.arg()?;
    let Some(worker) = server.running() else { return Ok(false) };
    if server.settings.borrow().task.enable_coroutine {
        let advice = "please use Swoole\\Server\\Task->finish instead when task_enable_coroutine is enable";
        return Err(error::fatal(advice));
    }
    match CURRENT.get() {
        Some(giver) if worker.is_task_worker() => giver.finish(data),
        _ => {
            error::warning("Server->finish() can only be used in the task-worker, inside of onTask");
            last_error::set(ErrorCode::WRONG_OPERATION);
            Ok(false)
        }
    }
}

/// The worker, if tasks may be given here and to this index.
fn giver(server: &Server, index: i64) -> Option<Worker> {
    let worker = server.running()?;
    let count = worker.task_workers();
    let complaint = if worker.is_task_worker() {
        "Server->task() cannot use in the task-worker".to_owned()
    } else if count == 0 {
        "task method can't be executed without task worker".to_owned()
    } else if index >= i64::from(count) {
        format!("worker_id must be less than task_worker_num[{count}]")
    } else {
        return Some(worker);
    };
    error::warning(complaint);
    last_error::set(ErrorCode::WRONG_OPERATION);
    None
}

/// Sends a task; a coroutine waits while the task worker is too far behind.
fn give(worker: &Worker, index: i64, id: u32, data: &Value, waited: u8) -> Result<bool> {
    let (flags, bytes) = payload::pack(data)?;
    let task = worker.task(id, flags | waited, bytes);
    loop {
        let chosen = u16::try_from(index).ok().or_else(|| worker.idlest_task_worker()).unwrap_or(0);
        match worker.send_task(chosen, &task) {
            Ok(()) => return Ok(true),
            Err(SendFailure::Full) if !world::is_outside() => {
                let room = world::await_task(worker.task_room(chosen, &task), None);
                world::settle()?;
                if matches!(room, Ok(Ok(()))) {
                    continue;
                }
            }
            Err(_) => {}
        }
        error::warning("the task workers are too far behind: the task was not given");
        last_error::set(ErrorCode::TASK_DISPATCH_FAIL);
        return Ok(false);
    }
}

/// Gives out so many tasks, by place and id, and waits for all results, in their order. Those that did not come in time
/// are None.
pub fn gather(
    worker: &Worker,
    count: usize,
    timeout: Option<Duration>,
    mut give: impl FnMut(usize, u32) -> Result<bool>,
) -> Result<Vec<Option<Letter>>> {
    let ids: Vec<u32> = (0..count).map(|_| next_id()).collect();
    let gathering = Rc::new(Gathering {
        results: RefCell::new(vec![None; count]),
        left: Cell::new(count),
        ticket: Cell::new(None),
    });
    EXPECTED.with_borrow_mut(|expected| {
        for (place, id) in ids.iter().enumerate() {
            expected.insert(*id, Expected::Gathered { gathering: Rc::clone(&gathering), place });
        }
    });
    let given = ids.iter().enumerate().try_for_each(|(place, id)| {
        if !give(place, *id)? {
            gathering.left.set(gathering.left.get() - 1);
        }
        Ok(())
    });
    let waited = given.and_then(|()| wait_for(worker, &ids, &gathering, timeout));
    forget(&ids);
    waited?;
    Ok(gathering.results.take())
}

fn wait_for(worker: &Worker, ids: &[u32], gathering: &Rc<Gathering>, timeout: Option<Duration>) -> Result {
    let scheduler = world::scheduler();
    if world::is_outside() {
        let deadline = Instant::now() + timeout.unwrap_or(FOR_EVER);
        while gathering.left.get() > 0 {
            let Some(letter) = worker.block_for_result(|id| ids.contains(&id), deadline) else { break };
            arrived(&letter);
        }
        return Ok(());
    }
    let deadline = timeout.map(|timeout| scheduler.after(timeout));
    while gathering.left.get() > 0 {
        gathering.ticket.set(scheduler.ticket());
        let wake = scheduler.suspend(Wait::Outside, deadline);
        world::settle()?;
        if !matches!(wake, crate::coroutine::Wake::Ready) {
            break;
        }
    }
    Ok(())
}

/// A result has come. True when it is for somebody who waits, or did, so that `onFinish` is not called.
pub fn arrived(letter: &Letter) -> bool {
    let expected = EXPECTED.with_borrow_mut(|expected| match expected.get(&letter.id) {
        Some(Expected::Gathered { .. }) => expected.remove(&letter.id),
        _ => None,
    });
    let Some(Expected::Gathered { gathering, place }) = expected else {
        return letter.flags & payload::WAITED != 0;
    };
    gathering.results.borrow_mut()[place] = Some(letter.clone());
    gathering.left.set(gathering.left.get() - 1);
    if gathering.left.get() == 0
        && let Some(ticket) = gathering.ticket.take()
    {
        world::scheduler().ready().push(ticket);
    }
    true
}

/// The callback that `task()` was given for this result.
pub fn take_callback(id: u32) -> Option<Callback> {
    EXPECTED.with_borrow_mut(|expected| match expected.remove(&id) {
        Some(Expected::Callback(callback)) => Some(callback),
        _ => None,
    })
}

/// Runs `onTask` on the main stack, where [`finish`] knows which task it is about.
pub fn as_current<T>(task: Giver, run: impl FnOnce() -> T) -> T {
    CURRENT.set(Some(task));
    let result = run();
    CURRENT.set(None);
    result
}

/// The server has ended: nobody waits any more.
pub fn forget_all() {
    let expected = EXPECTED.take();
    drop(expected);
}

fn forget(ids: &[u32]) {
    let forgotten: Vec<_> =
        EXPECTED.with_borrow_mut(|expected| ids.iter().filter_map(|id| expected.remove(id)).collect());
    drop(forgotten);
}

fn next_id() -> u32 {
    let id = NEXT_ID.get();
    NEXT_ID.set(id.wrapping_add(1));
    id
}

/// Seconds as scripts give them: negative is for ever.
fn duration(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).unwrap_or(FOR_EVER))
}

/// What happens to a result.
#[derive(Debug)]
enum Expected {
    /// `task()` got a callback for it.
    Callback(Callback),
    /// Somebody waits for it.
    Gathered { gathering: Rc<Gathering>, place: usize },
}

/// Results that a caller waits for.
#[derive(Debug)]
struct Gathering {
    results: RefCell<Vec<Option<Letter>>>,
    left: Cell<usize>,
    ticket: Cell<Option<Ticket>>,
}

thread_local! {
    static NEXT_ID: Cell<u32> = const { Cell::new(0) };
    static EXPECTED: RefCell<HashMap<u32, Expected>> = RefCell::default();
    /// The task that runs on the main stack.
    static CURRENT: Cell<Option<Giver>> = const { Cell::new(None) };
}

const TIMEOUT: f64 = 0.5;
const TASKS_AT_ONCE_MAX: usize = 1024;
const FOR_EVER: Duration = Duration::from_secs(365 * 86_400);
