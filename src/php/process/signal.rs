//! `Process::signal()`: callbacks for signals, run by the loop in coroutines; `alarm()` and `kill()`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::failed;
use crate::coroutine::{Bell, Job};
use crate::net::watch::{Events, Watch};
use crate::php::{errors, server};
use crate::process::sys::{Signals, child};
use crate::zend::{Call, Callback, Result, Value, error, world};

/// What the script listens to.
#[derive(Debug)]
struct Listeners {
    signals: Signals,
    bells: HashMap<Signal, Bell>,
    /// The task that hears; a script's loop goes on as long as it does.
    _job: Job,
}

pub(super) fn listen(call: &mut Call<'_>) -> Result<bool> {
    let number: i64 = call.arg()?;
    let callback: Option<Callback> = call.opt()?.flatten();
    let Some(signal) = i32::try_from(number).ok().and_then(|number| Signal::try_from(number).ok()) else {
        errors::warn(format_args!("invalid signal number [{number}]"));
        return Ok(false);
    };
    match callback {
        Some(callback) => add(signal, callback),
        None => Ok(remove(signal)),
    }
}

fn add(signal: Signal, callback: Callback) -> Result<bool> {
    let number = signal as i32;
    let replaced = LISTENERS.with_borrow(|all| all.as_ref().and_then(|all| all.bells.get(&signal).copied()));
    if Signals::is_taken(signal) && replaced.is_none() {
        errors::warn(format_args!("signal [{number}] processor has been registered by the system"));
        return Ok(false);
    }
    let bell = world::scheduler().hang_bell(Rc::new(move |_| drop(callback.call(&[Value::from(number)]))));
    let added = ready().and_then(|()| {
        LISTENERS.with_borrow_mut(|all| {
            let Some(all) = all else { return Ok(()) };
            if replaced.is_none() {
                all.signals.add(signal)?;
            }
            all.bells.insert(signal, bell);
            Ok(())
        })
    });
    let gone = if added.is_ok() { replaced } else { Some(bell) };
    if let Some(bell) = gone {
        world::scheduler().take_bell(bell);
    }
    end_if_silent();
    Ok(added.inspect_err(|cause| failed("sigaction()", cause)).is_ok())
}

fn remove(signal: Signal) -> bool {
    let bell = LISTENERS.with_borrow_mut(|all| {
        let all = all.as_mut()?;
        let bell = all.bells.remove(&signal)?;
        all.signals.remove(signal);
        Some(bell)
    });
    end_if_silent();
    match bell {
        Some(bell) => world::scheduler().take_bell(bell),
        None => errors::warn(format_args!("unable to find the callback of signal [{}]", signal as i32)),
    }
    bell.is_some()
}

/// Sees to it that somebody hears: a task that waits until something has arrived and strikes the bells of the callbacks.
fn ready() -> std::io::Result<()> {
    if LISTENERS.with_borrow(Option::is_some) {
        return Ok(());
    }
    let signals = Signals::take_over(&[])?;
    let watch = Rc::new(Watch::new(signals.bell()?.into()));
    let task = async move {
        while Rc::clone(&watch).ready(Events::READ).await.is_ok() {
            hear();
        }
    };
    // A server ends when it is told to, whoever listens.
    let is_own = server::worker().is_some_and(|worker| worker.user_process().is_some());
    let job = if server::start::is_any_running() && !is_own {
        world::start_aside(task)
    } else {
        world::start(task)
    }?;
    LISTENERS.set(Some(Listeners { signals, bells: HashMap::new(), _job: job }));
    Ok(())
}

/// Nobody is listened for any more: the loop need not go on for it.
fn end_if_silent() {
    let ended = LISTENERS.with_borrow_mut(|all| all.take_if(|all| all.bells.is_empty()));
    drop(ended);
}

/// Hands what has arrived to the loop.
fn hear() {
    LISTENERS.with_borrow(|all| {
        let Some(all) = all else { return };
        for bell in all.signals.arrived().iter().filter_map(|signal| all.bells.get(signal)) {
            world::scheduler().ready().strike(*bell, false);
        }
    });
}

/// The script or, in a forked child, that of the parent listens no more.
pub(super) fn forget() {
    let all = LISTENERS.take();
    drop(all);
}

pub(super) fn alarm(call: &mut Call<'_>) -> Result<bool> {
    let micros: i64 = call.arg()?;
    let kind: i64 = call.arg_or(0)?;
    let every = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    let set = child::alarm(i32::try_from(kind).unwrap_or(-1), every);
    Ok(set.inspect_err(|cause| failed("setitimer()", cause)).is_ok())
}

pub(super) fn kill(call: &mut Call<'_>) -> Result<bool> {
    let pid: i64 = call.arg()?;
    let number: i64 = call.arg_or(Signal::SIGTERM as i64)?;
    let target = i32::try_from(pid).map(Pid::from_raw);
    let (Ok(target), Ok(raw)) = (target, i32::try_from(number)) else {
        return Err(error::value_error("pid and signal must be numbers of 32 bits"));
    };
    match child::kill(target, raw) {
        Ok(()) => Ok(true),
        // Signal 0 is the question whether the process exists.
        Err(cause) => {
            if raw != 0 || cause.raw_os_error() != Some(nix::libc::ESRCH) {
                failed(&format!("kill({pid}, {number})"), &cause);
            }
            Ok(false)
        }
    }
}

thread_local! {
    /// Emptied at the end of every request, and in a forked child.
    static LISTENERS: RefCell<Option<Listeners>> = const { RefCell::new(None) };
}
