//! Whole files, read and written beside the loop.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use nix::errno::Errno;

use super::{await_outside, failed};
use crate::net::offload::offload;
use crate::php::coroutine::inside;
use crate::zend::{Array, Call, IntoValue, Result, Value};

pub(super) fn read(call: &mut Call<'_>) -> Result<Value> {
    let path = path(call)?;
    let flags: i64 = call.arg_or(0)?;
    aside(move || read_whole(&path, flags & LOCK_EX != 0))
}

pub(super) fn write(call: &mut Call<'_>) -> Result<Value> {
    let path = path(call)?;
    let content = call.arg::<&[u8]>()?.to_vec();
    let flags: i64 = call.arg_or(0)?;
    aside(move || {
        let append = flags & FILE_APPEND != 0;
        let mut file = OpenOptions::new().create(true).write(true).append(append).open(&path)?;
        if flags & LOCK_EX != 0 {
            file.lock()?;
        }
        if !append {
            // Not when it is opened: whoever holds the lock may still be reading.
            truncate(&file)?;
        }
        file.write_all(&content)?;
        Ok(content.len())
    })
}

pub(super) fn statvfs(call: &mut Call<'_>) -> Result<Value> {
    let path = path(call)?;
    inside()?;
    let found = await_outside(offload(move || nix::sys::statvfs::statvfs(&path)), None)?;
    let found = match found {
        Ok(Ok(Ok(found))) => found,
        Ok(Ok(Err(error))) => return Ok(failed(&error.into())),
        Ok(Err(error)) => return Ok(failed(&error)),
        Err(_) => return Ok(Value::from(false)),
    };
    let mut array = Array::new();
    array.set("bsize", found.block_size() as u64);
    array.set("frsize", found.fragment_size() as u64);
    array.set("blocks", found.blocks() as u64);
    array.set("bfree", found.blocks_free() as u64);
    array.set("bavail", found.blocks_available() as u64);
    array.set("files", found.files() as u64);
    array.set("ffree", found.files_free() as u64);
    array.set("favail", found.files_available() as u64);
    array.set("fsid", found.filesystem_id() as u64);
    array.set("flag", found.flags().bits() as u64);
    array.set("namemax", found.name_max() as u64);
    Ok(array.into_value())
}

fn path(call: &mut Call<'_>) -> Result<PathBuf> {
    Ok(PathBuf::from(OsStr::from_bytes(call.arg()?)))
}

/// Runs `work` beside the loop and gives its result, or false.
fn aside<T: IntoValue + Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<Value> {
    inside()?;
    Ok(match await_outside(offload(work), None)? {
        Ok(Ok(Ok(result))) => result.into_value(),
        Ok(Ok(Err(error)) | Err(error)) => failed(&error),
        Err(_) => Value::from(false),
    })
}

fn read_whole(path: &PathBuf, lock: bool) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(Errno::EISDIR.into());
    }
    if lock {
        file.lock_shared()?;
    }
    let mut content = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut content)?;
    if content.len() as u64 > FILE_BYTES_MAX {
        return Err(Errno::EFBIG.into());
    }
    Ok(content)
}

/// What cannot be truncated (a pipe, a device) need not be.
fn truncate(file: &File) -> io::Result<()> {
    if file.metadata()?.is_file() { file.set_len(0) } else { Ok(()) }
}

/// `LOCK_EX`.
const LOCK_EX: i64 = 2;
/// `FILE_APPEND`.
const FILE_APPEND: i64 = 8;
/// More is not read into memory at once; `/dev/zero` has no end.
const FILE_BYTES_MAX: u64 = 1 << 30;
