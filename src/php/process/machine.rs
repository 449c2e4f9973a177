//! What a `Swoole\Process` asks of the machine: CPUs, priorities, another program, the background.

use std::ffi::CString;
use std::io;

use nix::libc;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::{self, Pid};

use super::{Process, failed};
use crate::php::errors;
use crate::process::sys::child;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Array, Call, Result, Str, Value, error, world};

/// Replaces the program of this process.
pub(super) fn exec(_: &Process, call: &mut Call<'_>) -> Result<bool> {
    let file: &Str = call.arg()?;
    let args: &Array = call.arg()?;
    if file.is_empty() {
        errors::warn("exec file name is empty");
        return Ok(false);
    }
    let mut words = vec![word(file)];
    for arg in args.values() {
        words.push(word(&arg.to_str()?));
    }
    let Err(cause) = unistd::execv(&words[0], &words);
    failed(&format!("execve({file})"), &cause.into());
    Ok(false)
}

/// As C sees it: a string ends at its first NUL.
fn word(text: &Str) -> CString {
    let bytes = text.as_bytes().split(|byte| *byte == 0).next().unwrap_or_default();
    CString::new(bytes).unwrap_or_default()
}

/// Goes on in the background.
pub(super) fn daemon(call: &mut Call<'_>) -> Result<bool> {
    let (stay, keep_open): (bool, bool) = (call.arg_or(true)?, call.arg_or(true)?);
    let pipes: Option<&Array> = call.opt()?;
    if !world::is_outside() {
        return Err(error::fatal("must be forked outside the coroutine"));
    }
    for (standard, fd) in (0..3).zip(pipes.into_iter().flat_map(Array::values)) {
        let fd = i32::try_from(fd.to_long()).unwrap_or(-1);
        if let Err(cause) = child::redirect(fd, standard) {
            failed("dup2()", &cause);
        }
    }
    match unistd::daemon(stay, keep_open) {
        Ok(()) => Ok(true),
        Err(cause) => {
            failed("daemon()", &cause.into());
            Ok(false)
        }
    }
}

pub(super) fn set_affinity(call: &mut Call<'_>) -> Result<bool> {
    let list: &Array = call.arg()?;
    let mut cpus = CpuSet::new();
    for cpu in list.values() {
        let known = usize::try_from(cpu.to_long()).ok().filter(|cpu| *cpu < CpuSet::count());
        let Some(cpu) = known else {
            errors::warn(format_args!("invalid cpu id [{}]", cpu.to_long()));
            return Ok(false);
        };
        // In range.
        let _ = cpus.set(cpu);
    }
    if list.is_empty() {
        return Ok(false);
    }
    let set = sched_setaffinity(Pid::from_raw(0), &cpus);
    Ok(set.inspect_err(|cause| failed("sched_setaffinity()", &(*cause).into())).is_ok())
}

pub(super) fn affinity(_: &mut Call<'_>) -> Result<Array> {
    let cpus = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
    let mut list = Array::new();
    for cpu in 0..CpuSet::count() {
        if cpus.is_set(cpu).unwrap_or(false) {
            list.push(cpu);
        }
    }
    Ok(list)
}

pub(super) fn set_priority(process: &Process, call: &mut Call<'_>) -> Result<bool> {
    let (which, priority): (i64, i64) = (call.arg()?, call.arg()?);
    let Some(who) = who(process, which, call)? else { return Ok(false) };
    Ok(quietly(child::set_priority(which as i32, who, priority as i32)).is_some())
}

pub(super) fn priority(process: &Process, call: &mut Call<'_>) -> Result<Value> {
    let which: i64 = call.arg()?;
    let Some(who) = who(process, which, call)? else { return Ok(Value::from(false)) };
    Ok(Value::or_false(quietly(child::priority(which as i32, who))))
}

/// Whom the script means: by itself the child, which is a process; never all that a user or a group has.
fn who(process: &Process, which: i64, call: &mut Call<'_>) -> Result<Option<u32>> {
    let who: Option<Option<i64>> = call.opt()?;
    if let Some(who) = who.flatten() {
        return Ok(Some(who as u32));
    }
    if which == i64::from(libc::PRIO_PROCESS as i32) {
        return Ok(Some(process.pid.get()));
    }
    error::warning("$who parameter must not be null");
    last_error::set(ErrorCode::INVALID_PARAMS);
    Ok(None)
}

/// What a call of the system gave; its error is the last error, without a warning.
fn quietly<T>(outcome: io::Result<T>) -> Option<T> {
    outcome.inspect_err(|cause| last_error::set(ErrorCode::from(cause))).ok()
}
