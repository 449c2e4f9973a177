//! System calls that fail now and then: strace stands between the server and the kernel.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::kills::{nobody_is_left, parent_of};
use crate::support::Client;
use crate::support::orders::{PLAN, Plan, Server, ask, skip, wait_until};

/// Calls of a process that fail as long as this lives.
struct Fault {
    strace: Child,
    /// Nobody reads on, but it must not be closed.
    told: Option<BufReader<ChildStderr>>,
    log: PathBuf,
    began: Instant,
}

impl Fault {
    /// None: this machine does not let one process stand in another's way.
    fn begin(pid: i32, calls: &str, how: &str) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let log = std::env::temp_dir().join(format!("swoole-rs-strace-{}-{number}", std::process::id()));
        let mut command = Command::new("strace");
        command.args(["-f", "-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:{how}")]);
        command.arg("-o").arg(&log).arg("-p").arg(pid.to_string());
        let strace = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().ok()?;
        let mut fault = Self { strace, told: None, log, began: Instant::now() };
        let mut first = String::new();
        let told = fault.told.insert(BufReader::new(fault.strace.stderr.take()?));
        told.read_line(&mut first).ok()?;
        first.contains(" attached").then_some(fault)
    }

    /// How many calls have failed.
    fn failures(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().filter(|line| line.ends_with("(INJECTED)")).count()
    }

    fn wait_for(&self, failures: usize) {
        wait_until("calls fail", || self.failures() >= failures);
    }

    /// Waits for a moment between two calls: one that is about to fail when strace goes would not exist for the server.
    fn settle(&self) {
        let (began, mut last) = (Instant::now(), (self.failures(), Instant::now()));
        while last.1.elapsed() < QUIET {
            assert!(began.elapsed() < Duration::from_secs(10), "calls fail without end");
            std::thread::sleep(QUIET / 5);
            let failures = self.failures();
            if failures != last.0 {
                last = (failures, Instant::now());
            }
        }
    }

    /// Expects that nobody has tried without rest.
    fn end_calm(self, first_tries: usize) {
        let (failures, elapsed) = (self.failures(), self.began.elapsed());
        let most = first_tries + (elapsed.as_millis() / PAUSE_MS) as usize;
        assert!(failures <= most, "{failures} in {elapsed:?}");
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.settle();
        }
        let _ = kill(Pid::from_raw(self.strace.id().cast_signed()), Signal::SIGTERM);
        let _ = self.strace.wait();
        let _ = std::fs::remove_file(&self.log);
    }
}

/// The fault, or the end of the test.
macro_rules! begin {
    ($pid:expr, $calls:expr, $how:expr) => {
        match Fault::begin($pid, $calls, $how) {
            Some(fault) => fault,
            None => return skip("strace is missing or may not trace"),
        }
    };
}

fn start(workers: u16, reactors: u16) -> (Server, i32) {
    let server = Server::start_with(Plan { workers, reactors, ..PLAN });
    let pid = server.child.id().cast_signed();
    (server, pid)
}

fn stops_clean(mut server: Server) {
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait(), 0);
    nobody_is_left(&server);
}

/// Whether nothing has come.
fn hears_nothing(client: &mut Client) -> bool {
    client.0.set_nonblocking(true).unwrap();
    let read = client.0.read(&mut [0]);
    client.0.set_nonblocking(false).unwrap();
    read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

fn receive_text(client: &mut Client) -> String {
    String::from_utf8(client.receive().payload).unwrap()
}

fn sends_without_memory_are_tried_again() {
    for (reactors, error) in [(0, "ENOBUFS"), (0, "ENOMEM"), (1, "ENOBUFS")] {
        let (server, pid) = start(1, reactors);
        let mut clients = [server.open(), server.open()];
        let fd = ask(&mut clients[0], "fd");
        let fault = begin!(pid, SENDS, &format!("error={error}"));
        // One answer, several at once, and one of a megabyte.
        clients[0].send(0x81, b"worker");
        clients[0].send(0x81, b"count");
        clients[1].send(0x81, format!("push {fd}").as_bytes());
        fault.wait_for(10);
        assert!(clients.iter_mut().all(hears_nothing));
        fault.end_calm(10);
        assert_eq!([receive_text(&mut clients[0]), receive_text(&mut clients[0])], ["0", "2"]);
        assert_eq!(clients[0].receive().payload.len(), 1_000_000);
        assert_eq!(receive_text(&mut clients[1]), "Ok(())");
        assert_eq!(ask(&mut clients[0], "worker"), "0");
        stops_clean(server);
    }
}

fn reads_without_memory_are_tried_again() {
    for reactors in [0, 1] {
        let (server, pid) = start(1, reactors);
        let mut client = server.open();
        let fault = begin!(pid, "recvfrom", "error=ENOMEM");
        client.send(0x81, b"worker");
        fault.wait_for(5);
        fault.end_calm(5);
        assert_eq!(receive_text(&mut client), "0");
        stops_clean(server);
    }
}

fn commands_between_workers_without_memory_are_tried_again() {
    let (mut server, _) = start(2, 0);
    let mut clients = server.open_on_each(2);
    let other = ask(&mut clients[1], "fd");
    let pid = ask(&mut clients[0], "pid").parse().unwrap();
    let fault = begin!(pid, SENDS, "error=ENOBUFS");
    clients[0].send(0x81, b"message 1 hello");
    clients[0].send(0x81, format!("push {other} first").as_bytes());
    clients[0].send(0x81, format!("push {other} second").as_bytes());
    fault.wait_for(10);
    assert!(hears_nothing(&mut clients[1]));
    fault.end_calm(10);
    server.hear("message 0->1 hello");
    assert_eq!([receive_text(&mut clients[1]), receive_text(&mut clients[1])], ["first", "second"]);
    stops_clean(server);
}

fn a_server_that_cannot_accept_waits_and_goes_on() {
    for reactors in [0, 1] {
        let (server, pid) = start(1, reactors);
        let mut inside = server.open();
        for error in ["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS"] {
            let fault = begin!(pid, "accept4", &format!("error={error}"));
            let mut outside = Client::connect(server.address);
            fault.wait_for(3);
            assert_eq!(ask(&mut inside, "worker"), "0");
            fault.end_calm(5);
            // With no descriptors left, those who came are sent away as soon as that is possible.
            if error.ends_with("FILE") {
                outside = Client::connect(server.address);
            }
            outside.handshake();
            assert_eq!(ask(&mut outside, "worker"), "0");
        }
        // The first in the queue was gone already.
        for error in ["ECONNABORTED", "EPROTO", "ENETDOWN"] {
            let fault = begin!(pid, "accept4", &format!("error={error}:when=1..3"));
            assert_eq!(ask(&mut server.open(), "worker"), "0");
            assert_eq!(fault.failures(), 3);
        }
        stops_clean(server);
    }
}

fn a_connection_that_cannot_be_watched_is_refused() {
    for reactors in [0, 1] {
        let (server, pid) = start(1, reactors);
        let mut inside = server.open();
        for error in ["ENOSPC", "ENOMEM"] {
            let fault = begin!(pid, "epoll_ctl", &format!("error={error}"));
            for _ in 0..3 {
                assert_eq!(Client::connect(server.address).read_to_end(), b"");
            }
            assert_eq!(ask(&mut inside, "worker"), "0");
            drop(fault);
            assert_eq!(ask(&mut server.open(), "worker"), "0");
        }
        stops_clean(server);
    }
}

fn interrupted_calls_are_repeated() {
    for reactors in [0, 1] {
        let (server, pid) = start(1, reactors);
        let mut clients = [server.open(), server.open()];
        let fd = ask(&mut clients[0], "fd");
        // A client on the way in, too.
        let calls = format!("{SENDS},recvfrom,accept4,epoll_wait,epoll_pwait");
        let fault = begin!(pid, &calls, "error=EINTR:when=1+2");
        for _ in 0..20 {
            assert_eq!(ask(&mut clients[0], "worker"), "0");
            assert_eq!(ask(&mut server.open(), "worker"), "0");
        }
        clients[1].send(0x81, format!("push {fd}").as_bytes());
        assert_eq!(clients[0].receive().payload.len(), 1_000_000);
        fault.wait_for(100);
        drop(fault);
        stops_clean(server);
    }
}

/// The next bytes bring what an earlier look has missed.
fn calls_that_find_nothing_lose_nothing() {
    for reactors in [0, 1] {
        let (server, pid) = start(1, reactors);
        let mut client = server.open();
        let fault = begin!(pid, "recvfrom", "error=EAGAIN:when=1+2");
        let orders: Vec<_> = (0..50).map(|number| format!("push {number} x")).collect();
        orders.iter().for_each(|order| client.send(0x81, order.as_bytes()));
        let mut answers = 0;
        let began = Instant::now();
        while answers < orders.len() {
            assert!(began.elapsed() < PATIENCE, "{answers} answers");
            client.send(0x89, b"");
            // All that was sent so far may have come in one look that found nothing.
            client.0.set_read_timeout(Some(NUDGE)).unwrap();
            let has_more = client.0.peek(&mut [0]).is_ok();
            client.0.set_read_timeout(Some(PATIENCE)).unwrap();
            answers += usize::from(has_more && client.receive().first == 0x81);
        }
        drop(fault);
        stops_clean(server);
    }
}

fn a_manager_without_memory_forks_later() {
    for reactors in [0, 1] {
        let (mut server, _) = start(2, reactors);
        let mut clients = server.open_on_each(2);
        let worker: i32 = ask(&mut clients[0], "pid").parse().unwrap();
        let fault = begin!(parent_of(worker), "fork,vfork,clone,clone3", "error=ENOMEM");
        kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
        server.hear("log Warning(\"worker 0 is not forked yet: Cannot allocate memory");
        assert_eq!(ask(&mut clients[1], "worker"), "1");
        drop(fault);
        server.hear("worker start 0");
        server.open_on_each(2);
        stops_clean(server);
    }
}

/// By name, as `cargo test` would.
pub const TESTS: &[(&str, fn())] = &[
    ("sends_without_memory_are_tried_again", sends_without_memory_are_tried_again),
    ("reads_without_memory_are_tried_again", reads_without_memory_are_tried_again),
    (
        "commands_between_workers_without_memory_are_tried_again",
        commands_between_workers_without_memory_are_tried_again,
    ),
    ("a_server_that_cannot_accept_waits_and_goes_on", a_server_that_cannot_accept_waits_and_goes_on),
    ("a_connection_that_cannot_be_watched_is_refused", a_connection_that_cannot_be_watched_is_refused),
    ("interrupted_calls_are_repeated", interrupted_calls_are_repeated),
    ("calls_that_find_nothing_lose_nothing", calls_that_find_nothing_lose_nothing),
    ("a_manager_without_memory_forks_later", a_manager_without_memory_forks_later),
];

/// How long bytes may take that are on their way.
const NUDGE: Duration = Duration::from_millis(100);
/// After this a test gives up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Whatever a link or a worker writes to others with.
const SENDS: &str = "sendto,sendmsg,writev";
/// Longer than from one call of a burst to the next, shorter than from one try to the next.
const QUIET: Duration = Duration::from_millis(5);
/// Nobody tries again sooner.
const PAUSE_MS: u128 = 5;
