//! The methods of `Swoole\Server` about the server itself: its processes, its end, its timers.

use std::cell::RefCell;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Server, worker};
use crate::php::timer;
use crate::serve::Stop;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::server::stats::Counter;
use crate::zend::class::ClassBuilder;
use crate::zend::{Call, Callback, IntoValue, Result, Value, error};

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class
        .method("reload(bool $only_reload_taskworker = false): bool", reload)
        .method("shutdown(): bool", shutdown)
        .method("stop(int $workerId = -1): bool", stop)
        .method("getLastError(): int", get_last_error)
        .method("getWorkerId(): int|false", worker_id)
        .method("getWorkerPid(int $worker_id = -1): int|false", worker_pid)
        .method("getWorkerStatus(int $worker_id = -1): int|false", worker_status)
        .method("getManagerPid(): int", manager_pid)
        .method("getMasterPid(): int", master_pid)
        .method("defer(callable $callback): bool", defer)
        .method("tick(int $ms, callable $callback, mixed ...$params): int|false", timer::tick)
        .method("after(int $ms, callable $callback, mixed ...$params): int|false", timer::after)
        .method("clearTimer(int $timer_id): bool", timer::clear)
}

fn reload(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let only_tasks: bool = call.arg_or(false)?;
    if !server.is_running() {
        return Ok(server.running().is_some());
    }
    if !server.has_manager() {
        let code = ErrorCode::OPERATION_NOT_SUPPORT;
        last_error::set(code);
        LOG.write_at(Level::Warning, "Server::reload", Some(code), "not supported with single process mode");
        return Ok(false);
    }
    if only_tasks {
        return Ok(signal(server.manager_pid(), Signal::SIGUSR2));
    }
    Ok(worker().map_or_else(|| signal(server.manager_pid(), Signal::SIGUSR1), |worker| worker.reload()))
}

fn shutdown(server: &Server, _call: &mut Call<'_>) -> Result<bool> {
    if !server.is_running() {
        last_error::set(ErrorCode::WRONG_OPERATION);
        return Ok(false);
    }
    if let Some(worker) = worker() {
        worker.shutdown();
        return Ok(true);
    }
    Ok(signal(server.master.get(), Signal::SIGTERM))
}

fn stop(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let id: i64 = call.arg_or(-1)?;
    let Some(worker) = server.running() else { return Ok(false) };
    if !server.has_manager() {
        worker.stop(Stop::Shutdown);
        return Ok(true);
    }
    let id = if id < 0 { Some(worker.id()) } else { u16::try_from(id).ok() };
    let stopped = id.is_some_and(|id| worker.stop_worker(id));
    if !stopped {
        error::warning("worker_id is invalid");
        last_error::set(ErrorCode::INVALID_PARAMS);
    }
    Ok(stopped)
}

fn get_last_error(_call: &mut Call<'_>) -> Result<i32> {
    Ok(last_error::last().code())
}

fn worker_id(server: &Server, _call: &mut Call<'_>) -> Result<Value> {
    let worker = server.is_running().then(worker).flatten().filter(|worker| !worker.is_master());
    let id = worker.map(|worker| worker.id());
    Ok(Value::or_false(id))
}

fn worker_pid(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let id: i64 = call.arg_or(-1)?;
    let pid = server.is_running().then(worker).flatten().and_then(|worker| {
        if id < 0 {
            Some(std::process::id())
        } else {
            u16::try_from(id).ok().map(|id| worker.pid_of(id)).filter(|pid| *pid != 0)
        }
    });
    Ok(Value::or_false(pid))
}

fn worker_status(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let id: i64 = call.arg_or(-1)?;
    let Some(worker) = server.running() else { return Ok(false.into_value()) };
    let id = if id < 0 { Some(worker.id()) } else { u16::try_from(id).ok() };
    let block = id.filter(|id| *id < worker.stats().workers()).map(|id| worker.stats().worker(id));
    Ok(Value::or_false(
        block.map(|block| if block.value(Counter::Busy) == 1 { WORKER_BUSY } else { WORKER_IDLE }),
    ))
}

fn manager_pid(server: &Server, _call: &mut Call<'_>) -> Result<u32> {
    Ok(if server.is_running() && server.has_manager() { server.manager_pid() } else { 0 })
}

fn master_pid(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    Ok(if server.is_running() { call.this().get(&super::MASTER_PID) } else { 0i64.into_value() })
}

/// `defer()`: the callback runs when what is being done now is done.
fn defer(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let callback: Callback = call.arg()?;
    if server.running().is_none() {
        return Ok(false);
    }
    DEFERRED.with_borrow_mut(|deferred| deferred.push(callback));
    Ok(true)
}

/// What `defer()` has collected.
pub fn take_deferred() -> Vec<Callback> {
    DEFERRED.with_borrow_mut(std::mem::take)
}

pub fn has_deferred() -> bool {
    DEFERRED.with_borrow(|deferred| !deferred.is_empty())
}

impl Server {
    /// Whether a manager forks the workers; else this process does everything.
    fn has_manager(&self) -> bool {
        self.manager.get() != 0
    }

    fn manager_pid(&self) -> u32 {
        self.manager.get()
    }
}

fn signal(pid: u32, signal: Signal) -> bool {
    i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), signal).is_ok())
}

/// `SWOOLE_WORKER_BUSY` and `SWOOLE_WORKER_IDLE`.
const WORKER_BUSY: i64 = 1;
const WORKER_IDLE: i64 = 2;

thread_local! {
    static DEFERRED: RefCell<Vec<Callback>> = RefCell::default();
}
