//! The result of a run, as one line of JSON for the table and one for people.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::latency::Latencies;
use crate::options::{Mode, Options};
use crate::proc_tree::Memory;
use crate::server::Server;

pub struct Outcome {
    fields: Map<String, Value>,
    /// The figures, in the order they were measured.
    figures: Vec<String>,
}

impl Outcome {
    pub fn new(options: &Options, server: &Server) -> Self {
        let mut fields = Map::new();
        fields.insert("scenario".into(), json!(options.scenario));
        fields.insert("server".into(), json!(options.label));
        fields.insert("mode".into(), json!(format!("{:?}", options.mode).to_lowercase()));
        fields.insert("connections".into(), json!(options.connections));
        if options.mode != Mode::Connect {
            fields.insert("bytes".into(), json!(options.message_bytes));
            fields.insert("depth".into(), json!(options.depth));
        }
        fields.insert("deflate".into(), json!(options.deflate));
        fields.insert("shares_a_core".into(), json!(server.shares_a_core()));
        fields.insert("command".into(), json!(server.command));
        fields.insert("invocation".into(), json!(options.invocation));
        Self { fields, figures: Vec::new() }
    }

    pub fn rates(&mut self, messages: u64, elapsed: Duration, cpu_nanos: u64) {
        self.number("messages", messages as f64);
        self.number("messages_per_second", messages as f64 / elapsed.as_secs_f64());
        self.number("cpu_micros_per_message", cpu_nanos as f64 / 1000.0 / messages.max(1) as f64);
        self.number("server_core_busy", cpu_nanos as f64 / elapsed.as_nanos() as f64);
    }

    pub fn latencies(&mut self, latencies: &Latencies) {
        self.number("p50_micros", latencies.percentile_micros(0.50));
        self.number("p99_micros", latencies.percentile_micros(0.99));
    }

    pub fn memory(&mut self, memory: Memory) {
        self.number("pss_kb", memory.pss_kb as f64);
        self.number("rss_kb", memory.rss_kb as f64);
    }

    /// Three decimals are more than any of these figures deserves.
    pub fn number(&mut self, name: &str, value: f64) {
        let rounded = (value * 1000.0).round() / 1000.0;
        self.figures.push(format!("{name} {rounded}"));
        self.fields.insert(name.into(), json!(rounded));
    }

    pub fn json(&self) -> String {
        Value::Object(self.fields.clone()).to_string()
    }

    pub fn human(&self) -> String {
        let name = |key: &str| self.fields[key].as_str().unwrap_or_default();
        format!("{} / {}: {}", name("scenario"), name("server"), self.figures.join(", "))
    }
}
