//! Children that a script forks itself, and what a process may ask the kernel about itself: timers, priorities.

use std::io;
use std::os::fd::RawFd;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{ForkResult, Pid};

use super::Fork;

/// Forks a child that may outlive us. What belongs to the parent's loop is cut off: handlers of its signals, and its
/// epolls, through which the child would take events away from it.
///
/// A lock that another thread holds at this moment stays locked in the child for ever. The child must use nothing that
/// the parent's threads use (invariant 3 in ARCHITECTURE.md): it gets a runtime of its own.
pub fn fork() -> io::Result<Fork> {
    // SAFETY: the child goes on with a copy of this thread only; a lock lost to another thread would be a deadlock, not
    // a memory error.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Fork::Parent { child: child.as_raw().cast_unsigned() }),
        ForkResult::Child => {
            super::forget_signals();
            leave_epolls();
            loop_is_over();
            Ok(Fork::Child)
        }
    }
}

/// A server's loop begins in this process: from here on a child that a callback forks by itself is told apart.
pub fn loop_begins() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| {
        // SAFETY: the handler is a function without state that stores to two atomics. Without memory for it nothing is
        // registered, and such children are as before.
        unsafe { libc::pthread_atfork(None, None, Some(forked)) };
    });
    LOOPING.store(true, Ordering::Relaxed);
}

/// The loop has ended, or this is a child of ours that has none.
pub fn loop_is_over() {
    LOOPING.store(false, Ordering::Relaxed);
    FORKED_INSIDE.store(false, Ordering::Relaxed);
}

/// Whether this process is a child that a callback of a server forked by itself (`pcntl_fork()`): sockets, epolls and
/// shared memory in it are its parent's.
#[inline]
pub fn is_forked_inside() -> bool {
    FORKED_INSIDE.load(Ordering::Relaxed)
}

/// Ends this process at once: nothing that it inherited is closed, told or given back.
pub fn leave(status: i32) -> ! {
    // SAFETY: ends the process; no code runs afterwards.
    unsafe { libc::_exit(status) }
}

extern "C" fn forked() {
    if LOOPING.load(Ordering::Relaxed) {
        FORKED_INSIDE.store(true, Ordering::Relaxed);
    }
}

/// A server's loop runs in this process.
static LOOPING: AtomicBool = AtomicBool::new(false);
static FORKED_INSIDE: AtomicBool = AtomicBool::new(false);

/// Puts an empty epoll in the place of every inherited one: what the child registers or, as it drops what it inherited,
/// takes away would otherwise happen to the parent's.
#[cfg(target_os = "linux")]
fn leave_epolls() {
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return };
    let is_epoll = |entry: &std::fs::DirEntry| {
        std::fs::read_link(entry.path()).is_ok_and(|what| what.as_os_str() == "anon_inode:[eventpoll]")
    };
    let epolls: Vec<RawFd> = open
        .flatten()
        .filter(is_epoll)
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    for epoll in epolls {
        // SAFETY: plain system calls on descriptors; who owns the number goes on owning it.
        unsafe {
            let empty = libc::epoll_create1(libc::EPOLL_CLOEXEC);
            if empty >= 0 {
                libc::dup3(empty, epoll, libc::O_CLOEXEC);
                libc::close(empty);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn leave_epolls() {}

/// Makes `standard` (0, 1 or 2) a copy of `fd`.
pub fn redirect(fd: RawFd, standard: RawFd) -> io::Result<()> {
    // SAFETY: a plain system call on descriptors; the standard ones belong to nobody in particular.
    Errno::result(unsafe { libc::dup2(fd, standard) })?;
    Ok(())
}

/// Has the kernel send a signal every so often: SIGALRM (0), SIGVTALRM (1) or SIGPROF (2). No time at all ends that.
pub fn alarm(kind: i32, every: Duration) -> io::Result<()> {
    let every = libc::timeval {
        tv_sec: libc::time_t::try_from(every.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_usec: every.subsec_micros().into(),
    };
    let timer = libc::itimerval { it_interval: every, it_value: every };
    // SAFETY: the kernel only reads the struct. The kind has another type in every libc.
    Errno::result(unsafe { libc::setitimer(kind as _, &raw const timer, std::ptr::null_mut()) })?;
    Ok(())
}

/// Sends a signal, also one that has no name here; 0 only asks whether the process is there.
pub fn kill(process: Pid, signal: i32) -> io::Result<()> {
    // SAFETY: a plain system call.
    Errno::result(unsafe { libc::kill(process.as_raw(), signal) })?;
    Ok(())
}

/// The priority of processes: `which` is one of PRIO_*, `who` the id it means.
pub fn priority(which: i32, who: u32) -> io::Result<i32> {
    Errno::clear();
    // SAFETY: a plain system call.
    let priority = unsafe { libc::getpriority(which as _, who) };
    // -1 may be a priority.
    match Errno::last_raw() {
        0 => Ok(priority),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// See [`priority`].
pub fn set_priority(which: i32, who: u32, priority: i32) -> io::Result<()> {
    // SAFETY: a plain system call.
    Errno::result(unsafe { libc::setpriority(which as _, who, priority) })?;
    Ok(())
}
