//! Stall: clients that send all they can and never read. Their answers pile up somewhere; the server's memory says where.

use std::io::{ErrorKind, Write};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::frames::{BINARY, client_frame};
use crate::handshake;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::server::Server;

pub fn run(options: &Options, server: &Server) -> Result<Outcome, Failure> {
    let before = server.tree().memory();
    let mut clients = Vec::new();
    for index in 0..options.connections {
        let (stream, _) = handshake::open(server.address, index, false, Some(RECEIVE_BUFFER_BYTES))?;
        stream.set_nonblocking(true).map_err(|e| e.to_string())?;
        clients.push(Some((stream, 0)));
    }
    let frame = client_frame(BINARY, false, &vec![b'x'; options.message_bytes]);
    let (mut peak_kb, mut sent) = (before.pss_kb, 0u64);
    let began = Instant::now();
    while began.elapsed() < options.measured {
        for client in &mut clients {
            let Some((stream, at)) = client else { continue };
            match stream.write(&frame[*at..]) {
                Ok(n) => {
                    sent += n as u64;
                    *at = (*at + n) % frame.len();
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                // The server is free to drop such a client.
                Err(_) => *client = None,
            }
        }
        peak_kb = peak_kb.max(server.tree().memory().pss_kb);
        std::thread::sleep(Duration::from_millis(2));
    }
    let mut outcome = Outcome::new(options, server);
    outcome.number("sent_megabytes", sent as f64 / 1e6);
    outcome.number("clients_left", clients.iter().flatten().count() as f64);
    outcome.number("pss_kb_before", before.pss_kb as f64);
    outcome.number("pss_kb_peak", peak_kb as f64);
    outcome.memory(server.tree().memory());
    Ok(outcome)
}

/// The kernel's least: what does not fit stays with the server.
const RECEIVE_BUFFER_BYTES: usize = 4096;
