//! Requests on the port of WebSocket: in order, bounded, and never waiting for an answer that nobody owes.
#![cfg(feature = "net")]

mod support;

use std::cell::RefCell;
use std::time::Duration;

use support::{Echo, Server, respond};
use swoole::serve::{App, Message, Request, ServeOptions, Worker};
use swoole::server::session::{Closed, SessionId};

fn limited(change: impl FnOnce(&mut ServeOptions)) -> Server {
    let mut options = ServeOptions::default();
    change(&mut options);
    Server::start(options, || Echo)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

#[test]
fn a_connection_serves_one_request_after_another() {
    let server = Server::echo();
    let mut client = server.connect();
    for body in ["one", "", "three"] {
        client.write(
            format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
        );
        assert_eq!(client.read(ok(body).len()), ok(body).as_bytes());
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Server::echo();
    let mut client = server.connect();
    let request =
        |body: &str| format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    client.write((request("first") + &request("second") + &request("third")).as_bytes());
    let expected = ok("first") + &ok("second") + &ok("third");
    assert_eq!(client.read(expected.len()), expected.as_bytes());
}

#[test]
fn a_body_may_arrive_byte_by_byte_in_chunks() {
    let server = Server::echo();
    let mut client = server.connect();
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for byte in format!("{head}3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n").as_bytes() {
        client.write(&[*byte]);
    }
    assert_eq!(client.read(ok("abcdefg").len()), ok("abcdefg").as_bytes());
}

#[test]
fn a_client_that_expects_100_is_told_to_continue() {
    let server = Server::echo();
    let mut client = server.connect();
    client.write(b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.write(b"ok");
    assert_eq!(client.read(ok("ok").len()), ok("ok").as_bytes());
}

#[test]
fn a_client_that_expects_anything_else_is_told_that_it_will_not_happen() {
    let server = Server::echo();
    let mut client = server.connect();
    client.write(b"GET / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\n\r\n");
    assert_eq!(client.read_to_end(), b"HTTP/1.1 417 Expectation Failed\r\n\r\n");
}

#[test]
fn a_client_that_wants_the_connection_closed_gets_it_closed() {
    let server = Server::echo();
    let mut client = server.connect();
    client.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(client.read_to_end(), ok("").as_bytes());
}

#[test]
fn a_client_that_closes_its_side_still_gets_its_response() {
    let server = Server::echo();
    let mut client = server.connect();
    client.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.0.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(client.read_to_end(), ok("").as_bytes());
}

#[test]
fn a_client_that_has_gone_is_not_waited_for_for_ever() {
    let (ends, heard) = std::sync::mpsc::channel();
    let mut options = ServeOptions::default();
    options.ports[0].times.handshake = Some(Duration::from_millis(150));
    let server = Server::start(options, || Silent(ends));
    let mut client = server.connect();
    client.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    // One that stays may wait as long as it likes, so this end is the first.
    let mut patient = server.connect();
    patient.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.0.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(client.read_to_end(), b"");
    assert_eq!(heard.recv_timeout(Duration::from_secs(10)).unwrap(), "1 Peer Gone");
    drop(patient);
    assert_eq!(heard.recv_timeout(Duration::from_secs(10)).unwrap(), "2 Peer Gone");
}

/// Never answers, and tells of ends.
struct Silent(std::sync::mpsc::Sender<String>);

impl App for Silent {
    fn on_message(&self, _worker: &Worker, _session: SessionId, _message: Message<'_>) {}

    fn on_request(&self, _worker: &Worker, _session: SessionId, _request: Request) {}

    fn on_close(&self, _worker: &Worker, session: SessionId, closed: &Closed) {
        let _ = self.0.send(format!("{session} {:?} {:?}", closed.by, closed.cause));
    }
}

#[test]
fn nonsense_is_answered_400_and_closed() {
    let server = Server::echo();
    for nonsense in ["\x16\x03\x01\x02\0\x01", "GET\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n"] {
        let mut client = server.connect();
        client.write(nonsense.as_bytes());
        assert_eq!(client.read_to_end(), b"HTTP/1.1 400 Bad Request\r\n\r\n", "{nonsense:?}");
    }
}

#[test]
fn a_head_above_the_limit_is_answered_431() {
    let server = limited(|options| options.ports[0].head.head_bytes = 1024);
    let head = |filler: usize| format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(filler));
    let room = 1024 - head(0).len();
    let mut client = server.connect();
    client.write(head(room).as_bytes());
    assert_eq!(client.read(ok("").len()), ok("").as_bytes());
    let mut client = server.connect();
    client.write(head(room + 1).as_bytes());
    assert!(client.read_to_end().starts_with(b"HTTP/1.1 431 "));
}

#[test]
fn a_body_above_the_limit_is_answered_413_before_it_is_sent() {
    let server = limited(|options| options.ports[0].body_bytes_max = 100);
    let head = |len: usize| format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {len}\r\n\r\n");
    let mut client = server.connect();
    client.write((head(100) + &"x".repeat(100)).as_bytes());
    assert_eq!(client.read(ok(&"x".repeat(100)).len()), ok(&"x".repeat(100)).as_bytes());
    let mut client = server.connect();
    client.write(head(101).as_bytes());
    assert_eq!(client.read_to_end(), b"HTTP/1.1 413 Request Entity Too Large\r\n\r\n");
}

#[test]
fn a_slow_head_is_cut_and_so_is_a_silent_client() {
    let server = limited(|options| options.ports[0].times.handshake = Some(Duration::from_millis(150)));
    let mut silent = server.connect();
    let mut slow = server.connect();
    slow.write(b"GET / HT");
    assert!(slow.read_to_end().starts_with(b"HTTP/1.1 408 "));
    assert_eq!(silent.read_to_end(), b"");
}

#[test]
fn a_body_that_stands_still_is_cut_but_a_finished_request_is_not() {
    let server = limited(|options| options.ports[0].times.handshake = Some(Duration::from_millis(150)));
    let mut idle = server.connect();
    idle.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    idle.read(ok("").len());
    let mut stuck = server.connect();
    stuck.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx");
    assert!(stuck.read_to_end().starts_with(b"HTTP/1.1 408 "));
    idle.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(idle.read(ok("").len()), ok("").as_bytes());
}

/// Answers a request when the next WebSocket message comes, and tells WebSockets what it heard.
#[derive(Default)]
struct Slow {
    waiting: RefCell<Vec<(SessionId, Request)>>,
}

impl App for Slow {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        let waiting = self.waiting.take();
        let count = waiting.len().to_string();
        for (session, request) in waiting {
            if worker.exists(session) {
                respond(worker, session, &request);
            }
        }
        worker
            .push(session, message.opcode, count.as_bytes(), swoole::protocol::connection::SendFlags::WHOLE)
            .unwrap();
    }

    fn on_request(&self, _worker: &Worker, session: SessionId, request: Request) {
        self.waiting.borrow_mut().push((session, request));
    }

    fn on_close(&self, _worker: &Worker, _session: SessionId, _closed: &Closed) {}
}

#[test]
fn the_next_request_waits_until_the_response_of_the_one_before_has_ended() {
    let server = Server::start(ServeOptions::default(), Slow::default);
    let mut client = server.connect();
    let mut control = server.open();
    client.write(b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    // Wait until the first request has arrived.
    loop {
        control.send(0x81, b"");
        if control.receive().payload == b"1" {
            break;
        }
    }
    client.read(ok("").len());
    loop {
        control.send(0x81, b"");
        if control.receive().payload == b"1" {
            break;
        }
    }
    client.read(ok("").len());
}

#[test]
fn a_handshake_that_is_refused_is_explained_and_closed() {
    let server = Server::echo();
    let mut client = server.connect();
    client.write(
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    let answer = String::from_utf8(client.read_to_end()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
    assert!(answer.contains("Sec-WebSocket-Version: 13\r\n"), "{answer}");
}
