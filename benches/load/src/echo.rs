//! Echo: every connection keeps `depth` messages in flight until the time is over.

use std::time::Instant;

use crate::Failure;
use crate::fleet::Fleet;
use crate::latency::Latencies;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::server::Server;

pub fn run(options: &Options, server: &Server) -> Result<Outcome, Failure> {
    let mut fleet = Fleet::connect(options, server, false)?;
    fleet.keep_talking = true;
    for connection in 0..options.connections {
        fleet.say(connection, options.depth)?;
    }
    let started = Instant::now();
    while started.elapsed() < options.warm_up {
        fleet.turn()?;
    }
    fleet.latencies = Latencies::new();
    let tree = server.tree();
    let (cpu_before, began) = (tree.cpu_nanos(), Instant::now());
    let (mut messages, bytes_before) = (0, fleet.wire_bytes());
    while began.elapsed() < options.measured && messages < options.messages_max {
        messages += fleet.turn()?;
    }
    let (elapsed, cpu) = (began.elapsed(), tree.cpu_nanos() - cpu_before);
    let mut outcome = Outcome::new(options, server);
    outcome.rates(messages, elapsed, cpu);
    outcome.number("answer_wire_bytes", (fleet.wire_bytes() - bytes_before) as f64 / messages.max(1) as f64);
    outcome.latencies(&fleet.latencies);
    outcome.memory(tree.memory());
    Ok(outcome)
}
