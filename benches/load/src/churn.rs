//! Churn: clients that connect, talk and leave in every way there is, over and over. Then nothing may be left in the
//! server: no descriptor more than before the first visit, none of what its own gauges count, and memory as it was
//! after the first quarter.
//!
//! The server answers `GET /` with a JSON object of gauges that are all 0 when nobody is there.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Failure;
use crate::frames::{CLOSE, FrameReader, TEXT, client_frame};
use crate::handshake;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::server::Server;

/// How a client takes its leave.
#[derive(Clone, Copy, Debug)]
enum Leave {
    /// The closing handshake of RFC 6455.
    Politely,
    /// It closes its socket.
    Silently,
    /// It resets the connection.
    Abruptly,
    /// It dies in the middle of a frame.
    MidFrame,
    /// It goes before the answers come.
    Impatiently,
    /// It never finishes its handshake.
    MidHandshake,
}

const WAYS: [Leave; 6] = [
    Leave::Politely,
    Leave::Silently,
    Leave::Abruptly,
    Leave::MidFrame,
    Leave::Impatiently,
    Leave::MidHandshake,
];

pub fn run(options: &Options, server: &Server) -> Result<Outcome, Failure> {
    // One visit of each kind first, so that what is made on first use is there.
    visits(options, server, 0..WAYS.len())?;
    settle(server)?;
    let before = server.tree().descriptors();
    let (tree, began) = (server.tree(), Instant::now());
    let (quarter, cpu) = (options.visits / 4, tree.cpu_nanos());
    let first = visits(options, server, 0..quarter)?;
    settle(server)?;
    let memory_after_quarter = tree.memory();
    let messages = first + visits(options, server, quarter..options.visits)?;
    settle(server)?;
    let (elapsed, cpu, memory) = (began.elapsed(), tree.cpu_nanos() - cpu, tree.memory());
    await_descriptors(server, before)?;

    let grown_kb = memory.anonymous_kb.saturating_sub(memory_after_quarter.anonymous_kb);
    let mut outcome = Outcome::new(options, server);
    outcome.number("visits", options.visits as f64);
    outcome.rates(messages, elapsed, cpu);
    outcome.number("anonymous_kb_after_a_quarter", memory_after_quarter.anonymous_kb as f64);
    outcome.number("anonymous_kb", memory.anonymous_kb as f64);
    outcome.number("descriptors", before as f64);
    if grown_kb > options.growth_kb_max {
        return Err(format!("memory grew by {grown_kb} KB after the first quarter: {}", outcome.human()));
    }
    Ok(outcome)
}

/// Makes visits, `connections` at a time; returns how many messages were sent.
fn visits(options: &Options, server: &Server, range: std::ops::Range<usize>) -> Result<u64, Failure> {
    let next = AtomicUsize::new(range.start);
    std::thread::scope(|scope| {
        let visitors: Vec<_> = (0..options.connections)
            .map(|_| {
                scope.spawn(|| {
                    let mut sent = 0;
                    loop {
                        let visit = next.fetch_add(1, Relaxed);
                        if visit >= range.end {
                            return Ok(sent);
                        }
                        let leave = WAYS[visit % WAYS.len()];
                        sent += call(options, server, visit, leave)
                            .map_err(|why| format!("visit {visit} ({leave:?}): {why}"))?;
                    }
                })
            })
            .collect();
        visitors.into_iter().map(|visitor| visitor.join().expect("a visitor does not panic")).sum()
    })
}

fn call(options: &Options, server: &Server, visit: usize, leave: Leave) -> Result<u64, Failure> {
    // The source address changes with each visit: thousands of ports in TIME_WAIT would run out on one.
    let source = visit % SOURCES * PER_SOURCE_ADDRESS;
    if matches!(leave, Leave::MidHandshake) {
        let mut stream: TcpStream = handshake::dial(server.address, source, None)?.into();
        let head = handshake::request(server.address, options.deflate);
        return stream.write_all(&head.as_bytes()[..visit % head.len()]).map(|()| 0).map_err(told);
    }
    let (mut stream, _) = handshake::open(server.address, source, options.deflate, None)?;
    let text = format!("{visit:0width$}", width = options.message_bytes);
    let message = client_frame(TEXT, false, text.as_bytes());
    let talk = message.repeat(options.depth);
    for _ in 0..ROUNDS {
        stream.write_all(&talk).map_err(told)?;
        if !matches!(leave, Leave::Impatiently) {
            hear(&mut stream, options.depth)?;
        }
    }
    let gone = match leave {
        Leave::Politely => {
            stream.write_all(&client_frame(CLOSE, false, &1000u16.to_be_bytes())).map_err(told)?;
            stream.read_to_end(&mut Vec::new()).map(drop)
        }
        Leave::Silently => stream.shutdown(Shutdown::Both),
        Leave::Abruptly => socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)),
        Leave::MidFrame => stream.write_all(&message[..1 + visit % (message.len() - 1)]),
        Leave::Impatiently | Leave::MidHandshake => Ok(()),
    };
    gone.map_err(told)?;
    Ok((ROUNDS * options.depth) as u64)
}

/// Reads until so many messages have been heard.
fn hear(stream: &mut TcpStream, mut wanted: usize) -> Result<(), Failure> {
    let (mut reader, mut buffer) = (FrameReader::default(), [0; 4096]);
    while wanted > 0 {
        let count = stream.read(&mut buffer).map_err(told)?;
        if count == 0 {
            return Err("the server hung up".into());
        }
        let mut input = &buffer[..count];
        while let Some(piece) = reader.next(&mut input)? {
            wanted -= usize::from(piece.last);
        }
    }
    Ok(())
}

/// Waits until every gauge of the server is 0.
fn settle(server: &Server) -> Result<(), Failure> {
    let deadline = Instant::now() + SETTLE_TIME_MAX;
    loop {
        let gauges = gauges(server)?;
        if gauges.as_object().is_some_and(|all| all.values().all(|gauge| gauge.as_u64() == Some(0))) {
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(format!("the clients are gone, but the server still counts {gauges}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn gauges(server: &Server) -> Result<Value, Failure> {
    let mut stream: TcpStream = handshake::dial(server.address, 0, None)?.into();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address);
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer)).map_err(told)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).map_err(|why| format!("no gauges in {answer:?}: {why}"))
}

fn await_descriptors(server: &Server, before: usize) -> Result<(), Failure> {
    let deadline = Instant::now() + SETTLE_TIME_MAX;
    while server.tree().descriptors() > before {
        if Instant::now() > deadline {
            let now = server.tree().descriptors();
            return Err(format!("the server holds {now} descriptors, {before} before the first visit"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn told(error: std::io::Error) -> Failure {
    error.to_string()
}

/// How often a visitor speaks, `depth` messages each time.
const ROUNDS: usize = 3;

const SOURCES: usize = 32;

/// Matches `handshake::dial`.
const PER_SOURCE_ADDRESS: usize = 20_000;

/// A server may wait a while for answers to its Close frames and for coroutines to end.
const SETTLE_TIME_MAX: Duration = Duration::from_secs(30);
