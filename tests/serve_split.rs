//! The master owns the sockets and other processes own the application: clients do not notice what becomes of those.
#![cfg(feature = "net")]

mod support;

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::orders::{self, PLAN, Plan, Server, ask, is_alive, wait_until};

fn split(workers: u16, reactors: u16) -> Server {
    Server::start_with(Plan { workers, reactors, ..PLAN })
}

fn pid(text: &str) -> Pid {
    Pid::from_raw(text.parse().unwrap())
}

fn every_worker_reaches_every_session_of_every_reactor() {
    let server = split(3, 2);
    let mut clients: Vec<_> = (0..6).map(|_| server.open()).collect();
    let fds: Vec<String> = clients.iter_mut().map(|client| ask(client, "fd")).collect();
    let workers: Vec<String> = clients.iter_mut().map(|client| ask(client, "worker")).collect();
    for (fd, worker) in fds.iter().zip(&workers) {
        assert_eq!(fd.parse::<u64>().unwrap() % 3, worker.parse::<u64>().unwrap());
    }
    for from in 0..6 {
        for to in (0..6).filter(|to| *to != from) {
            assert_eq!(ask(&mut clients[from], &format!("push {} hello from {from}", fds[to])), "Ok(())");
            assert_eq!(clients[to].receive().payload, format!("hello from {from}").as_bytes());
        }
        let list = ask(&mut clients[from], "list");
        assert!(fds.iter().all(|fd| list.split(',').any(|listed| listed == fd)), "{list}");
        assert_eq!(ask(&mut clients[from], "count"), "6");
    }
}

fn messages_of_any_size_go_both_ways() {
    let server = split(1, 1);
    let mut client = server.open();
    let fd = ask(&mut client, "fd");
    // Larger than a ring, and than what may wait for it.
    let large = vec![b'?'; 2_000_000];
    client.send(0x81, &large);
    assert_eq!(client.receive().payload, b"?");
    for _ in 0..5 {
        assert_eq!(ask(&mut client, &format!("push {fd}")).len(), 1_000_000);
        assert_eq!(client.receive().payload, b"Ok(())");
    }
}

fn a_connection_survives_reloads_and_crashes_of_its_worker() {
    let mut server = split(1, 1);
    let mut client = server.open();
    let fd = ask(&mut client, "fd");
    let mut known = vec![ask(&mut client, "pid")];
    for round in 0..6 {
        match round % 2 {
            0 => server.signal(Signal::SIGUSR1),
            _ => kill(pid(known.last().unwrap()), Signal::SIGKILL).unwrap(),
        }
        server.hear("worker start 0");
        let next = ask(&mut client, "pid");
        assert!(!known.contains(&next));
        known.push(next);
        assert_eq!(ask(&mut client, "fd"), fd);
    }
}

fn messages_wait_for_the_successor_of_a_killed_worker() {
    let mut server = split(1, 1);
    let mut client = server.open();
    let victim = ask(&mut client, "pid");
    client.send(0x81, b"nap");
    server.hear("napping");
    // Begun by nobody yet: the worker sleeps.
    for _ in 0..100 {
        client.send(0x81, b"worker");
    }
    kill(pid(&victim), Signal::SIGKILL).unwrap();
    for _ in 0..100 {
        assert_eq!(client.receive().payload, b"0");
    }
    assert_ne!(ask(&mut client, "pid"), victim);
}

fn pongs_and_closes_do_not_wait_for_a_blocked_worker() {
    let mut server = split(1, 1);
    let mut client = server.open();
    let mut other = server.open();
    client.send(0x81, b"nap");
    server.hear("napping");
    let began = Instant::now();
    client.send(0x89, b"still there?");
    assert_eq!(client.receive().payload, b"still there?");
    other.send(0x88, &4000_u16.to_be_bytes());
    other.expect_close(4000);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(client.receive().payload, b"awake");
    server.hear("close 2 Peer");
}

fn a_sender_hears_when_a_slow_reader_has_room_again() {
    let mut server = split(2, 1);
    let (mut reader, mut client) = (server.open(), server.open());
    let fd = ask(&mut reader, "fd");
    assert_eq!(ask(&mut client, &format!("flood {fd}")), "Some(Full) true");
    assert_eq!(reader.receive().payload.len(), 1_000_000);
    assert_eq!(reader.receive().payload.len(), 1_000_000);
    server.hear(&format!("room {fd}"));
}

fn a_reader_of_a_busy_worker_is_held_back_and_loses_nothing() {
    let mut server = split(1, 1);
    let (mut sleeper, mut client) = (server.open(), server.open());
    sleeper.send(0x81, b"nap");
    server.hear("napping");
    let writer = std::thread::spawn(move || {
        // More than the ring and its queue hold.
        for _ in 0..200 {
            client.send(0x81, &vec![b'?'; 100_000]);
        }
        for _ in 0..200 {
            assert_eq!(client.receive().payload, b"?");
        }
    });
    assert_eq!(sleeper.receive().payload, b"awake");
    writer.join().unwrap();
}

fn a_connection_is_read_no_further_than_its_worker_follows() {
    const LIMIT: usize = 20_000;
    let mut server = Server::start_with(Plan { workers: 2, reactors: 1, unread_bytes: LIMIT as u64, ..PLAN });
    let (mut client, mut watcher) = (server.open(), server.open());
    let fd = ask(&mut client, "fd");
    let victim = ask(&mut client, "pid");
    client.send(0x81, b"block");
    server.hear("blocked");
    let writer = std::thread::spawn(move || {
        for _ in 0..200 {
            client.send(0x81, &[b'?'; 10_000]);
        }
        client
    });
    let mut most = 0;
    while most <= LIMIT {
        most = most.max(ask(&mut watcher, &format!("unread {fd}")).parse().unwrap());
    }
    for _ in 0..300 {
        most = most.max(ask(&mut watcher, &format!("unread {fd}")).parse().unwrap());
    }
    // What one round of reads brought counts as well.
    assert!(most < 400_000, "{most}");
    // Its successor takes what it had not begun.
    kill(pid(&victim), Signal::SIGKILL).unwrap();
    let mut client = writer.join().unwrap();
    for _ in 0..200 {
        assert_eq!(client.receive().payload, b"?");
    }
}

fn what_waits_for_a_stuck_worker_stays_within_the_limit() {
    const LIMIT: usize = 4 << 20;
    let mut server =
        Server::start_with(Plan { workers: 2, reactors: 1, mailbox_bytes: LIMIT as u64, ..PLAN });
    let mut clients: Vec<_> = (0..80).map(|_| server.open()).collect();
    // The workers take turns, by the numbers of the connections.
    let mut watcher = clients.remove(0);
    let victim = ask(&mut clients[0], "pid");
    clients[0].send(0x81, b"block");
    server.hear("blocked");
    let writers = clients.into_iter().step_by(2).map(|mut client| {
        std::thread::spawn(move || {
            client.send(0x81, &vec![b'?'; 1 << 20]);
            client
        })
    });
    let writers: Vec<_> = writers.collect();
    let mut most = 0;
    while most < LIMIT {
        most = most.max(ask(&mut watcher, "held").parse().unwrap());
    }
    for _ in 0..500 {
        most = most.max(ask(&mut watcher, "held").parse().unwrap());
    }
    // Forty have sent 1 MiB each; beyond the limit little is read at a time.
    assert!(most < 2 * LIMIT, "{most}");
    kill(pid(&victim), Signal::SIGKILL).unwrap();
    for mut client in writers.into_iter().map(|writer| writer.join().unwrap()) {
        assert_eq!(client.receive().payload, b"?");
    }
}

fn events_come_in_order() {
    let mut server = split(1, 1);
    let mut client = server.open();
    ask(&mut client, "fd");
    server.signal(Signal::SIGTERM);
    client.expect_close(1001);
    for line in [
        "start",
        "manager start",
        "before shutdown",
        "close 1 Server",
        "worker stop 0",
        "manager stop",
        "shutdown",
    ] {
        assert_eq!(server.hear(line), line);
    }
    assert_eq!(server.wait(), 0);
}

fn requests_are_answered_across_processes() {
    let server = split(2, 2);
    for _ in 0..4 {
        let mut client = support::Client::connect(server.address);
        for _ in 0..3 {
            client.write(b"POST /path HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
            let head = client.read_until("\r\n\r\n");
            assert!(head.starts_with("HTTP/1.1 200"), "{head}");
            client.read_until("body");
        }
    }
}

fn nobody_survives_a_killed_master() {
    let mut server = split(2, 2);
    let mut clients: Vec<_> = (0..2).map(|_| server.open()).collect();
    let pids: Vec<i32> = clients.iter_mut().map(|client| ask(client, "pid").parse().unwrap()).collect();
    server.signal(Signal::SIGKILL);
    server.wait();
    for pid in pids {
        wait_until("the worker has ended", || !is_alive(pid));
    }
}

fn a_server_without_manager_ends() {
    let mut server = split(1, 1);
    let mut client = server.open();
    let worker = ask(&mut client, "pid");
    let manager = parent_of(&worker);
    kill(pid(&manager), Signal::SIGKILL).unwrap();
    client.expect_close(1001);
    server.hear("log Error(\"the manager has ended");
    server.wait();
    wait_until("the worker has ended", || !is_alive(worker.parse().unwrap()));
}

fn parent_of(pid: &str) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(") ").next().unwrap().split(' ').nth(1).unwrap().to_owned()
}

fn a_worker_that_has_had_its_messages_is_replaced_unnoticed() {
    let mut server = Server::start_with(Plan { workers: 1, reactors: 1, max_request: 5, ..PLAN });
    let mut client = server.open();
    let mut pids = std::collections::HashSet::new();
    for _ in 0..20 {
        pids.insert(ask(&mut client, "pid"));
    }
    assert!(pids.len() >= 2, "{pids:?}");
    server.hear("worker stop 0");
}

fn user_processes_reach_nobody_s_sockets_but_live_beside_them() {
    let mut server = Server::start_with(Plan { workers: 1, reactors: 1, user_processes: 1, ..PLAN });
    server.hear("user 0 is 1");
    let mut client = server.open();
    assert_eq!(ask(&mut client, "worker"), "0");
}

fn the_master_reaches_every_session_of_every_reactor() {
    let mut server = split(2, 3);
    let mut clients: Vec<_> = (0..8).map(|_| server.open()).collect();
    let fds: Vec<String> = clients.iter_mut().map(|client| ask(client, "fd")).collect();
    let mut last = clients.pop().unwrap();
    for (client, fd) in clients.iter_mut().zip(&fds) {
        for order in [format!("push {fd} hello {fd}"), format!("disconnect {fd}")] {
            assert_eq!(ask(&mut last, &format!("message 2 do {order}")), "Ok(())");
            assert_eq!(server.hear("done by 2"), "done by 2 Ok(())");
        }
        assert_eq!(client.receive().payload, format!("hello {fd}").as_bytes());
        client.expect_close(4000);
    }
    last.send(0x81, format!("message 2 do close {}", fds[7]).as_bytes());
    last.read_to_end();
}

fn the_master_hears_when_a_slow_reader_has_room_again() {
    let mut server = split(1, 3);
    let mut client = server.open();
    let mut others = Vec::new();
    // A reader in another reactor than the master's own.
    let (mut reader, fd) = loop {
        let mut reader = server.open();
        let fd = ask(&mut reader, "fd");
        if ask(&mut client, &format!("info {fd}")).split(' ').nth(1) != Some("1") {
            break (reader, fd);
        }
        others.push(reader);
    };
    assert_eq!(ask(&mut client, &format!("message 1 do flood {fd}")), "Ok(())");
    assert_eq!(server.hear("done by 1"), "done by 1 Some(Full) true");
    assert_eq!(reader.receive().payload.len(), 1_000_000);
    assert_eq!(reader.receive().payload.len(), 1_000_000);
    server.hear(&format!("room {fd}"));
}

/// By name, as `cargo test` would.
const TESTS: &[(&str, fn())] = &[
    (
        "every_worker_reaches_every_session_of_every_reactor",
        every_worker_reaches_every_session_of_every_reactor,
    ),
    ("messages_of_any_size_go_both_ways", messages_of_any_size_go_both_ways),
    (
        "a_connection_survives_reloads_and_crashes_of_its_worker",
        a_connection_survives_reloads_and_crashes_of_its_worker,
    ),
    (
        "messages_wait_for_the_successor_of_a_killed_worker",
        messages_wait_for_the_successor_of_a_killed_worker,
    ),
    ("pongs_and_closes_do_not_wait_for_a_blocked_worker", pongs_and_closes_do_not_wait_for_a_blocked_worker),
    ("a_sender_hears_when_a_slow_reader_has_room_again", a_sender_hears_when_a_slow_reader_has_room_again),
    (
        "a_reader_of_a_busy_worker_is_held_back_and_loses_nothing",
        a_reader_of_a_busy_worker_is_held_back_and_loses_nothing,
    ),
    (
        "a_connection_is_read_no_further_than_its_worker_follows",
        a_connection_is_read_no_further_than_its_worker_follows,
    ),
    (
        "what_waits_for_a_stuck_worker_stays_within_the_limit",
        what_waits_for_a_stuck_worker_stays_within_the_limit,
    ),
    ("events_come_in_order", events_come_in_order),
    ("requests_are_answered_across_processes", requests_are_answered_across_processes),
    ("nobody_survives_a_killed_master", nobody_survives_a_killed_master),
    ("a_server_without_manager_ends", a_server_without_manager_ends),
    ("the_master_reaches_every_session_of_every_reactor", the_master_reaches_every_session_of_every_reactor),
    (
        "the_master_hears_when_a_slow_reader_has_room_again",
        the_master_hears_when_a_slow_reader_has_room_again,
    ),
    (
        "a_worker_that_has_had_its_messages_is_replaced_unnoticed",
        a_worker_that_has_had_its_messages_is_replaced_unnoticed,
    ),
    (
        "user_processes_reach_nobody_s_sockets_but_live_beside_them",
        user_processes_reach_nobody_s_sockets_but_live_beside_them,
    ),
];

fn main() {
    orders::main(TESTS);
}
