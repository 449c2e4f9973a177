//! Connect: handshake, Close and its answer, again, on `connections` sockets at a time.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::Failure;
use crate::frames::{CLOSE, client_frame};
use crate::handshake;
use crate::latency::Latencies;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::server::Server;

/// Where a visit stands.
#[derive(PartialEq)]
enum Stage {
    Head,
    /// Our Close is sent; the server's is awaited, and then that it hangs up (RFC 6455, 7.1.1: the server goes first).
    Close,
}

struct Visit {
    stream: TcpStream,
    stage: Stage,
    received: Vec<u8>,
    began: Instant,
}

pub fn run(options: &Options, server: &Server) -> Result<Outcome, Failure> {
    let mut poll = Poll::new().map_err(|e| e.to_string())?;
    let mut events = Events::with_capacity(1024);
    let mut visits = Vec::new();
    for slot in 0..options.connections {
        visits.push(begin(&poll, server, slot, slot)?);
    }
    let (mut count, mut opened) = (0u64, options.connections);
    let mut latencies = Latencies::new();
    let tree = server.tree();
    let started = Instant::now();
    let (mut cpu_before, mut began, mut warm) = (tree.cpu_nanos(), started, false);
    while began.elapsed() < options.measured && count < options.messages_max.min(VISITS_MAX) {
        if !warm && started.elapsed() >= options.warm_up {
            (cpu_before, began, warm, count, latencies) =
                (tree.cpu_nanos(), Instant::now(), true, 0, Latencies::new());
        }
        poll.poll(&mut events, Some(SILENCE_MAX)).map_err(|e| e.to_string())?;
        if events.is_empty() {
            return Err(format!("silence for {SILENCE_MAX:?}"));
        }
        for event in &events {
            let slot = event.token().0;
            if !advance(&mut visits[slot], &mut latencies)? {
                continue;
            }
            count += 1;
            visits[slot] = begin(&poll, server, slot, opened)?;
            opened += 1;
        }
    }
    let (elapsed, cpu) = (began.elapsed(), tree.cpu_nanos() - cpu_before);
    let mut outcome = Outcome::new(options, server);
    outcome.rates(count, elapsed, cpu);
    outcome.latencies(&latencies);
    outcome.memory(tree.memory());
    Ok(outcome)
}

fn begin(poll: &Poll, server: &Server, slot: usize, opened: usize) -> Result<Visit, Failure> {
    let began = Instant::now();
    // The source address changes with each visit: thousands of ports in TIME_WAIT would run out on one.
    let socket = handshake::dial(server.address, opened % SOURCES * 20_000, None)?;
    let stream: std::net::TcpStream = socket.into();
    let send = || -> std::io::Result<TcpStream> {
        (&stream).write_all(handshake::request(server.address, false).as_bytes())?;
        stream.set_nonblocking(true)?;
        Ok(TcpStream::from_std(stream))
    };
    let mut stream = send().map_err(|e| e.to_string())?;
    poll.registry().register(&mut stream, Token(slot), Interest::READABLE).map_err(|e| e.to_string())?;
    Ok(Visit { stream, stage: Stage::Head, received: Vec::new(), began })
}

/// Reads what there is; true once the visit is over.
fn advance(visit: &mut Visit, latencies: &mut Latencies) -> Result<bool, Failure> {
    let mut buffer = [0; 2048];
    loop {
        match visit.stream.read(&mut buffer) {
            Ok(0) if visit.stage == Stage::Close && visit.received.first() == Some(&0x88) => return Ok(true),
            Ok(0) => return Err("the server hung up without a closing handshake".into()),
            Ok(n) => visit.received.extend(&buffer[..n]),
            Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(false),
            Err(e) => return Err(e.to_string()),
        }
        if visit.stage == Stage::Head
            && let Some(end) = visit.received.windows(4).position(|w| w == b"\r\n\r\n")
        {
            handshake::check(&String::from_utf8_lossy(&visit.received[..end + 4]))?;
            latencies.add(visit.began.elapsed());
            visit.received.drain(..end + 4);
            visit.stage = Stage::Close;
            let normal_closure = client_frame(CLOSE, false, &1000u16.to_be_bytes());
            visit.stream.write_all(&normal_closure).map_err(|e| e.to_string())?;
        }
    }
}

const SILENCE_MAX: Duration = Duration::from_secs(10);

/// Bounds a run by a count as well: each visit leaves a port in TIME_WAIT for a minute.
const VISITS_MAX: u64 = 400_000;

const SOURCES: usize = 32;
