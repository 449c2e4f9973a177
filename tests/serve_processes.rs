//! Several workers: they die, reload and stop as told, and every session is everybody's.
//!
//! Forking needs a process without threads, so this test runs itself: with the argument `server` it is a server, and
//! without it is the tests, which talk to such servers.
#![cfg(feature = "net")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{Client, respond};
use swoole::net::bind::{Address, Bound};
use swoole::protocol::close::CloseReason;
use swoole::protocol::connection::SendFlags;
use swoole::serve::{App, LogLine, Message, Request, ServeOptions, Worker, serve};
use swoole::server::command::Letter;
use swoole::server::session::{Closed, SessionId};

/// Obeys orders in text: `pid`, `fd`, `push FD TEXT`, `info FD`, `close FD`, `disconnect FD`, `list`, `count`.
struct Orders;

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
            "count" => worker.session_count().to_string(),
            "message" => {
                format!("{:?}", worker.send_message(target.as_u64() as u16, 0, rest.as_bytes().to_vec()))
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
                tell("napping");
                std::thread::sleep(Duration::from_millis(1500));
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
fn tell(line: &str) {
    let _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
}

impl App for Orders {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        let order = String::from_utf8_lossy(message.payload).into_owned();
        let answer = Self::answer(worker, session, &order);
        let _ = worker.push(session, message.opcode, answer.as_bytes(), SendFlags::WHOLE);
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
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
    }

    fn on_start(&self) {
        tell("start");
    }
    fn on_manager_start(&self) {
        tell("manager start");
    }
    fn on_worker_start(&self, worker: &Worker) {
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
    }
}

/// How a server is to be; passed to its process as numbers.
#[derive(Clone, Copy)]
struct Plan {
    workers: u16,
    max_wait_ms: u64,
    /// How many files it may have open; 0 is as many as we.
    files: u64,
    max_request: u32,
    user_processes: u16,
}

const PLAN: Plan = Plan { workers: 2, max_wait_ms: 2_000, files: 0, max_request: 0, user_processes: 0 };

impl Plan {
    fn args(self) -> Vec<String> {
        let numbers = [
            u64::from(self.workers),
            self.max_wait_ms,
            self.files,
            u64::from(self.max_request),
            u64::from(self.user_processes),
        ];
        let numbers = numbers.iter().map(ToString::to_string);
        std::iter::once(String::from("server")).chain(numbers).collect()
    }

    fn of(args: &[String]) -> Option<Self> {
        let [mode, numbers @ ..] = args else { return None };
        let numbers: Vec<u64> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
        let [workers, max_wait_ms, files, max_request, user_processes] = numbers[..] else { return None };
        (mode == "server").then_some(Self {
            workers: workers as u16,
            max_wait_ms,
            files,
            max_request: max_request as u32,
            user_processes: user_processes as u16,
        })
    }
}

fn run_server(plan: Plan) {
    if plan.files > 0 {
        nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_NOFILE, plan.files, plan.files)
            .unwrap();
    }
    let bound = Bound::bind(&Address::Inet("127.0.0.1:0".parse().unwrap())).unwrap();
    tell(&format!("port {}", bound.port()));
    let options = ServeOptions {
        worker_num: plan.workers,
        user_process_num: plan.user_processes,
        max_wait: Some(Duration::from_millis(plan.max_wait_ms)),
        max_request: plan.max_request,
        max_request_grace: 0,
        ..ServeOptions::default()
    };
    // A worker's process and the manager's both end here.
    let _ = serve(vec![bound], &options, &Orders).unwrap();
}

/// A server process.
struct Server {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
    address: SocketAddr,
    heard: Vec<String>,
}

impl Server {
    fn start(workers: u16) -> Self {
        Self::start_with(Plan { workers, ..PLAN })
    }

    fn start_with(plan: Plan) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(plan.args())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let address = SocketAddr::new("127.0.0.1".parse().unwrap(), 0);
        let mut server = Self { child, lines, address, heard: Vec::new() };
        let port = server.hear("port ");
        server.address.set_port(port["port ".len()..].parse().unwrap());
        for worker in 0..plan.workers {
            server.hear(&format!("worker start {worker}"));
        }
        server
    }

    /// Waits for a line that begins so. Lines heard on the way are kept for later.
    fn hear(&mut self, beginning: &str) -> String {
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

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).unwrap();
    }

    fn open(&self) -> Client {
        let mut client = Client::connect(self.address);
        client.handshake();
        client
    }

    /// A client on each worker.
    fn open_on_each(&self, workers: usize) -> Vec<Client> {
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

    fn wait(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask(client: &mut Client, order: &str) -> String {
    client.send(0x81, order.as_bytes());
    String::from_utf8(client.receive().payload).unwrap()
}

fn is_alive(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None).is_ok()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn every_worker_sees_and_reaches_every_session() {
    let server = Server::start(3);
    let mut clients = server.open_on_each(3);
    let fds: Vec<String> = clients.iter_mut().map(|client| ask(client, "fd")).collect();
    for from in 0..3 {
        for to in (0..3).filter(|to| *to != from) {
            let info = ask(&mut clients[from], &format!("info {}", fds[to]));
            let port = clients[to].0.local_addr().unwrap().port();
            assert_eq!(info, format!("true {to} {port}"));
            assert_eq!(ask(&mut clients[from], &format!("push {} hello from {from}", fds[to])), "Ok(())");
            assert_eq!(clients[to].receive().payload, format!("hello from {from}").as_bytes());
        }
        let list = ask(&mut clients[from], "list");
        assert!(fds.iter().all(|fd| list.split(',').any(|listed| listed == fd)), "{list}");
    }
}

fn a_large_message_crosses_workers_in_one_piece() {
    let server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let fd = ask(&mut clients[1], "fd");
    for _ in 0..5 {
        assert_eq!(ask(&mut clients[0], &format!("push {fd}")), "Ok(())");
    }
    for _ in 0..5 {
        assert_eq!(clients[1].receive().payload.len(), 1_000_000);
    }
}

fn close_and_disconnect_cross_workers() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let fd = ask(&mut clients[1], "fd");
    assert_eq!(ask(&mut clients[0], &format!("disconnect {fd}")), "Ok(())");
    clients[1].expect_close(4000);
    assert_eq!(server.hear(&format!("close {fd}")), format!("close {fd} Server"));
    // Others may still look at the session while its owner's on_close runs.
    wait_until("the session is gone", || ask(&mut clients[0], &format!("info {fd}")) == "false");
    assert_eq!(ask(&mut clients[0], &format!("push {fd} late")), "Err(NotFound)");

    let mut other = loop {
        let mut client = server.open();
        if ask(&mut client, "worker") == "1" {
            break client;
        }
    };
    let fd = ask(&mut other, "fd");
    assert_eq!(ask(&mut clients[0], &format!("close {fd}")), "Ok(())");
    assert_eq!(other.read_to_end(), b"");
}

fn workers_send_each_other_messages() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    assert_eq!(ask(&mut clients[0], "message 1 hi there"), "Ok(())");
    server.hear("message 0->1 hi there");
    assert_eq!(ask(&mut clients[0], "message 0 self"), "Err(NotFound)");
    assert_eq!(ask(&mut clients[0], "message 2 nobody"), "Err(NotFound)");
}

fn a_killed_worker_is_replaced_and_the_others_do_not_notice() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let victim: i32 = ask(&mut clients[1], "pid").parse().unwrap();
    let fd = ask(&mut clients[1], "fd");
    let began = Instant::now();
    kill(Pid::from_raw(victim), Signal::SIGKILL).unwrap();
    assert_eq!(server.hear("worker error"), "worker error 1 0 9");
    server.hear("worker start 1");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(ask(&mut clients[0], &format!("info {fd}")), "false");
    let mut fresh = server.open_on_each(2);
    assert_ne!(ask(&mut fresh[1], "pid"), victim.to_string());
}

fn a_worker_that_exits_badly_is_reported() {
    let mut server = Server::start(2);
    let mut client = server.open();
    client.send(0x81, b"crash");
    assert!(server.hear("worker error").ends_with(" 0 6"));
    server.hear("worker start");
}

fn sigterm_says_goodbye_to_everybody_and_leaves_nobody() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let pids: Vec<i32> = clients.iter_mut().map(|client| ask(client, "pid").parse().unwrap()).collect();
    server.signal(Signal::SIGTERM);
    for client in &mut clients {
        client.expect_close(1001);
    }
    for line in ["worker stop 0", "worker stop 1", "before shutdown", "manager stop", "shutdown"] {
        server.hear(line);
    }
    assert_eq!(server.wait(), 0);
    assert!(pids.into_iter().all(|pid| !is_alive(pid)));
}

fn reload_replaces_every_worker_and_says_1012() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let before: Vec<String> = clients.iter_mut().map(|client| ask(client, "pid")).collect();
    server.signal(Signal::SIGUSR1);
    for client in &mut clients {
        client.expect_close(1012);
    }
    server.hear("before reload");
    server.hear("worker start 0");
    server.hear("worker start 1");
    server.hear("after reload");
    let mut clients = server.open_on_each(2);
    for client in &mut clients {
        assert!(!before.contains(&ask(client, "pid")));
    }
}

fn a_worker_can_ask_for_reload_and_shutdown() {
    let mut server = Server::start(2);
    let mut client = server.open();
    assert_eq!(ask(&mut client, "reload"), "true");
    server.hear("after reload");
    let mut client = server.open();
    client.send(0x81, b"shutdown");
    assert_eq!(server.wait(), 0);
}

fn a_blocked_worker_is_killed_in_the_end() {
    let mut server = Server::start_with(Plan { max_wait_ms: 300, ..PLAN });
    let mut client = server.open();
    client.send(0x81, b"block");
    server.hear("blocked");
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait(), 0);
}

fn nobody_survives_a_killed_manager() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let pids: Vec<i32> = clients.iter_mut().map(|client| ask(client, "pid").parse().unwrap()).collect();
    server.signal(Signal::SIGKILL);
    for client in &mut clients {
        client.expect_close(1001);
    }
    for pid in pids {
        wait_until("the worker of a killed manager ends", || !is_alive(pid));
    }
    server.wait();
}

fn a_sender_hears_when_the_way_to_another_worker_is_free_again() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let fd = ask(&mut clients[1], "fd");
    clients[1].send(0x81, b"nap");
    server.hear("napping");
    assert_eq!(ask(&mut clients[0], &format!("flood {fd}")), "Some(Full) true");
    server.hear(&format!("room {fd}"));
    assert_eq!(ask(&mut clients[0], "count"), "2");
}

fn a_worker_that_has_had_its_requests_is_replaced() {
    let mut server = Server::start_with(Plan { max_request: 10, ..PLAN });
    let mut client = server.open();
    let pid = ask(&mut client, "pid");
    let worker = ask(&mut client, "worker");
    // The handshake was the first request.
    for _ in 3..10 {
        assert_eq!(ask(&mut client, "pid"), pid);
    }
    client.expect_close(1012);
    server.hear(&format!("worker stop {worker}"));
    server.hear(&format!("worker start {worker}"));
}

/// The process of the user process that stays.
fn pid_of_user_process(server: &mut Server) -> i32 {
    server.hear("user 0 is 1 ").rsplit(' ').next().unwrap().parse().unwrap()
}

fn user_processes_live_as_long_as_the_server() {
    let mut server = Server::start_with(Plan { workers: 1, user_processes: 2, ..PLAN });
    let first = pid_of_user_process(&mut server);
    let mut client = server.open();
    assert_eq!(ask(&mut client, "message 1 hello"), "Ok(())");
    server.hear("message 0->1 hello");
    // The other one returns at once, again and again.
    server.hear("user 1 is 2 ");
    server.hear("user 1 is 2 ");
    server.signal(Signal::SIGUSR1);
    server.hear("after reload");
    assert!(is_alive(first), "a reload does not concern it");
    kill(Pid::from_raw(first), Signal::SIGKILL).unwrap();
    assert_eq!(server.hear("worker error"), "worker error 1 0 9");
    let second = pid_of_user_process(&mut server);
    server.signal(Signal::SIGTERM);
    server.hear("worker stop 0");
    assert_eq!(server.wait(), 0);
    assert!(!is_alive(second));
}

/// A WebSocket, unless the server refuses the connection.
fn try_open(server: &Server) -> Option<Client> {
    let mut client = Client::connect(server.address);
    // A refused connection may be gone before the request is written.
    let _ = client.0.write_all(support::HANDSHAKE);
    std::io::Read::read(&mut client.0, &mut [0; 1]).is_ok_and(|count| count == 1).then(|| {
        client.read_until("\r\n\r\n");
        client
    })
}

fn a_server_without_descriptors_refuses_and_recovers() {
    let mut server = Server::start_with(Plan { workers: 1, files: 40, ..PLAN });
    let mut clients: Vec<Client> = std::iter::from_fn(|| try_open(&server)).take(40).collect();
    assert!((10..40).contains(&clients.len()), "{}", clients.len());
    assert!((0..3).all(|_| try_open(&server).is_none()));
    for client in &mut clients {
        assert_eq!(ask(client, "worker"), "0");
    }
    clients.truncate(5);
    wait_until("there is a place again", || {
        try_open(&server).is_some_and(|mut one| ask(&mut one, "worker") == "0")
    });
    drop(clients);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait(), 0);
}

fn signals_that_mean_nothing_here_do_no_harm() {
    for workers in [1, 2] {
        let mut server = Server::start(workers);
        let mut client = server.open();
        let pid: i32 = ask(&mut client, "pid").parse().unwrap();
        for signal in [Signal::SIGHUP, Signal::SIGUSR2, Signal::SIGWINCH, Signal::SIGPIPE] {
            server.signal(signal);
            kill(Pid::from_raw(pid), signal).unwrap();
            assert_eq!(ask(&mut client, "pid"), pid.to_string());
        }
        server.signal(Signal::SIGTERM);
        client.expect_close(1001);
        assert_eq!(server.wait(), 0);
    }
}

fn a_single_worker_runs_in_the_calling_process() {
    let mut server = Server::start(1);
    let mut client = server.open();
    assert_eq!(ask(&mut client, "pid"), server.child.id().to_string());
    assert_eq!(ask(&mut client, "reload"), "false");
    server.signal(Signal::SIGINT);
    client.expect_close(1001);
    server.hear("before shutdown");
    server.hear("worker stop 0");
    server.hear("shutdown");
    assert_eq!(server.wait(), 0);
}

const TESTS: &[(&str, fn())] = &[
    ("every_worker_sees_and_reaches_every_session", every_worker_sees_and_reaches_every_session),
    ("a_large_message_crosses_workers_in_one_piece", a_large_message_crosses_workers_in_one_piece),
    ("close_and_disconnect_cross_workers", close_and_disconnect_cross_workers),
    ("workers_send_each_other_messages", workers_send_each_other_messages),
    (
        "a_killed_worker_is_replaced_and_the_others_do_not_notice",
        a_killed_worker_is_replaced_and_the_others_do_not_notice,
    ),
    ("a_worker_that_exits_badly_is_reported", a_worker_that_exits_badly_is_reported),
    (
        "sigterm_says_goodbye_to_everybody_and_leaves_nobody",
        sigterm_says_goodbye_to_everybody_and_leaves_nobody,
    ),
    ("reload_replaces_every_worker_and_says_1012", reload_replaces_every_worker_and_says_1012),
    ("a_worker_can_ask_for_reload_and_shutdown", a_worker_can_ask_for_reload_and_shutdown),
    ("a_blocked_worker_is_killed_in_the_end", a_blocked_worker_is_killed_in_the_end),
    (
        "a_sender_hears_when_the_way_to_another_worker_is_free_again",
        a_sender_hears_when_the_way_to_another_worker_is_free_again,
    ),
    ("a_worker_that_has_had_its_requests_is_replaced", a_worker_that_has_had_its_requests_is_replaced),
    ("a_server_without_descriptors_refuses_and_recovers", a_server_without_descriptors_refuses_and_recovers),
    ("signals_that_mean_nothing_here_do_no_harm", signals_that_mean_nothing_here_do_no_harm),
    ("nobody_survives_a_killed_manager", nobody_survives_a_killed_manager),
    ("user_processes_live_as_long_as_the_server", user_processes_live_as_long_as_the_server),
    ("a_single_worker_runs_in_the_calling_process", a_single_worker_runs_in_the_calling_process),
];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Some(plan) = Plan::of(&args) {
        return run_server(plan);
    }
    let filter = args.iter().find(|arg| !arg.starts_with('-'));
    let wanted = TESTS.iter().filter(|(name, _)| filter.is_none_or(|filter| name.contains(filter.as_str())));
    let running: Vec<_> = wanted.map(|(name, test)| (name, std::thread::spawn(test))).collect();
    let total = running.len();
    let failed: Vec<_> =
        running.into_iter().filter_map(|(name, test)| test.join().is_err().then_some(*name)).collect();
    let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
    println!("test result: {verdict}. {} passed; {} failed {failed:?}", total - failed.len(), failed.len());
    std::process::exit(i32::from(!failed.is_empty()));
}
