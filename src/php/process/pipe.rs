//! The pipe of a `Swoole\Process`: `write`, `read`, `close` and how long they may wait.

use std::io;
use std::rc::Rc;

use nix::sys::socket::Shutdown;

use super::{PIPE, Process, failed, seconds};
use crate::net::socket::Socket;
use crate::php::coroutine::socket::{self, line::Line};
use crate::php::errors;
use crate::process::pipe::{Pipe, Side};
use crate::zend::{Call, IntoValue, Result, Str, Value};

pub(super) fn write(process: &Process, call: &mut Call<'_>) -> Result<Value> {
    let data: &Str = call.arg()?;
    if data.is_empty() {
        errors::warn("the data to send is empty");
        return Ok(Value::from(false));
    }
    let written =
        use_pipe(process, "no pipe, cannot write into pipe", "write()", |pipe| pipe.write(data.as_bytes()));
    Ok(Value::or_false(written))
}

pub(super) fn read(process: &Process, call: &mut Call<'_>) -> Result<Value> {
    let size: i64 = call.arg_or(READ_BYTES)?;
    let size = usize::try_from(size).ok().filter(|size| *size > 0).unwrap_or(READ_BYTES as usize);
    let read = use_pipe(process, "no pipe, cannot read from pipe", "read()", |pipe| {
        pipe.read(size.min(READ_BYTES_MAX))
    });
    Ok(Value::or_false(read.map(|data| Str::new(&data))))
}

pub(super) fn close(process: &Process, call: &mut Call<'_>) -> Result<bool> {
    let which: i64 = call.arg_or(0)?;
    let closed = use_pipe(process, "no pipe, cannot close the pipe", "close()", |pipe| match which {
        MASTER | WORKER => {
            pipe.close(if which == MASTER { Side::Master } else { Side::Worker });
            Ok(())
        }
        READ => pipe.shut(Shutdown::Read),
        WRITE => pipe.shut(Shutdown::Write),
        _ => Ok(()),
    });
    if closed.is_some() && !(MASTER..=WRITE).contains(&which) {
        process.pipe.take();
        drop(process.exported.take());
        call.this().set(&PIPE, Value::null());
    }
    Ok(closed.is_some())
}

/// A socket for coroutines on the same pipe, which never waits any more for `read` and `write`. Asked again, the same one.
pub(super) fn export(process: &Process, _call: &mut Call<'_>) -> Result<Value> {
    if let Some(socket) = &*process.exported.borrow() {
        return Ok(socket.clone().into_value());
    }
    let adopted = use_pipe(process, "no pipe, cannot export stream", "dup()", |pipe| {
        Socket::adopt(pipe.end()?.try_clone_to_owned()?)
    });
    let Some(adopted) = adopted else { return Ok(false.into_value()) };
    let socket = socket::object(Rc::new(Line::new(adopted)));
    let old = process.exported.replace(Some(socket.clone()));
    drop(old);
    Ok(socket.into_value())
}

pub(super) fn set_timeout(process: &Process, call: &mut Call<'_>) -> Result<bool> {
    let timeout = seconds(call.arg()?);
    let set = use_pipe(process, "no pipe, cannot setTimeout the pipe", "setsockopt()", |pipe| {
        pipe.set_timeout(timeout)
    });
    Ok(set.is_some())
}

pub(super) fn set_blocking(process: &Process, call: &mut Call<'_>) -> Result<bool> {
    let blocking = call.arg()?;
    let set = use_pipe(process, "no pipe, cannot setBlocking the pipe", "fcntl()", |pipe| {
        pipe.set_blocking(blocking)
    });
    Ok(set.is_some())
}

/// Does something with the pipe; a warning and nothing when there is none or it cannot be done.
fn use_pipe<T>(
    process: &Process,
    without: &str,
    what: &str,
    call: impl FnOnce(&mut Pipe) -> io::Result<T>,
) -> Option<T> {
    // The warning comes after the borrow: a script may handle it and use the process.
    let done = process.pipe.borrow_mut().as_mut().map(call);
    match done {
        Some(Ok(value)) => return Some(value),
        Some(Err(cause)) => failed(what, &cause),
        None => errors::warn(without),
    }
    None
}

/// `Process::PIPE_*`.
pub(super) const MASTER: i64 = 1;
pub(super) const WORKER: i64 = 2;
pub(super) const READ: i64 = 3;
pub(super) const WRITE: i64 = 4;
/// What `read()` asks for by itself, and at most: the room is made before it waits.
const READ_BYTES: i64 = 8192;
const READ_BYTES_MAX: usize = 64 << 20;
