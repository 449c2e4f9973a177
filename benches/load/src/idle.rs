//! Idle: what a connection costs that says nothing, before and after it has said something.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::Failure;
use crate::frames::{FrameReader, client_frame};
use crate::handshake;
use crate::messages;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::server::Server;

pub fn run(options: &Options, server: &Server) -> Result<Outcome, Failure> {
    // A few visitors first, so that what the server allocates once is not charged to the connections.
    let mut guests = open(server, WARM_UP_CONNECTIONS)?;
    echo_on_each(&mut guests, 32)?;
    if options.burst_bytes > 0 {
        echo_on_each(&mut guests, options.burst_bytes)?;
    }
    settle();
    let before = server.tree().memory();
    let mut connections = open(server, options.connections)?;
    settle();
    let mut outcome = Outcome::new(options, server);
    let per_connection =
        |now_kb: u64| (now_kb as f64 - before.pss_kb as f64) * 1024.0 / options.connections as f64;
    let after = server.tree().memory();
    outcome.number("pss_bytes_per_connection", per_connection(after.pss_kb));
    echo_on_each(&mut connections, 32)?;
    settle();
    outcome.number("pss_bytes_per_connection_after_32_bytes", per_connection(server.tree().memory().pss_kb));
    if options.burst_bytes > 0 {
        echo_on_each(&mut connections, options.burst_bytes)?;
        settle();
        outcome.number("pss_bytes_per_connection_after_burst", per_connection(server.tree().memory().pss_kb));
    }
    outcome.memory(server.tree().memory());
    Ok(outcome)
}

fn open(server: &Server, count: usize) -> Result<Vec<TcpStream>, Failure> {
    (0..count)
        .map(|index| handshake::open(server.address, index, false, None).map(|(stream, _)| stream))
        .collect()
}

/// One message on each connection in turn, heard before the next connection speaks.
fn echo_on_each(connections: &mut [TcpStream], bytes: usize) -> Result<(), Failure> {
    let message = &messages::plain(bytes)[0];
    let mut buffer = vec![0; 64 * 1024];
    for stream in connections {
        let frame = client_frame(2, false, &message.payload);
        let mut talk = || -> Result<(), Failure> {
            stream.write_all(&frame).map_err(|e| e.to_string())?;
            let (mut reader, mut heard) = (FrameReader::default(), 0);
            loop {
                let n = stream.read(&mut buffer).map_err(|e| e.to_string())?;
                if n == 0 {
                    return Err("the server hung up".into());
                }
                let mut input = &buffer[..n];
                while let Some(piece) = reader.next(&mut input)? {
                    if message.payload.get(heard..heard + piece.bytes.len()) != Some(piece.bytes) {
                        return Err("the server answered with other bytes than it was sent".into());
                    }
                    heard += piece.bytes.len();
                    if piece.last {
                        return Ok(());
                    }
                }
            }
        };
        talk()?;
    }
    Ok(())
}

/// Long enough for collectors and allocators that give memory back after a pause of a second or two.
fn settle() {
    std::thread::sleep(Duration::from_millis(2500));
}

const WARM_UP_CONNECTIONS: usize = 50;
