//! The command line, parsed once into values that need no further checks.

use std::collections::HashMap;
use std::time::Duration;

/// Which traffic to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every connection keeps `depth` messages in flight and checks each answer.
    Echo,
    /// One connection speaks, all of them must hear it.
    Broadcast,
    /// Handshake, closing handshake, again.
    Connect,
    /// Connections that do nothing: memory for each.
    Idle,
    /// Clients that send and never read: the server's peak memory.
    Stall,
    /// Connect, talk, leave in some way, again: what is left behind.
    Churn,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub mode: Mode,
    /// This command line, fit to be pasted into a shell: every number names its command.
    pub invocation: String,
    /// The shell command that starts the server; `{port}` becomes a free port.
    pub server: String,
    /// The name in the results.
    pub label: String,
    /// The scenario's name in the results.
    pub scenario: String,
    pub connections: usize,
    pub message_bytes: usize,
    pub depth: usize,
    /// Offer permessage-deflate as browsers do, and send compressed JSON.
    pub deflate: bool,
    pub warm_up: Duration,
    pub measured: Duration,
    /// Ends a run before its time; bounds every loop by a count as well as by a clock.
    pub messages_max: u64,
    /// Idle mode: after the first measurement, one message of so many bytes on each connection.
    pub burst_bytes: usize,
    /// Churn mode: how many connections in all.
    pub visits: usize,
    /// Churn mode: how much memory may grow after the first quarter, for what fragmentation and pools still gain.
    pub growth_kb_max: u64,
    pub server_core: usize,
    pub load_core: usize,
}

impl Options {
    pub fn parse(args: impl Iterator<Item = String>) -> Result<Self, String> {
        let words: Vec<String> = args.collect();
        let invocation =
            format!("load {}", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "));
        let mut args = words.into_iter();
        let mode = match args.next().as_deref() {
            Some("echo") => Mode::Echo,
            Some("broadcast") => Mode::Broadcast,
            Some("connect") => Mode::Connect,
            Some("idle") => Mode::Idle,
            Some("stall") => Mode::Stall,
            Some("churn") => Mode::Churn,
            _ => return Err(USAGE.into()),
        };
        let mut given = Given::read(args)?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let options = Self {
            mode,
            invocation,
            server: given.text("server").ok_or_else(|| format!("--server is needed\n{USAGE}"))?,
            label: given.text("label").unwrap_or_else(|| "server".into()),
            scenario: given.text("scenario").unwrap_or_else(|| format!("{mode:?}").to_lowercase()),
            connections: given.number("connections", 64, 1, CONNECTIONS_MAX)?,
            message_bytes: given.number("bytes", 32, 1, MESSAGE_BYTES_MAX)?,
            depth: given.number("depth", 1, 1, DEPTH_MAX)?,
            deflate: given.flag("deflate"),
            warm_up: Duration::from_millis(given.number("warm-up-ms", 500, 0, 60_000)? as u64),
            measured: Duration::from_millis(given.number("measured-ms", 3000, 1, 600_000)? as u64),
            messages_max: given.number("messages-max", 100_000_000, 1, usize::MAX)? as u64,
            burst_bytes: given.number("burst-bytes", 0, 0, MESSAGE_BYTES_MAX)?,
            visits: given.number("visits", 10_000, 4, VISITS_MAX)?,
            growth_kb_max: given.number("growth-kb-max", 1024, 0, 1 << 30)? as u64,
            server_core: given.number("server-core", 0, 0, 1023)?,
            load_core: given.number("load-core", cores - 1, 0, 1023)?,
        };
        given.finish()?;
        Ok(options)
    }
}

/// The `--name value` pairs not yet taken.
struct Given(HashMap<String, String>);

impl Given {
    fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut pairs = HashMap::new();
        while let Some(arg) = args.next() {
            let name = arg.strip_prefix("--").ok_or_else(|| format!("unexpected {arg:?}\n{USAGE}"))?;
            let value = match name {
                "deflate" => String::new(),
                "help" => return Err(USAGE.into()),
                _ => args.next().ok_or_else(|| format!("--{name} needs a value"))?,
            };
            pairs.insert(name.to_owned(), value);
        }
        Ok(Self(pairs))
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    fn flag(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }

    fn number(&mut self, name: &str, default: usize, min: usize, max: usize) -> Result<usize, String> {
        let Some(text) = self.0.remove(name) else { return Ok(default) };
        match text.parse() {
            Ok(n) if (min..=max).contains(&n) => Ok(n),
            _ => Err(format!("--{name} takes a number from {min} to {max}, not {text:?}")),
        }
    }

    fn finish(self) -> Result<(), String> {
        match self.0.into_keys().next() {
            Some(name) => Err(format!("unknown option --{name}\n{USAGE}")),
            None => Ok(()),
        }
    }
}

fn quoted(word: &str) -> String {
    match word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// What the default port range of four source addresses carries (see `handshake::dial`).
const CONNECTIONS_MAX: usize = 100_000;

/// Far above what the scenarios use; keeps a slip of the finger from filling the memory.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// Some hours of churn.
const VISITS_MAX: usize = 10_000_000;

/// One `writev` takes at most 1024 slices; a message is one slice.
const DEPTH_MAX: usize = 512;

const USAGE: &str = "\
usage: load MODE --server 'COMMAND with {port}' [options]
  MODE               echo | broadcast | connect | idle | stall | churn
  --label NAME       the server's name in the results
  --scenario NAME    the scenario's name in the results
  --connections N    (64)        --bytes N         message size (32)
  --depth N          messages in flight on a connection (1)
  --deflate          offer permessage-deflate and send compressed JSON
  --warm-up-ms N     (500)       --measured-ms N   (3000)
  --messages-max N   ends the run early
  --burst-bytes N    idle: then one message of this size on each connection
  --visits N         churn: connections in all (10 000)
  --growth-kb-max N  churn: by so much may memory grow after the first quarter (1024)
  --server-core N    (0)         --load-core N     (the last)
prints one JSON line on stdout and one for people on stderr";
