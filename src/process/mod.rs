//! L2: processes: memory they share, signals, forking. No sockets of clients, no tokio in whoever forks, no PHP.
//!
//! | file | what |
//! |---|---|
//! | `sys` | the system calls that need `unsafe`, and nothing else |
//! | `command` | a command of the shell and its output |
//! | `daemon` | leaving the terminal, the pid file, root's rights |
//! | `lock` | a lock between processes |
//! | `manager` | forks workers, watches, reloads and stops them |
//! | `pipe` | to a child that a script forked |
//! | `pipes` | the sockets between workers |
//! | `table` | rows of columns that processes share |
//! | `shared` | the memory of all processes of a server |

pub mod command;
pub mod daemon;
pub mod lock;
pub mod manager;
pub mod pipe;
pub mod pipes;
pub mod ring;
pub mod rings;
pub mod shared;
#[allow(unsafe_code)]
pub mod sys;
pub mod table;

/// How many files a process may have open.
pub fn open_files_max() -> u64 {
    use nix::sys::resource::{Resource, getrlimit};
    // A fallback that every system grants, for the case that the question itself is refused.
    getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft)
}

/// Lets this process run on one CPU only.
#[cfg(target_os = "linux")]
pub fn pin_to_cpu(cpu: u32) -> std::io::Result<()> {
    let mut cpus = nix::sched::CpuSet::new();
    cpus.set(cpu as usize)?;
    Ok(nix::sched::sched_setaffinity(nix::unistd::Pid::from_raw(0), &cpus)?)
}

#[cfg(not(target_os = "linux"))]
pub fn pin_to_cpu(_cpu: u32) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
