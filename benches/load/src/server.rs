//! The server under test as a child process: started on a free port, pinned to a core, watched through /proc, stopped.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::Failure;
use crate::options::Options;
use crate::proc_tree::ProcTree;

pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// The command as it was run, port and all.
    pub command: String,
    log: File,
}

impl Server {
    /// Starts the command and returns once it accepts connections. The caller must end with [`Server::stop`].
    pub fn start(options: &Options) -> Result<Self, Failure> {
        raise_descriptor_limit();
        let port = free_port()?;
        let command = options.server.replace("{port}", &port.to_string());
        let log = scratch_file()?;
        pin(options.server_core)?;
        let child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|e| e.to_string())?)
            .stderr(log.try_clone().map_err(|e| e.to_string())?)
            .spawn()
            .map_err(|e| format!("cannot start {command:?}: {e}"))?;
        pin(options.load_core)?;
        let mut server = Self { child, address: ([127, 0, 0, 1], port).into(), command, log };
        match server.wait_until_it_accepts() {
            Ok(()) => Ok(server),
            Err(why) => Err(match server.stop() {
                Some(tail) => format!("{why}\n{tail}"),
                None => why,
            }),
        }
    }

    /// Whether the server may run on a core of the load's, as the kernel has it and not as it was asked for: then they wait
    /// for each other, and each finds the other's data in its cache.
    pub fn shares_a_core(&self) -> bool {
        let of = |id| sched_getaffinity(Pid::from_raw(id));
        let (Ok(server), Ok(load)) = (of(self.child.id() as i32), of(0)) else { return false };
        (0..CpuSet::count()).any(|core| server.is_set(core) == Ok(true) && load.is_set(core) == Ok(true))
    }

    pub fn tree(&self) -> ProcTree {
        ProcTree::of(self.child.id())
    }

    fn wait_until_it_accepts(&mut self) -> Result<(), Failure> {
        let deadline = Instant::now() + START_TIME_MAX;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{:?} ended at once ({status})", self.command));
            }
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(format!("{:?} accepted nothing within {START_TIME_MAX:?}", self.command))
    }

    /// Asks the server to end, insists after a while; returns the end of its output if it had died by itself.
    pub fn stop(mut self) -> Option<String> {
        let died = matches!(self.child.try_wait(), Ok(Some(_)));
        let id = Pid::from_raw(self.child.id() as i32);
        if !died {
            let _ = kill(id, Signal::SIGTERM);
            let deadline = Instant::now() + STOP_TIME_MAX;
            while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        // The group is the server's own (process_group(0) above): this ends what it forked and left behind.
        let _ = killpg(id, Signal::SIGKILL);
        let _ = self.child.wait();
        died.then(|| self.last_words())
    }

    fn last_words(&mut self) -> String {
        let mut text = Vec::new();
        let _ = self.log.seek(SeekFrom::Start(0));
        let _ = self.log.read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LAST_WORDS_LINES)..].join("\n")
    }
}

/// The kernel picks a free port; it is free again for the server once the listener here is dropped.
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    listener.local_addr().map(|a| a.port()).map_err(|e| e.to_string())
}

/// A file without a name: it goes when the last descriptor is closed.
fn scratch_file() -> Result<File, Failure> {
    let path = std::env::temp_dir().join(format!("load-{}.log", std::process::id()));
    let open = File::options().read(true).append(true).create_new(true).open(&path);
    let file = open.map_err(|e| format!("{}: {e}", path.display()))?;
    let _ = std::fs::remove_file(path);
    Ok(file)
}

/// Pins this thread, and with it the children it starts afterwards.
fn pin(core: usize) -> Result<(), Failure> {
    let mut set = CpuSet::new();
    set.set(core)
        .and_then(|()| sched_setaffinity(Pid::from_raw(0), &set))
        .map_err(|e| format!("cannot pin to core {core}: {e}"))
}

/// Ten thousand connections need as many descriptors on both sides; the child inherits the limit.
fn raise_descriptor_limit() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// Generous: an interpreter on a busy machine starts within a second.
const START_TIME_MAX: Duration = Duration::from_secs(20);

/// Longer than the three seconds a server may grant its last connections, and enough for one that valgrind slows down.
const STOP_TIME_MAX: Duration = Duration::from_secs(20);

const LAST_WORDS_LINES: usize = 20;
