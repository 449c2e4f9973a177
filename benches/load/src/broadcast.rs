//! Broadcast: the first connection speaks, every connection (itself included) must hear it, then it speaks again.
//! A message counts once for each connection that heard it.

use std::time::Instant;

use crate::Failure;
use crate::fleet::Fleet;
use crate::latency::Latencies;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::server::Server;

pub fn run(options: &Options, server: &Server) -> Result<Outcome, Failure> {
    let mut fleet = Fleet::connect(options, server, true)?;
    let started = Instant::now();
    while started.elapsed() < options.warm_up {
        one_round(&mut fleet, options)?;
    }
    let mut latencies = Latencies::new();
    let tree = server.tree();
    let (cpu_before, began) = (tree.cpu_nanos(), Instant::now());
    let mut heard = 0;
    while began.elapsed() < options.measured && heard < options.messages_max {
        let said = Instant::now();
        heard += one_round(&mut fleet, options)?;
        latencies.add(said.elapsed());
    }
    let (elapsed, cpu) = (began.elapsed(), tree.cpu_nanos() - cpu_before);
    let mut outcome = Outcome::new(options, server);
    outcome.rates(heard, elapsed, cpu);
    outcome.latencies(&latencies);
    outcome.memory(tree.memory());
    Ok(outcome)
}

/// Says `depth` messages and waits until everybody has heard them all.
fn one_round(fleet: &mut Fleet, options: &Options) -> Result<u64, Failure> {
    fleet.say(0, options.depth)?;
    let wanted = (options.connections * options.depth) as u64;
    let mut heard = 0;
    while heard < wanted {
        heard += fleet.turn()?;
    }
    Ok(heard)
}
