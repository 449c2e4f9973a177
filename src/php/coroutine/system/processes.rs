//! Commands, the ends of child processes, and signals.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::rc::Rc;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::{await_outside, failed};
use crate::net::watch::{Events, Watch};
use crate::php::coroutine::{deadline, inside};
use crate::php::errors::warn;
use crate::process::command;
use crate::process::sys::wait::{SignalWait, try_wait};
use crate::process::sys::{self, Exit};
use crate::zend::{Array, Call, IntoValue, Result, Value};

/// Runs a command of the shell and gives its output and how it ended.
pub(super) fn exec(call: &mut Call<'_>) -> Result<Value> {
    let command: &[u8] = call.arg()?;
    let with_errors: bool = call.arg_or(false)?;
    inside()?;
    let (pid, output) = match command::start(OsStr::from_bytes(command), with_errors) {
        Ok(started) => started,
        Err(error) => return Ok(failed(&error)),
    };
    let running = Running::new(pid);
    let output = match await_outside(read_all(output), None)? {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => return Ok(failed(&error)),
        Err(_) => return Ok(Value::from(false)),
    };
    let Some((_, exit)) = await_end(Some(pid), None)? else { return Ok(Value::from(false)) };
    running.ended();
    let mut result = how_it_ended(exit);
    result.set("output", output);
    Ok(result.into_value())
}

/// A command that runs. When nobody waits for it any more it is killed: its output has no reader.
struct Running(u32);

impl Running {
    fn new(pid: u32) -> Self {
        COMMANDS.with_borrow_mut(|commands| commands.insert(pid, None));
        Self(pid)
    }

    fn ended(&self) {
        COMMANDS.with_borrow_mut(|commands| commands.insert(self.0, Some(Exit::Code(0))));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let exit = COMMANDS.with_borrow_mut(|commands| commands.remove(&self.0)).flatten();
        if exit.is_none() {
            sys::kill(self.0, Signal::SIGKILL);
            // It ends at once; what cannot be killed is left to the system.
            let _ = nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(self.0 as i32), None);
        }
    }
}

async fn read_all(output: OwnedFd) -> io::Result<Vec<u8>> {
    let watch = Rc::new(Watch::new(output));
    let (mut output, mut chunk) = (Vec::new(), vec![0; CHUNK_BYTES]);
    loop {
        Rc::clone(&watch).ready(Events::READ).await?;
        match nix::unistd::read(watch.file(), &mut chunk) {
            Ok(0) => return Ok(output),
            Ok(count) => output.extend_from_slice(&chunk[..count]),
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        if output.len() > OUTPUT_BYTES_MAX {
            return Err(Errno::EFBIG.into());
        }
    }
}

pub(super) fn wait(call: &mut Call<'_>) -> Result<Value> {
    let seconds: f64 = call.arg_or(-1.0)?;
    inside()?;
    Ok(ended(await_end(None, deadline(seconds))?))
}

pub(super) fn wait_pid(call: &mut Call<'_>) -> Result<Value> {
    let pid: i64 = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    inside()?;
    let pid = match u32::try_from(pid) {
        Ok(pid) if pid > 0 => Some(pid),
        _ if pid == -1 => None,
        _ => return Ok(failed(&Errno::EINVAL.into())),
    };
    Ok(ended(await_end(pid, deadline(seconds))?))
}

fn ended(end: Option<(u32, Exit)>) -> Value {
    Value::or_false(end.map(|(pid, exit)| {
        let mut result = Array::new();
        result.set("pid", pid);
        for (key, value) in how_it_ended(exit).iter() {
            result.set_key(&key, value);
        }
        result
    }))
}

fn how_it_ended(exit: Exit) -> Array {
    let (code, signal) = match exit {
        Exit::Code(code) => (code, 0),
        Exit::Signal(signal) => (0, signal),
    };
    let mut result = Array::new();
    result.set("code", code);
    result.set("signal", signal);
    result
}

/// Waits for the end of a child, or of any. `None` with the last error set.
fn await_end(pid: Option<u32>, until: Option<u64>) -> Result<Option<(u32, Exit)>> {
    // Listening first: an end after the look is then a signal.
    let listening = SignalWait::begin(&[Signal::SIGCHLD]).and_then(|wait| Ok((wait.bell()?, wait)));
    let (bell, wait) = match listening {
        Ok(listening) => listening,
        Err(error) => return none(&error),
    };
    let bell = Rc::new(Watch::new(bell));
    loop {
        wait.arrived();
        match look(pid) {
            Ok(Some(end)) => return Ok(Some(end)),
            Ok(None) => {}
            Err(error) => return none(&error),
        }
        match await_outside(Rc::clone(&bell).ready(Events::READ), until)? {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return none(&error),
            Err(_) => return Ok(None),
        }
    }
}

fn none<T>(error: &io::Error) -> Result<Option<T>> {
    failed(error);
    Ok(None)
}

/// Reaps a child that has ended. One that `exec()` waits for is noted for it and not for whoever waits for any child.
fn look(pid: Option<u32>) -> io::Result<Option<(u32, Exit)>> {
    if let Some(pid) = pid
        && let Some(exit) = COMMANDS.with_borrow(|commands| commands.get(&pid).copied().flatten())
    {
        return Ok(Some((pid, exit)));
    }
    loop {
        let Some((found, exit)) = try_wait(pid)? else { return Ok(None) };
        let noted = pid.is_none()
            && COMMANDS.with_borrow_mut(|commands| {
                commands.get_mut(&found).map(|noted| *noted = Some(exit)).is_some()
            });
        if !noted {
            return Ok(Some((found, exit)));
        }
    }
}

pub(super) fn wait_signal(call: &mut Call<'_>) -> Result<Value> {
    let signals: &Value = call.arg()?;
    let seconds: f64 = call.arg_or(-1.0)?;
    inside()?;
    let numbers: Vec<i64> = match signals.unref().as_array() {
        Some(list) => list.values().map(|signal| signal.to_long()).collect(),
        None => vec![signals.to_long()],
    };
    let signals: Option<Vec<Signal>> = numbers.into_iter().map(signal_of).collect();
    let Some(signals) = signals.filter(|signals| !signals.is_empty()) else {
        warn("invalid signal number");
        return Ok(failed(&Errno::EINVAL.into()));
    };
    let listening = SignalWait::begin(&signals).and_then(|wait| Ok((wait.bell()?, wait)));
    let (bell, wait) = match listening {
        Ok(listening) => listening,
        Err(error) => return Ok(failed(&error)),
    };
    let bell = Rc::new(Watch::new(bell));
    Ok(match await_outside(bell.ready(Events::READ), deadline(seconds))? {
        Ok(Ok(_)) => Value::or_false(wait.arrived().map(|signal| signal as i32)),
        Ok(Err(error)) => failed(&error),
        Err(_) => Value::from(false),
    })
}

fn signal_of(number: i64) -> Option<Signal> {
    let signal = Signal::try_from(i32::try_from(number).ok()?).ok()?;
    (!matches!(signal, Signal::SIGKILL | Signal::SIGSTOP)).then_some(signal)
}

thread_local! {
    /// Commands that `exec()` waits for, and how they ended if somebody else has reaped them.
    static COMMANDS: RefCell<HashMap<u32, Option<Exit>>> = RefCell::default();
}

/// How much of a command's output is read at a time.
const CHUNK_BYTES: usize = 16 * 1024;
/// A command that prints more is given up.
const OUTPUT_BYTES_MAX: usize = 256 << 20;
