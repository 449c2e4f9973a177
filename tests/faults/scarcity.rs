//! The system has no more processes, descriptors, memory or room on disk.

use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};

use super::kills::{nobody_is_left, parent_of};
use crate::support::Client;
use crate::support::orders::{PLAN, Plan, Server, ask, scratch_of};

/// Sets a limit of a server's process, as `prlimit` names it.
fn limit(plan: Plan, pid: i32, what: &str, to: Option<u64>) {
    let resource = if what == "nproc" { Resource::RLIMIT_NPROC } else { Resource::RLIMIT_NOFILE };
    let most = match getrlimit(resource).unwrap() {
        (_, RLIM_INFINITY) => String::from("unlimited"),
        (_, most) => most.to_string(),
    };
    let to = to.map_or(most, |to| to.to_string());
    let mut command = Command::new("prlimit");
    if plan.uid > 0 && Uid::effective().is_root() {
        // Not even root may reach for the limits of others everywhere.
        command.uid(plan.uid);
    }
    assert!(command.arg(format!("--pid={pid}")).arg(format!("--{what}={to}:")).status().unwrap().success());
}

/// Kills worker 0 while its manager cannot start another, and expects one as soon as it can.
fn a_worker_is_replaced_when_there_is_room_again(plan: Plan, what: &str, too_few: u64, line: &str) {
    let mut server = Server::start_with(plan);
    let mut clients = server.open_on_each(2);
    let worker: i32 = ask(&mut clients[0], "pid").parse().unwrap();
    let manager = parent_of(worker);
    limit(plan, manager, what, Some(too_few));
    kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
    server.hear(line);
    server.hear(line);
    assert_eq!(ask(&mut clients[1], "worker"), "1");
    limit(plan, manager, what, None);
    server.hear("worker start 0");
    server.open_on_each(2);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait(), 0);
    nobody_is_left(&server);
}

fn a_manager_that_cannot_fork_tries_again() {
    let line = "log Warning(\"worker 0 is not forked yet: Resource temporarily unavailable";
    for reactors in [0, 1] {
        // Root may always fork.
        let plan = Plan { reactors, uid: 54_321, ..PLAN };
        a_worker_is_replaced_when_there_is_room_again(plan, "nproc", 0, line);
    }
}

fn a_worker_without_descriptors_is_forked_again() {
    let line = "worker error 0 1 0";
    for reactors in [0, 1] {
        let plan = Plan { reactors, ..PLAN };
        a_worker_is_replaced_when_there_is_room_again(plan, "nofile", 5, line);
    }
}

fn a_server_that_cannot_replace_a_worker_can_still_stop() {
    for (what, too_few) in [("nproc", 0), ("nofile", 5)] {
        for reactors in [0, 1] {
            let plan = Plan { reactors, uid: 54_321, ..PLAN };
            let mut server = Server::start_with(plan);
            let mut clients = server.open_on_each(2);
            let worker: i32 = ask(&mut clients[0], "pid").parse().unwrap();
            limit(plan, parent_of(worker), what, Some(too_few));
            kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
            server.hear(if what == "nproc" {
                "log Warning(\"worker 0 is not forked yet"
            } else {
                "worker error 0 1 0"
            });
            server.signal(Signal::SIGTERM);
            clients[1].expect_close(1001);
            assert_eq!(server.wait(), 0);
            nobody_is_left(&server);
        }
    }
}

fn a_server_that_gave_root_s_rights_up_leaves_no_orphans() {
    for reactors in [0, 1] {
        let server = Server::start_with(Plan { reactors, drops_rights: true, ..PLAN });
        server.signal(Signal::SIGKILL);
        nobody_is_left(&server);
    }
}

fn a_blocked_worker_does_not_outlive_its_manager() {
    for reactors in [0, 1] {
        let mut server = Server::start_with(Plan { reactors, ..PLAN });
        let mut client = server.open();
        client.send(0x81, b"block");
        server.hear("blocked");
        server.signal(Signal::SIGKILL);
        nobody_is_left(&server);
    }
}

/// As a full disk, for whoever writes.
fn a_log_that_may_not_grow_stops_nobody() {
    for (workers, reactors) in [(1, 0), (2, 0), (2, 2)] {
        let plan = Plan { workers, reactors, file_bytes: 64, ..PLAN };
        let mut server = Server::start_with(plan);
        let mut client = server.open();
        // Each writes a line.
        for _ in 0..3 {
            server.signal(Signal::SIGUSR1);
            server.hear(if workers > 1 { "after reload" } else { "log Warning(\"reload is not supported" });
        }
        if workers == 1 || reactors > 0 {
            assert_eq!(ask(&mut client, "worker").len(), 1);
        }
        assert_eq!(ask(&mut server.open(), "worker").len(), 1);
        server.signal(Signal::SIGTERM);
        assert_eq!(server.wait(), 0);
        let scratch = scratch_of(server.child.id());
        assert_eq!(std::fs::metadata(scratch.join("log")).unwrap().len(), 64);
        std::fs::remove_dir_all(scratch).unwrap();
        nobody_is_left(&server);
    }
}

fn an_upload_that_finds_no_room_is_told_of_and_leaves_nothing() {
    let part = |name: &str, len: usize| {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"");
        format!("--b\r\n{head}\r\n\r\n{}\r\n", "x".repeat(len))
    };
    // More than is kept in memory.
    let body = [part("one", 60), part("two", 2_000), part("three", 60), String::from("--b--\r\n")].concat();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    for (workers, reactors) in [(1, 0), (2, 0), (2, 2)] {
        let mut server = Server::start_with(Plan { workers, reactors, file_bytes: 64, ..PLAN });
        let mut client = Client::connect(server.address);
        client.write(head.as_bytes());
        client.write(body.as_bytes());
        client.read_until("\r\n\r\n");
        client.read_until("none CannotWrite none ");
        server.signal(Signal::SIGTERM);
        assert_eq!(server.wait(), 0);
        let scratch = scratch_of(server.child.id());
        let left = std::fs::read_dir(&scratch).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(left.into_iter().all(|name| name == "log"));
        std::fs::remove_dir_all(scratch).unwrap();
        nobody_is_left(&server);
    }
}

/// By name, as `cargo test` would.
pub const TESTS: &[(&str, fn())] = &[
    ("a_manager_that_cannot_fork_tries_again", a_manager_that_cannot_fork_tries_again),
    ("a_worker_without_descriptors_is_forked_again", a_worker_without_descriptors_is_forked_again),
    (
        "a_server_that_cannot_replace_a_worker_can_still_stop",
        a_server_that_cannot_replace_a_worker_can_still_stop,
    ),
    (
        "a_server_that_gave_root_s_rights_up_leaves_no_orphans",
        a_server_that_gave_root_s_rights_up_leaves_no_orphans,
    ),
    ("a_blocked_worker_does_not_outlive_its_manager", a_blocked_worker_does_not_outlive_its_manager),
    (
        "an_upload_that_finds_no_room_is_told_of_and_leaves_nothing",
        an_upload_that_finds_no_room_is_told_of_and_leaves_nothing,
    ),
    ("a_log_that_may_not_grow_stops_nobody", a_log_that_may_not_grow_stops_nobody),
];
