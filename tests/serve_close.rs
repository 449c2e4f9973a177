//! How connections end: who says what, in which order, and that `on_close` comes exactly once.
#![cfg(feature = "net")]

mod support;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use support::{HANDSHAKE, Server, frame, respond};
use swoole::protocol::close::CloseReason;
use swoole::protocol::connection::SendFlags;
use swoole::protocol::opcode::Opcode;
use swoole::serve::{App, Headers, LogLine, Message, Request, SendFailure, ServeOptions, Worker};
use swoole::server::session::{Closed, SessionId, WebSocketStatus};

/// Does what messages say and reports what it hears.
struct Reporter {
    reports: Sender<String>,
}

impl Reporter {
    fn report(&self, text: String) {
        // The test may have heard enough.
        let _ = self.reports.send(text);
    }
}

impl App for Reporter {
    fn on_connect(&self, worker: &Worker, session: SessionId) {
        assert!(worker.exists(session) && !worker.is_established(session));
        self.report(format!("connect {session}"));
    }

    fn before_handshake_response(&self, worker: &Worker, session: SessionId, request: &Request) -> Headers {
        assert!(worker.is_established(session));
        if request.head.path() == "/greeted" {
            worker.push(session, Opcode::Text, b"early bird", SendFlags::WHOLE).unwrap();
        }
        // The middle one would smuggle a line in.
        [("X-Room", "1"), ("X-Bad", "a\r\nX-Evil: 1"), ("X-Seat", "2")]
            .map(|(name, value)| (name.into(), value.into()))
            .into()
    }

    fn on_open(&self, worker: &Worker, session: SessionId, request: Request) {
        assert!(worker.is_established(session));
        self.report(format!("open {session} {}", request.head.target()));
    }

    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        match message.payload {
            b"disconnect" => {
                worker.disconnect(session, &CloseReason::new(4001, "told to").unwrap()).unwrap();
                assert!(!worker.is_established(session) && worker.exists(session));
                let late = worker.push(session, Opcode::Text, b"late", SendFlags::WHOLE);
                assert!(matches!(late, Err(SendFailure::Refused(_))), "{late:?}");
            }
            b"close" => {
                worker.push(session, Opcode::Text, b"last words", SendFlags::WHOLE).unwrap();
                worker.close(session, false).unwrap();
                assert!(!worker.exists(session));
                let late = worker.push(session, Opcode::Text, b"late", SendFlags::WHOLE);
                assert_eq!(late, Err(SendFailure::NotFound));
            }
            b"reset" => worker.close(session, true).unwrap(),
            _ => {
                let code = message.close_code;
                self.report(format!("message {session} {:?} {code}", message.opcode));
                let _ = worker.push(session, Opcode::Text, message.payload, SendFlags::WHOLE);
            }
        }
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        let unwanted = worker.push(session, Opcode::Text, b"no", SendFlags::WHOLE);
        assert_eq!(unwanted, Err(SendFailure::NotWebSocket));
        respond(worker, session, &request);
    }

    fn log(&self, line: LogLine<'_>) {
        self.report(format!("{line:?}"));
    }

    fn on_close(&self, worker: &Worker, session: SessionId, closed: &Closed) {
        assert!(!worker.exists(session) && !worker.is_established(session));
        let info = worker.client_info(session).expect("known until on_close has returned");
        assert_eq!(info.status >= WebSocketStatus::Active, closed.websocket);
        let Closed { by, cause, code, reason, .. } = closed;
        self.report(format!("close {session} {by:?} {cause:?} {code} {reason}"));
    }
}

fn start(options: ServeOptions) -> (Server, Receiver<String>) {
    let (reports, heard) = channel();
    (Server::start(options, move || Reporter { reports }), heard)
}

/// The next report that begins so.
fn hear(heard: &Receiver<String>, beginning: &str) -> String {
    loop {
        let line =
            heard.recv_timeout(Duration::from_secs(10)).unwrap_or_else(|_| panic!("never {beginning:?}"));
        if line.starts_with(beginning) {
            return line;
        }
    }
}

#[test]
fn the_events_of_a_connection_come_in_order_and_close_once() {
    let (server, heard) = start(ServeOptions::default());
    let mut client = server.connect();
    client.write(&[HANDSHAKE, &frame(0x81, b"a"), &frame(0x88, &1000u16.to_be_bytes())].concat());
    client.read_until("\r\n\r\n");
    client.receive();
    client.expect_close(1000);
    server.join();
    let all: Vec<String> = heard.iter().filter(|line| !line.starts_with("Warning")).collect();
    assert_eq!(all, ["connect 1", "open 1 /chat?room=1", "message 1 Text 0", "close 1 Peer Handshake 1000 "]);
}

#[test]
fn disconnect_sends_a_close_and_waits_for_the_answer() {
    let (server, heard) = start(ServeOptions::default());
    let mut client = server.open();
    client.send(0x81, b"disconnect");
    let close = client.receive();
    assert_eq!((close.first, &close.payload[2..]), (0x88, &b"told to"[..]));
    // Data behind our Close is not for the application.
    client.send(0x81, b"ignored");
    client.send(0x88, &close.payload);
    assert_eq!(client.read_to_end(), b"");
    assert_eq!(hear(&heard, "close"), "close 1 Server Handshake 4001 told to");
}

#[test]
fn a_peer_that_never_answers_a_close_is_let_go() {
    let mut options = ServeOptions::default();
    options.ports[0].times.close = Some(Duration::from_millis(100));
    let (server, heard) = start(options);
    let mut client = server.open();
    client.send(0x81, b"disconnect");
    client.receive();
    assert_eq!(client.read_to_end(), b"");
    assert_eq!(hear(&heard, "close"), "close 1 Server Gone 1006 ");
}

#[test]
fn close_ends_the_stream_without_a_close_frame_but_after_what_was_sent() {
    let (server, heard) = start(ServeOptions::default());
    let mut client = server.open();
    client.send(0x81, b"close");
    assert_eq!(client.receive().payload, b"last words");
    assert_eq!(client.read_to_end(), b"");
    assert_eq!(hear(&heard, "close"), "close 1 Server Closed 1006 ");
}

#[test]
fn reset_resets() {
    use std::io::Read;
    let (server, heard) = start(ServeOptions::default());
    let mut client = server.open();
    client.send(0x81, b"reset");
    let error = client.0.read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    hear(&heard, "close 1 Server");
}

#[test]
fn a_peer_that_vanishes_is_reported_as_gone() {
    let (server, heard) = start(ServeOptions::default());
    let client = server.open();
    drop(client);
    assert_eq!(hear(&heard, "close"), "close 1 Peer Gone 1006 ");
    let mut http = server.connect();
    http.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    http.read_until("\r\n\r\n");
    drop(http);
    assert_eq!(hear(&heard, "close"), "close 2 Peer Gone 1006 ");
}

#[test]
fn a_protocol_error_is_the_peers_fault_and_our_close() {
    let (server, heard) = start(ServeOptions::default());
    let mut client = server.open();
    // An unmasked frame.
    client.write(&[0x81, 0x00]);
    client.expect_close(1002);
    assert_eq!(hear(&heard, "close"), "close 1 Server Protocol(UnmaskedFrame) 1002 ");
}

#[test]
fn pushes_of_the_hook_before_the_handshake_follow_the_handshake() {
    let (server, heard) = start(ServeOptions::default());
    let mut client = server.connect();
    let request = String::from_utf8(HANDSHAKE.to_vec()).unwrap().replace("/chat?room=1", "/greeted");
    client.write(request.as_bytes());
    let head = client.read_until("\r\n\r\n");
    assert!(head.contains("X-Room: 1\r\nX-Seat: 2\r\n"), "{head}");
    assert!(hear(&heard, "Warning").contains("X-Bad"));
    assert_eq!(client.receive().payload, b"early bird");
    hear(&heard, "open 1 /greeted");
}

#[test]
fn a_stopping_server_says_1001_and_closes_every_connection_once() {
    let (server, heard) = start(ServeOptions::default());
    let mut clients: Vec<_> = (0..5).map(|_| server.open()).collect();
    let mut http = server.connect();
    http.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    http.read_until("\r\n\r\n");
    server.stop();
    for client in &mut clients {
        client.expect_close(1001);
    }
    assert_eq!(http.read_to_end(), b"");
    drop(http);
    server.join();
    let closes = heard.iter().filter(|line| line.starts_with("close")).count();
    assert_eq!(closes, 6);
}

#[test]
fn control_frames_reach_the_application_that_asks_for_them() {
    let mut options = ServeOptions::default();
    options.ports[0].deliver_ping = true;
    options.ports[0].deliver_pong = true;
    options.ports[0].deliver_close = true;
    let (server, heard) = start(options);
    let mut client = server.open();
    client.send(0x8a, b"pong");
    assert_eq!(hear(&heard, "message"), "message 1 Pong 0");
    client.send(0x88, &[&4999u16.to_be_bytes()[..], b"bye"].concat());
    assert_eq!(hear(&heard, "message"), "message 1 Close 4999");
    assert_eq!(hear(&heard, "close"), "close 1 Peer Handshake 4999 bye");
}
