//! Several workers: they die, reload and stop as told, and every session is everybody's.
#![cfg(feature = "net")]

mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::Client;
use support::orders::{self, PLAN, Plan, Server, ask, is_alive, wait_until};

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

fn a_worker_that_is_told_to_go_alone_is_not_the_end() {
    let mut server = Server::start(2);
    let mut clients = server.open_on_each(2);
    let first: i32 = ask(&mut clients[0], "pid").parse().unwrap();
    kill(Pid::from_raw(first), Signal::SIGTERM).unwrap();
    clients[0].expect_close(1001);
    server.hear("worker stop 0");
    server.hear("worker start 0");
    server.signal(Signal::SIGTERM);
    server.hear("before shutdown");
    loop {
        let line = server.hear("");
        assert_ne!(line, "before shutdown");
        if line == "shutdown" {
            break;
        }
    }
}

const TESTS: &[(&str, fn())] = &[
    ("a_worker_that_is_told_to_go_alone_is_not_the_end", a_worker_that_is_told_to_go_alone_is_not_the_end),
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
    orders::main(TESTS);
}
