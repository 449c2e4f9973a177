//! Clients that close one side, and more of them than there are descriptors.

use std::io::Write;
use std::net::Shutdown;

use nix::sys::signal::Signal;

use super::kills::nobody_is_left;
use crate::support::orders::{PLAN, Plan, Server, ask, wait_until};
use crate::support::{Client, HANDSHAKE, frame};

fn a_websocket_that_closes_its_side_is_closed() {
    for reactors in [0, 1] {
        let mut server = Server::start_with(Plan { workers: 1, reactors, ..PLAN });
        // Between two frames, in the head of one, and in its payload.
        for cut in [0, 1, 8] {
            let mut client = server.open();
            let fd = ask(&mut client, "fd");
            client.write(&frame(0x81, b"worker")[..cut]);
            client.0.shutdown(Shutdown::Write).unwrap();
            client.read_to_end();
            server.hear(&format!("close {fd} Peer"));
        }
        stops_clean(&mut server);
    }
}

fn a_request_of_a_client_that_closes_its_side_is_answered() {
    for reactors in [0, 1] {
        let mut server = Server::start_with(Plan { workers: 1, reactors, ..PLAN });
        let mut client = Client::connect(server.address);
        client.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
        client.0.shutdown(Shutdown::Write).unwrap();
        let answer = String::from_utf8(client.read_to_end()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("body"), "{answer}");
        let mut client = Client::connect(server.address);
        client.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
        client.0.shutdown(Shutdown::Write).unwrap();
        assert!(!String::from_utf8(client.read_to_end()).unwrap().starts_with("HTTP/1.1 200"));
        stops_clean(&mut server);
    }
}

fn a_master_without_descriptors_refuses_and_recovers() {
    let mut server = Server::start_with(Plan { workers: 1, reactors: 1, files: 40, ..PLAN });
    let mut clients: Vec<Client> = std::iter::from_fn(|| try_open(&server)).take(40).collect();
    assert!((10..40).contains(&clients.len()), "{}", clients.len());
    assert!((0..3).all(|_| try_open(&server).is_none()));
    clients.iter_mut().for_each(|client| assert_eq!(ask(client, "worker"), "0"));
    clients.truncate(5);
    wait_until("there is a place again", || {
        try_open(&server).is_some_and(|mut one| ask(&mut one, "worker") == "0")
    });
    // Its successor takes over all that were let in.
    server.signal(Signal::SIGUSR1);
    server.hear("after reload");
    clients.iter_mut().for_each(|client| assert_eq!(ask(client, "worker"), "0"));
    drop(clients);
    stops_clean(&mut server);
}

/// A WebSocket, unless the server refuses the connection.
fn try_open(server: &Server) -> Option<Client> {
    let mut client = Client::connect(server.address);
    // A refused connection may be gone before the request is written.
    let _ = client.0.write_all(HANDSHAKE);
    std::io::Read::read(&mut client.0, &mut [0; 1]).is_ok_and(|count| count == 1).then(|| {
        client.read_until("\r\n\r\n");
        client
    })
}

fn stops_clean(server: &mut Server) {
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait(), 0);
    nobody_is_left(server);
}

pub const TESTS: &[(&str, fn())] = &[
    ("a_websocket_that_closes_its_side_is_closed", a_websocket_that_closes_its_side_is_closed),
    (
        "a_request_of_a_client_that_closes_its_side_is_answered",
        a_request_of_a_client_that_closes_its_side_is_answered,
    ),
    ("a_master_without_descriptors_refuses_and_recovers", a_master_without_descriptors_refuses_and_recovers),
];
