//! `swoole_select()`: which of many descriptors are ready. It blocks, as select(2) does.

use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::php::descriptors;
use crate::php::errors::warn;
use crate::zend::{Array, ByRef, Call, Descriptor, Key, Result, Value, error};

/// Leaves in each array what is ready, and says how many that are.
pub(super) fn select(call: &mut Call<'_>) -> Result<Value> {
    let lists: [ByRef<'_>; 3] = [call.arg()?, call.arg()?, call.arg()?];
    let seconds = call.arg_or(Some(TIMEOUT_SECS))?.unwrap_or(-1.0);
    let mut asked = Vec::new();
    for (list, flag) in lists.iter().zip(FLAGS) {
        asked.extend(entries(list, flag)?);
    }
    if asked.is_empty() {
        warn("no descriptor to wait for");
        return Ok(Value::from(false));
    }
    let mut fds: Vec<PollFd<'_>> =
        asked.iter().map(|entry| PollFd::new(entry.descriptor.file.as_fd(), entry.flag)).collect();
    match poll(&mut fds, timeout(seconds)) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok(Value::from(false)),
        Err(error) => {
            warn(format_args!("unable to select: {}", error.desc()));
            return Ok(Value::from(false));
        }
    }
    let ready: Vec<bool> = fds.iter().map(|fd| is_ready(fd, fd.events())).collect();
    drop(fds);
    let mut count = 0;
    for (list, flag) in lists.iter().zip(FLAGS) {
        if list.get().as_array().is_none() {
            continue;
        }
        let mut left = Array::new();
        for (entry, _) in asked.iter().zip(&ready).filter(|(entry, ready)| **ready && entry.flag == flag) {
            left.set_key(&entry.key, &entry.value);
            count += 1;
        }
        list.set(left)?;
    }
    Ok(Value::from(count))
}

struct Entry {
    key: Key,
    value: Value,
    descriptor: Descriptor,
    flag: PollFlags,
}

fn entries(list: &ByRef<'_>, flag: PollFlags) -> Result<Vec<Entry>> {
    let Some(list) = list.get().as_array().cloned() else { return Ok(Vec::new()) };
    let mut entries = Vec::with_capacity(list.len());
    for (key, value) in list.iter() {
        match descriptors::open(&value) {
            Some(descriptor) => entries.push(Entry { key, value, descriptor, flag }),
            None => error::check()?,
        }
    }
    Ok(entries)
}

fn is_ready(fd: &PollFd<'_>, asked: PollFlags) -> bool {
    let over = PollFlags::POLLERR | PollFlags::POLLHUP;
    let counts = if asked == PollFlags::POLLPRI { asked } else { asked | over };
    fd.revents().is_some_and(|found| found.intersects(counts))
}

fn timeout(seconds: f64) -> PollTimeout {
    if seconds < 0.0 {
        return PollTimeout::NONE;
    }
    let wait = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    PollTimeout::try_from(wait).unwrap_or(PollTimeout::MAX)
}

/// What each of the three arrays asks for.
const FLAGS: [PollFlags; 3] = [PollFlags::POLLIN, PollFlags::POLLOUT, PollFlags::POLLPRI];
const TIMEOUT_SECS: f64 = 0.5;
