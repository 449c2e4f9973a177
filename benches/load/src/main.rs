//! `load`: drives one WebSocket server with one kind of traffic and says what each message cost the server.
//! It starts the server itself, pins it and itself to different cores, and stops only what it started.
//! `.ci/bench.sh` runs it for the table in `benches/README.md`; it also works by hand (`load --help`).

mod broadcast;
mod churn;
mod connect;
mod conversation;
mod echo;
mod fleet;
mod frames;
mod handshake;
mod idle;
mod latency;
mod messages;
mod options;
mod outcome;
mod proc_tree;
mod server;
mod stall;

use std::process::ExitCode;

use options::{Mode, Options};
use outcome::Outcome;
use server::Server;

/// What goes wrong in a run is said in one sentence; nothing is recovered from.
type Failure = String;

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(outcome) => {
            eprintln!("{}", outcome.human());
            println!("{}", outcome.json());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("load: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<Outcome, Failure> {
    let server = Server::start(options)?;
    let result = match options.mode {
        Mode::Echo => echo::run(options, &server),
        Mode::Broadcast => broadcast::run(options, &server),
        Mode::Connect => connect::run(options, &server),
        Mode::Idle => idle::run(options, &server),
        Mode::Stall => stall::run(options, &server),
        Mode::Churn => churn::run(options, &server),
    };
    // A server that died explains more than the broken connection it left.
    let obituary = server.stop();
    result.map_err(|why| match obituary {
        Some(tail) => format!("{why}\nthe server's last words:\n{tail}"),
        None => why,
    })
}
