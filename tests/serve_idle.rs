//! Connections that say nothing: who is closed, who is asked first, and who may stay.
#![cfg(feature = "net")]

mod support;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use support::{Client, Server, respond};
use swoole::protocol::connection::SendFlags;
use swoole::serve::{App, Message, Request, ServeOptions, TimeLimits, Worker};
use swoole::server::session::{Closed, SessionId};

/// Echoes, protects whoever asks for it, and reports ends.
struct Quiet {
    ends: Sender<String>,
}

impl App for Quiet {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        match message.payload {
            b"protect" => worker.protect(session, true).unwrap(),
            b"expose" => worker.protect(session, false).unwrap(),
            _ => {}
        }
        worker.push(session, message.opcode, message.payload, SendFlags::WHOLE).unwrap();
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        respond(worker, session, &request);
    }

    fn on_close(&self, _worker: &Worker, session: SessionId, closed: &Closed) {
        // The test may have heard enough.
        let _ = self.ends.send(format!("{session} {:?} {:?} {}", closed.by, closed.cause, closed.code));
    }
}

fn start(times: TimeLimits) -> (Server, Receiver<String>) {
    let (ends, heard) = channel();
    let mut options = ServeOptions::default();
    options.ports[0].times = times;
    (Server::start(options, move || Quiet { ends }), heard)
}

fn millis(millis: u64) -> Option<Duration> {
    Some(Duration::from_millis(millis))
}

fn hear(heard: &Receiver<String>) -> String {
    heard.recv_timeout(Duration::from_secs(10)).expect("somebody ends")
}

/// A Close 1001 that says why, and the end.
fn expect_idle(client: &mut Client) {
    let close = client.receive();
    assert_eq!((close.first, &close.payload[..]), (0x88, &b"\x03\xe9idle"[..]));
    assert_eq!(client.read_to_end(), b"");
}

fn echo(client: &mut Client, text: &[u8]) {
    client.send(0x81, text);
    assert_eq!(client.receive().payload, text);
}

#[test]
fn silence_beyond_the_heartbeat_ends_a_connection_and_says_so() {
    let (server, heard) = start(TimeLimits { heartbeat: millis(200), ..TimeLimits::default() });
    let mut websocket = server.open();
    expect_idle(&mut websocket);
    assert_eq!(hear(&heard), "1 Peer Idle 1006");
    let mut http = server.connect();
    http.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(http.read_to_end().starts_with(b"HTTP/1.1 200 "));
    assert_eq!(hear(&heard), "2 Peer Idle 1006");
}

#[test]
fn a_protected_connection_outlives_the_heartbeat_until_it_is_exposed() {
    let (server, heard) = start(TimeLimits { heartbeat: millis(200), ..TimeLimits::default() });
    let mut protected = server.open();
    echo(&mut protected, b"protect");
    for fd in 2..4 {
        expect_idle(&mut server.open());
        assert_eq!(hear(&heard), format!("{fd} Peer Idle 1006"));
    }
    echo(&mut protected, b"still here");
    echo(&mut protected, b"expose");
    expect_idle(&mut protected);
    assert_eq!(hear(&heard), "1 Peer Idle 1006");
}

#[test]
fn a_connection_without_traffic_in_either_direction_is_ended() {
    let (server, heard) = start(TimeLimits { idle: millis(200), ..TimeLimits::default() });
    expect_idle(&mut server.open());
    assert_eq!(hear(&heard), "1 Peer Idle 1006");
}

#[test]
fn a_silent_peer_is_pinged_and_lives_if_it_answers() {
    let times = TimeLimits { ping: millis(100), pong: millis(1500), ..TimeLimits::default() };
    let (server, heard) = start(times);
    let mut client = server.open();
    for _ in 0..3 {
        assert_eq!(client.receive().first, 0x89);
        client.send(0x8a, b"");
    }
    assert_eq!(client.receive().first, 0x89);
    expect_idle(&mut client);
    assert_eq!(hear(&heard), "1 Peer Idle 1006");
}

#[test]
fn pongs_do_not_save_a_connection_without_messages() {
    let times = TimeLimits { quiet: millis(600), ping: millis(100), ..TimeLimits::default() };
    let (server, heard) = start(times);
    let mut client = server.open();
    let mut pings = 0;
    let close = loop {
        let frame = client.receive();
        if frame.first != 0x89 {
            break frame;
        }
        pings += 1;
        client.send(0x8a, b"");
    };
    assert!(pings > 0);
    assert_eq!((close.first, &close.payload[..2]), (0x88, &1001u16.to_be_bytes()[..]));
    client.send(0x88, &close.payload);
    assert_eq!(client.read_to_end(), b"");
    assert_eq!(hear(&heard), "1 Server Handshake 1001");
}
