//! A command of the shell whose output is read from a pipe.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Starts a command. Its output, with its errors if they are wanted, comes from a descriptor that does not block.
pub fn start(command: &OsStr, with_errors: bool) -> io::Result<(u32, OwnedFd)> {
    let (reader, writer) = io::pipe()?;
    let errors = if with_errors { Stdio::from(writer.try_clone()?) } else { Stdio::inherit() };
    let child = Command::new("/bin/sh").arg("-c").arg(command).stdout(writer).stderr(errors).spawn()?;
    let output = OwnedFd::from(reader);
    fcntl(&output, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    Ok((child.id(), output))
}
