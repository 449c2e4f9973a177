//! What slow and hostile clients cannot do: fill the memory, stop the others, or hang on.
#![cfg(feature = "net")]

mod support;

use std::cell::Cell;
use std::io::Read;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use support::{Client, Echo, Server, frame, respond};
use swoole::protocol::connection::SendFlags;
use swoole::protocol::opcode::Opcode;
use swoole::serve::{App, Message, OverflowPolicy, Request, SendFailure, ServeOptions, Worker};
use swoole::server::session::{Closed, SessionId};
use swoole::server::stats::Counter;

/// More than any socket buffer takes.
const BIG: usize = 32 << 20;

/// Pushes 64 KiB to the session until it no longer can, and reports how it went.
struct Flood {
    reports: Sender<String>,
    pushed: Cell<usize>,
}

impl Flood {
    fn report(&self, text: String) {
        // The test may have heard enough.
        let _ = self.reports.send(text);
    }
}

impl App for Flood {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        if message.payload == b"queued" {
            let queued = worker.stats().total(Counter::BytesQueued).to_string();
            worker.push(session, Opcode::Text, queued.as_bytes(), SendFlags::WHOLE).unwrap();
            return;
        }
        if message.payload == b"big" {
            worker.push(session, Opcode::Binary, &vec![7; BIG], SendFlags::WHOLE).unwrap();
            return;
        }
        let block = [7; 64 * 1024];
        // Far more than any socket buffer.
        for _ in 0..1000 {
            match worker.push(session, Opcode::Binary, &block, SendFlags::WHOLE) {
                Ok(()) => self.pushed.set(self.pushed.get() + 1),
                Err(failure) => {
                    self.report(format!("{failure:?} {}", worker.await_room(session)));
                    return;
                }
            }
        }
        self.report(String::from("all"));
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        respond(worker, session, &request);
    }

    fn on_buffer_full(&self, _: &Worker, _: SessionId) {
        self.report(String::from("full"));
    }

    fn on_buffer_empty(&self, _: &Worker, _: SessionId) {
        self.report(format!("empty {}", self.pushed.get()));
    }

    fn on_close(&self, worker: &Worker, _: SessionId, closed: &Closed) {
        let queued = worker.stats().total(Counter::BytesQueued);
        self.report(format!("close {:?} {queued}", closed.cause));
    }
}

fn flood(change: impl FnOnce(&mut ServeOptions)) -> (Server, impl Fn(&str) -> String) {
    let mut options = ServeOptions::default();
    options.ports[0].outbox.connection_bytes_max = 1 << 20;
    options.ports[0].outbox.high_watermark = 1 << 19;
    change(&mut options);
    let (reports, heard) = channel::<String>();
    let server = Server::start(options, move || Flood { reports, pushed: Cell::new(0) });
    let hear = move |beginning: &str| {
        loop {
            let line =
                heard.recv_timeout(Duration::from_secs(10)).unwrap_or_else(|_| panic!("never {beginning:?}"));
            if line.starts_with(beginning) {
                return line;
            }
        }
    };
    (server, hear)
}

#[test]
fn a_push_to_a_reader_that_never_reads_fails_at_the_limit_and_works_again_when_it_reads() {
    let (server, hear) = flood(|_| {});
    let mut client = server.open();
    client.send(0x81, b"go");
    hear("Full true");
    // Events follow the callback in which they came up.
    hear("full");
    let mut watcher = server.open();
    watcher.send(0x81, b"queued");
    let queued: usize = String::from_utf8(watcher.receive().payload).unwrap().parse().unwrap();
    assert!((1 << 19..=1 << 20).contains(&queued), "{queued}");
    let mut reader = client.0.try_clone().unwrap();
    let thread = std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    hear("empty");
    drop(watcher);
    client.0.shutdown(std::net::Shutdown::Both).unwrap();
    let _ = thread.join().unwrap();
}

#[test]
fn a_dropping_server_drops_and_says_nothing() {
    let (server, hear) = flood(|options| options.overflow = OverflowPolicy::Drop);
    let mut client = server.open();
    client.send(0x81, b"go");
    hear("all");
}

#[test]
fn a_closing_server_closes_slow_readers_and_frees_what_they_held() {
    let (server, hear) = flood(|options| options.overflow = OverflowPolicy::Close);
    let mut client = server.open();
    client.send(0x81, b"go");
    hear("TooSlow");
    let close = hear("close");
    assert!(close.starts_with("close SlowReader"), "{close}");
    // The bytes in flight are cut off by a reset.
    let mut bytes = Vec::new();
    assert!(client.0.read_to_end(&mut bytes).is_err());
}

#[test]
fn all_slow_readers_together_stay_below_the_limit_of_the_worker() {
    let (server, hear) = flood(|options| options.outbox_bytes_max = 3 << 20);
    let mut clients: Vec<_> = (0..20).map(|_| server.open()).collect();
    for client in &mut clients {
        client.send(0x81, b"go");
        hear("");
    }
    let mut watcher = server.open();
    watcher.send(0x81, b"queued");
    let queued: usize = String::from_utf8(watcher.receive().payload).unwrap().parse().unwrap();
    // The last message may stand out, or it would have to be cut off.
    assert!(queued <= (3 << 20) + (64 << 10) + 16, "{queued}");
}

#[test]
fn a_message_larger_than_the_limit_of_the_worker_still_reaches_a_slow_reader() {
    let (server, _hear) = flood(|options| options.outbox_bytes_max = 64 << 10);
    let mut client = server.open();
    client.send(0x81, b"big");
    assert_eq!(client.receive().payload.len(), BIG);
    // And the connection is as good as before.
    client.send(0x81, b"queued");
    assert_eq!(client.receive().payload, b"0");
}

#[test]
fn nothing_stays_queued_when_slow_readers_leave() {
    let (server, hear) = flood(|_| {});
    let mut client = server.open();
    client.send(0x81, b"go");
    hear("Full");
    drop(client);
    hear("close");
    let mut watcher = server.open();
    watcher.send(0x81, b"queued");
    assert_eq!(watcher.receive().payload, b"0");
}

#[test]
fn connections_beyond_the_limit_are_closed_and_one_that_leaves_makes_room() {
    let options = ServeOptions::default();
    let server = Server::start_with_connections(options, 3, || Echo);
    let clients: Vec<_> = (0..3).map(|_| server.open()).collect();
    let mut surplus = server.connect();
    assert_eq!(surplus.read_to_end(), b"");
    drop(clients);
    // The place is free once the server has noticed.
    loop {
        let mut client = server.connect();
        client.0.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // A refused connection may be gone before the request is written.
        if std::io::Write::write_all(&mut client.0, support::HANDSHAKE).is_ok()
            && client.0.read(&mut [0; 12]).is_ok_and(|count| count > 0)
        {
            break;
        }
    }
}

/// Bytes that a server holds of unfinished messages, asked through a client.
struct Held;

impl App for Held {
    fn on_message(&self, worker: &Worker, session: SessionId, message: Message<'_>) {
        let held = worker.stats().total(Counter::BytesHeld);
        let text =
            if message.payload == b"held" { held.to_string() } else { message.payload.len().to_string() };
        worker.push(session, Opcode::Text, text.as_bytes(), SendFlags::WHOLE).unwrap();
    }

    fn on_request(&self, worker: &Worker, session: SessionId, request: Request) {
        respond(worker, session, &request);
    }
}

fn held(watcher: &mut Client) -> usize {
    watcher.send(0x81, b"held");
    String::from_utf8(watcher.receive().payload).unwrap().parse().unwrap()
}

fn server_that_holds(bytes_max: usize, change: impl FnOnce(&mut ServeOptions)) -> Server {
    let mut options = ServeOptions { mailbox_bytes_max: bytes_max, ..ServeOptions::default() };
    change(&mut options);
    Server::start(options, || Held)
}

#[test]
fn long_messages_beyond_the_limit_take_turns_and_all_arrive() {
    const LIMIT: usize = 4 << 20;
    let server = server_that_holds(LIMIT, |_| {});
    let mut watcher = server.open();
    let writers: Vec<_> = (0..20)
        .map(|_| {
            let mut client = server.open();
            let (go, gone) = channel::<()>();
            let thread = std::thread::spawn(move || {
                let message = frame(0x82, &vec![7; 1 << 20]);
                let (most, last) = message.split_at(message.len() - 1);
                client.write(most);
                let _ = gone.recv();
                client.write(last);
                client.receive().payload
            });
            (go, thread)
        })
        .collect();
    while held(&mut watcher) <= LIMIT {}
    let most = (0..200).map(|_| held(&mut watcher)).max().unwrap();
    assert!(most < 2 * LIMIT, "{most}");
    let (goes, threads): (Vec<_>, Vec<_>) = writers.into_iter().unzip();
    drop(goes);
    for thread in threads {
        assert_eq!(thread.join().unwrap(), b"1048576");
    }
    assert_eq!(held(&mut watcher), 0);
}

#[test]
fn unfinished_messages_beyond_twice_the_limit_are_refused_and_finished_ones_are_not() {
    let server = server_that_holds(100_000, |_| {});
    let mut watcher = server.open();
    let half = &frame(0x82, &[7; 20_000])[..10_008];
    let mut clients: Vec<_> = (0..20).map(|_| server.open()).collect();
    for client in &mut clients {
        client.write(half);
    }
    while held(&mut watcher) < 200_000 {}
    let mut surplus = server.open();
    surplus.write(half);
    surplus.expect_close(1013);
    let mut request = server.connect();
    request.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");
    assert!(request.read_until("\r\n\r\n").starts_with("HTTP/1.1 503 "));
    assert_eq!(held(&mut watcher), 200_000);
    clients[0].write(&frame(0x82, &[7; 20_000])[10_008..]);
    assert_eq!(clients[0].receive().payload, b"20000");
}

#[test]
fn whoever_stands_still_loses_the_turn() {
    let server = server_that_holds(100_000, |options| {
        options.ports[0].times.handshake = Some(Duration::from_millis(200))
    });
    let message = frame(0x82, &[7; 90_000]);
    let (half, rest) = message.split_at(60_000);
    let (mut idle, mut other) = (server.open(), server.open());
    idle.write(half);
    other.write(half);
    idle.expect_close(1013);
    other.write(rest);
    assert_eq!(other.receive().payload, b"90000");
}

#[test]
fn whoever_waits_for_a_turn_is_not_silent() {
    let server = server_that_holds(100_000, |options| {
        options.ports[0].times.heartbeat = Some(Duration::from_millis(300))
    });
    let message = frame(0x82, &[7; 90_000]);
    let (half, rest) = message.split_at(60_000);
    let (mut first, mut waiting, mut watcher) = (server.open(), server.open(), server.open());
    first.write(half);
    waiting.write(half);
    while held(&mut watcher) <= 100_000 {}
    let began = Instant::now();
    let mut drops = rest.iter();
    // Long enough for three silences.
    while began.elapsed() < Duration::from_secs(1) {
        first.write(&[*drops.next().unwrap()]);
        held(&mut watcher);
        std::thread::sleep(Duration::from_millis(10));
    }
    first.write(drops.as_slice());
    waiting.write(rest);
    assert_eq!(first.receive().payload, b"90000");
    assert_eq!(waiting.receive().payload, b"90000");
}

#[test]
fn an_unfinished_message_of_many_fragments_is_refused() {
    let mut options = ServeOptions::default();
    let mut websocket = (*options.ports[0].websocket).clone();
    websocket.limits.fragments_max = 10;
    options.ports[0].websocket = std::sync::Arc::new(websocket);
    let server = Server::start(options, || Echo);
    let mut client = server.open();
    client.send(0x01, b"a");
    for _ in 0..8 {
        client.send(0x00, b"a");
    }
    client.send(0x80, b"a");
    assert_eq!(client.receive().payload, b"aaaaaaaaaa");
    client.send(0x01, b"a");
    for _ in 0..10 {
        client.send(0x00, b"a");
    }
    client.expect_close(1009);
}

#[test]
fn a_push_that_could_not_be_taken_says_why() {
    assert_eq!(SendFailure::Full.to_string(), "the outbox is full");
}
