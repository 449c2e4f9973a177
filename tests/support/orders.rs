//! A server in a process of its own that does what its clients say, for the tests of processes.
//!
//! Forking needs a process without threads, so these tests run themselves: with arguments they are a server, and
//! without they are the tests, which talk to such servers.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, Uid};
use swoole::net::bind::{Address, Bound};
use swoole::net::form::{Content, Part};
use swoole::protocol::close::CloseReason;
use swoole::protocol::connection::SendFlags;
use swoole::serve::{App, LogLine, Message, Request, ServeOptions, TaskInHand, Worker, serve};
use swoole::server::command::Letter;
use swoole::server::log::{LOG, Level, LogSettings};
use swoole::server::session::{Closed, SessionId};
use swoole::server::stats::Counter;

use super::{Client, respond};

/// Obeys orders in text: `pid`, `fd`, `push FD TEXT`, `info FD`, `close FD`, `disconnect FD`, `list`, `count`.
pub struct Orders(Plan);

impl Orders {
    fn answer(worker: &Worker, session: SessionId, order: &str) -> String {
        let mut words = order.splitn(3, ' ');
        let name = words.next().unwrap_or_default();
        let target = SessionId::new(words.next().and_then(|word| word.parse().ok()).unwrap_or(0));
        let rest = words.next().unwrap_or_default();
        match name {
            "pid" => std::process::id().to_string(),
            "worker" => worker.id().to_string(),
            "fd" => session.to_string(),
            "push" => {
                let text = if rest.is_empty() { "x".repeat(1_000_000) } else { rest.to_owned() };
                let opcode = swoole::protocol::opcode::Opcode::Text;
                format!("{:?}", worker.push(target, opcode, text.as_bytes(), SendFlags::WHOLE))
            }
            "info" => match worker.client_info(target) {
                Some(info) => {
                    format!("{} {} {:?}", worker.is_established(target), info.worker, info.peer.port())
                }
                None => format!("{}", worker.exists(target)),
            },
            "close" => format!("{:?}", worker.close(target, false)),
            "disconnect" => {
                let reason = CloseReason::new(4000, "told to").unwrap();
                format!("{:?}", worker.disconnect(target, &reason))
            }
            "list" => {
                let mut position = 0;
                let mut list = Vec::new();
                while let Some((next, session)) = worker.next_session(position) {
                    list.push(session.to_string());
                    position = next;
                }
                list.join(",")
            }
            "unread" => worker.unread_bytes(target).to_string(),
            "held" => worker.stats().total(Counter::BytesHeld).to_string(),
            "count" => worker.session_count().to_string(),
            "message" => {
                format!("{:?}", worker.send_message(target.as_u64() as u16, 0, rest.as_bytes().to_vec()))
            }
            "task" => {
                let task = worker.task(1, 0, rest.as_bytes().to_vec());
                format!("{:?}", worker.send_task(target.as_u64() as u16, &task))
            }
            "reload" => worker.reload().to_string(),
            "shutdown" => {
                worker.shutdown();
                String::from("ok")
            }
            "crash" => std::process::abort(),
            // Pushes to a worker that is busy until its pipe is full.
            "flood" => {
                let block = vec![b'x'; 1_000_000];
                let opcode = swoole::protocol::opcode::Opcode::Binary;
                let refused =
                    (0..1000).find_map(|_| worker.push(target, opcode, &block, SendFlags::WHOLE).err());
                format!("{refused:?} {}", worker.await_room(target))
            }
            "nap" => {
                nap(if target.as_u64() == 0 { 1500 } else { target.as_u64() });
                String::from("awake")
            }
            "block" => loop {
                tell("blocked");
                std::thread::sleep(Duration::from_secs(1));
            },
            _ => String::from("?"),
        }
    }
}

/// Whether this process is a user's that stays.
static STAYS: AtomicBool = AtomicBool::new(false);

/// Lines on standard output are how the server tells its story; one `write` each, so that they never mix.
pub fn tell(line: &str) {
    let _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
}

/// Sleeps, as a callback that computes would.
fn nap(millis: u64) {
    tell("napping");
    std::thread::sleep(Duration::from_millis(millis));
}

/// Does what a letter says: `nap MS`, or an order that gets no answer.
fn obey(worker: &Worker, letter: &Letter) {
    let text = String::from_utf8_lossy(&letter.bytes);
    if let Some(millis) = text.strip_prefix("nap ") {
        nap(millis.parse().unwrap());
    } else if let Some(order) = text.strip_prefix("do ") {
        let answer = Orders::answer(worker, SessionId::new(0), order);
        tell(&format!("done by {} {answer}", worker.id()));
    }
}

fn trouble_of(part: &Part) -> String {
    match &part.content {
        Content::Field(_) => String::from("field "),
        Content::File(upload) => {
            upload.trouble.map_or_else(|| String::from("none "), |trouble| format!("{trouble:?} "))
        }
    }
}

impl App for Orders {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        let order = String::from_utf8_lossy(message.payload).into_owned();
        let answer = Self::answer(worker, session, &order);
        let _ = worker.push(session, message.opcode, answer.as_bytes(), SendFlags::WHOLE);
    }

    fn on_request(&self, worker: &Worker, session: SessionId, mut request: Request) {
        if let Some(form) = &request.form {
            request.body = form.parts.iter().flat_map(|part| trouble_of(part).into_bytes()).collect();
        }
        respond(worker, session, &request);
    }

    fn on_close(&self, _worker: &Worker, session: SessionId, closed: &Closed) {
        tell(&format!("close {session} {:?}", closed.by));
    }

    fn on_room(&self, _worker: &Worker, session: SessionId) {
        tell(&format!("room {session}"));
    }

    fn on_pipe_message(&self, worker: &Worker, letter: Letter) {
        let text = String::from_utf8_lossy(&letter.bytes);
        tell(&format!("message {}->{} {text}", letter.from, worker.id()));
        obey(worker, &letter);
    }

    fn on_task(&self, worker: &Worker, letter: Letter, task: TaskInHand) {
        obey(worker, &letter);
        drop(task);
        worker.finish_task(letter.from, letter.id, 0, letter.bytes);
    }

    fn on_finish(&self, worker: &Worker, letter: Letter) {
        tell(&format!("finish {} {}", worker.id(), String::from_utf8_lossy(&letter.bytes)));
    }

    fn on_start(&self) {
        tell("start");
    }
    fn on_manager_start(&self) {
        tell("manager start");
    }
    fn on_worker_start(&self, worker: &Worker) {
        tell(&format!("worker starting {} {}", worker.id(), std::process::id()));
        std::thread::sleep(Duration::from_millis(self.0.start_ms));
        tell(&format!("worker start {}", worker.id()));
    }
    /// The first stays until it is told to go, the others return at once.
    fn on_user_process(&self, worker: &Worker, index: u16) {
        STAYS.store(index == 0, Ordering::Relaxed);
        tell(&format!("user {index} is {} {}", worker.id(), std::process::id()));
    }
    fn is_idle(&self) -> bool {
        !STAYS.load(Ordering::Relaxed)
    }
    fn on_worker_stop(&self, worker: &Worker) {
        tell(&format!("worker stop {}", worker.id()));
    }
    fn on_worker_error(&self, failure: swoole::serve::WorkerFailure) {
        tell(&format!("worker error {} {} {}", failure.worker, failure.exit_code, failure.signal));
    }
    fn on_before_reload(&self) {
        tell("before reload");
    }
    fn on_after_reload(&self) {
        tell("after reload");
    }
    fn on_before_shutdown(&self) {
        tell("before shutdown");
    }
    fn on_manager_stop(&self) {
        tell("manager stop");
    }
    fn on_shutdown(&self) {
        tell("shutdown");
    }
    fn log(&self, line: LogLine<'_>) {
        tell(&format!("log {line:?}"));
        if self.0.file_bytes > 0 {
            LOG.write(Level::Warning, &format!("{line:?}"));
        }
    }
}

/// How a server is to be; passed to its process as numbers.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub workers: u16,
    /// Threads that own the sockets; 0: the workers do.
    pub reactors: u16,
    pub max_wait_ms: u64,
    /// How many files it may have open; 0 is as many as we.
    pub files: u64,
    pub max_request: u32,
    pub user_processes: u16,
    pub task_workers: u16,
    /// How long the start of a worker takes.
    pub start_ms: u64,
    /// How long a file may become; 0 is as long as ours. The server has [`scratch_of`] then.
    pub file_bytes: u64,
    /// Who the processes are when root runs the tests; 0 is nobody else.
    pub uid: u32,
    /// Whether the server itself becomes `nobody` when it serves.
    pub drops_rights: bool,
    /// `mailbox_limit`; 0 is as always.
    pub mailbox_bytes: u64,
    /// `max_queued_bytes`; 0 is no limit.
    pub unread_bytes: u64,
}

pub const PLAN: Plan = Plan {
    workers: 2,
    reactors: 0,
    max_wait_ms: 2_000,
    files: 0,
    max_request: 0,
    user_processes: 0,
    task_workers: 0,
    start_ms: 0,
    file_bytes: 0,
    uid: 0,
    drops_rights: false,
    mailbox_bytes: 0,
    unread_bytes: 0,
};

impl Plan {
    pub fn args(self) -> Vec<String> {
        let numbers = [
            u64::from(self.workers),
            u64::from(self.reactors),
            self.max_wait_ms,
            self.files,
            u64::from(self.max_request),
            u64::from(self.user_processes),
            u64::from(self.task_workers),
            self.start_ms,
            self.file_bytes,
            u64::from(self.uid),
            u64::from(self.drops_rights),
            self.mailbox_bytes,
            self.unread_bytes,
        ];
        let numbers = numbers.iter().map(ToString::to_string);
        std::iter::once(String::from("server")).chain(numbers).collect()
    }

    pub fn of(args: &[String]) -> Option<Self> {
        let [mode, numbers @ ..] = args else { return None };
        let numbers: Vec<u64> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
        let [
            workers,
            reactors,
            max_wait_ms,
            files,
            max_request,
            user_processes,
            task_workers,
            start_ms,
            file_bytes,
            uid,
            drops_rights,
            mailbox_bytes,
            unread_bytes,
        ] = numbers[..]
        else {
            return None;
        };
        (mode == "server").then_some(Self {
            workers: workers as u16,
            reactors: reactors as u16,
            max_wait_ms,
            files,
            max_request: max_request as u32,
            user_processes: user_processes as u16,
            task_workers: task_workers as u16,
            start_ms,
            file_bytes,
            uid: uid as u32,
            drops_rights: drops_rights > 0,
            mailbox_bytes,
            unread_bytes,
        })
    }
}

/// Where a server with short files logs to `log` and puts uploads; whoever started it removes it.
pub fn scratch_of(pid: u32) -> PathBuf {
    std::env::temp_dir().join(format!("swoole-rs-faults-{pid}"))
}

pub fn run_server(plan: Plan) {
    // A test that is interrupted leaves no server behind.
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL).unwrap();
    if plan.files > 0 {
        setrlimit(Resource::RLIMIT_NOFILE, plan.files, plan.files).unwrap();
    }
    let mut options = ServeOptions {
        worker_num: plan.workers,
        task_worker_num: plan.task_workers,
        reactor_num: plan.reactors,
        user_process_num: plan.user_processes,
        max_wait: Some(Duration::from_millis(plan.max_wait_ms)),
        max_request: plan.max_request,
        max_request_grace: 0,
        ..ServeOptions::default()
    };
    if plan.file_bytes > 0 {
        setrlimit(Resource::RLIMIT_FSIZE, plan.file_bytes, plan.file_bytes).unwrap();
        let scratch = scratch_of(std::process::id());
        std::fs::create_dir(&scratch).unwrap();
        LOG.configure(LogSettings { file: Some(scratch.join("log")), ..LogSettings::default() });
        options.ports[0].body_bytes_max = 1_000;
        options.ports[0].upload_bytes_max = 1_000_000;
        options.ports[0].upload_dir = scratch.into_os_string().into_encoded_bytes();
    }
    if plan.uid > 0 && Uid::effective().is_root() {
        nix::unistd::setuid(Uid::from_raw(plan.uid)).unwrap();
    }
    options.unread_bytes_max = Some(plan.unread_bytes as usize).filter(|limit| *limit > 0);
    if plan.mailbox_bytes > 0 {
        options.mailbox_bytes_max = plan.mailbox_bytes as usize;
    }
    if plan.drops_rights {
        options.identity.user = String::from("nobody");
    }
    let bound = Bound::bind(&Address::Inet("127.0.0.1:0".parse().unwrap())).unwrap();
    tell(&format!("port {}", bound.port()));
    // A worker's process and the manager's both end here.
    if let Err(cause) = serve(vec![bound], &options, &Orders(plan)) {
        tell(&format!("cannot serve: {cause}"));
        std::process::exit(1);
    }
}

/// A server process.
pub struct Server {
    pub child: Child,
    lines: BufReader<std::process::ChildStdout>,
    pub address: SocketAddr,
    heard: Vec<String>,
}

impl Server {
    pub fn start(workers: u16) -> Self {
        Self::start_with(Plan { workers, ..PLAN })
    }

    pub fn start_with(plan: Plan) -> Self {
        let mut server = Self::launch(plan);
        for worker in 0..plan.workers {
            server.hear(&format!("worker start {worker}"));
        }
        server
    }

    /// As [`Server::start_with`], without waiting for workers. Its processes are a group.
    pub fn launch(plan: Plan) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(plan.args())
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let address = SocketAddr::new("127.0.0.1".parse().unwrap(), 0);
        let mut server = Self { child, lines, address, heard: Vec::new() };
        let port = server.hear("port ");
        server.address.set_port(port["port ".len()..].parse().unwrap());
        server
    }

    /// Waits for a line that begins so. Lines heard on the way are kept for later.
    pub fn hear(&mut self, beginning: &str) -> String {
        if let Some(at) = self.heard.iter().position(|line| line.starts_with(beginning)) {
            return self.heard.remove(at);
        }
        loop {
            let mut line = String::new();
            assert_ne!(
                self.lines.read_line(&mut line).unwrap(),
                0,
                "ended before {beginning:?}: {:?}",
                self.heard
            );
            if line.starts_with(beginning) {
                return line.trim_end().to_owned();
            }
            self.heard.push(line.trim_end().to_owned());
        }
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    pub fn open(&self) -> Client {
        let mut client = Client::connect(self.address);
        client.handshake();
        client
    }

    /// A client on each worker.
    pub fn open_on_each(&self, workers: usize) -> Vec<Client> {
        let mut clients: Vec<Option<Client>> = (0..workers).map(|_| None).collect();
        for _ in 0..200 {
            let mut client = self.open();
            let worker: usize = ask(&mut client, "worker").parse().unwrap();
            clients[worker].get_or_insert(client);
            if clients.iter().all(Option::is_some) {
                return clients.into_iter().flatten().collect();
            }
        }
        panic!("some worker never gets a connection");
    }

    pub fn wait(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = killpg(Pid::from_raw(self.child.id() as i32), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

pub fn ask(client: &mut Client, order: &str) -> String {
    client.send(0x81, order.as_bytes());
    String::from_utf8(client.receive().payload).unwrap()
}

pub fn is_alive(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None).is_ok()
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The `main` of a test that runs itself: with the arguments of a plan it is a server, else it runs `tests`.
pub fn main(tests: &'static [(&str, fn())]) {
    main_with(tests.iter().map(|(name, test)| (String::from(*name), Box::new(test) as Test)).collect());
}

/// Says why a test ends before it has shown anything.
pub fn skip(why: &str) {
    println!("skipped: {why}");
    SKIPPED.fetch_add(1, Ordering::Relaxed);
}

static SKIPPED: AtomicUsize = AtomicUsize::new(0);

pub type Test = Box<dyn Fn() + Send>;

/// As [`main`], for tests that are computed.
pub fn main_with(tests: Vec<(String, Test)>) {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Some(plan) = Plan::of(&args) {
        return run_server(plan);
    }
    let filter = args.iter().find(|arg| !arg.starts_with('-'));
    let wanted: Vec<_> = tests
        .into_iter()
        .filter(|(name, _)| filter.is_none_or(|filter| name.contains(filter.as_str())))
        .collect();
    let total = wanted.len();
    let queue = Mutex::new(wanted);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((name, test)) = { queue.lock().unwrap().pop() } {
                    let began = Instant::now();
                    if catch_unwind(AssertUnwindSafe(test)).is_err() {
                        println!("{name} FAILED after {:?}", began.elapsed());
                        failed.lock().unwrap().push(name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    let skipped = SKIPPED.load(Ordering::Relaxed);
    let passed = total - failed.len() - skipped;
    println!(
        "test result: {verdict}. {passed} passed; {} failed; {skipped} ignored {failed:?}",
        failed.len()
    );
    std::process::exit(i32::from(!failed.is_empty()));
}

/// More at a time would only wait for each other.
const AT_A_TIME: usize = 16;
