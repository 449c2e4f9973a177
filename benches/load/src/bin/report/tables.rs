//! The Markdown: one table for each question, and the commands that gave the numbers.

use std::fmt::Write as _;

use crate::marks;
use crate::runs::Results;

pub fn section(results: &Results, chart: &str, about: &str) -> String {
    let mut out = String::new();
    let (fewest, most) = results.rounds();
    let rounds = if fewest == most { format!("{most}") } else { format!("{fewest} to {most}") };
    let cores = match results.share_a_core() {
        true => "**the server and the load shared a core**, so none of this tells what they cost apart",
        false => "the server on one core, the load on the other",
    };
    let _ = writeln!(
        out,
        "\n## Beside other servers\n\n{about}\n\nMedians of {rounds} rounds, the servers taking turns within each; {cores}. A mark \
         that is so many times another server's is the median of what each round said of the two. \
         CPU is that of the server's whole process tree, read from `/proc`: throughput in a closed loop depends on how the \
         two sides interleave, CPU for each message hardly does.\n\n![CPU for each message]({chart})\n"
    );
    for (figure, title, decimals) in FIGURES {
        table(&mut out, results, figure, title, *decimals);
    }
    out += &marks::section(results);
    commands(&mut out, results);
    out
}

fn table(out: &mut String, results: &Results, figure: &str, title: &str, decimals: usize) {
    let scenarios: Vec<&str> = results.scenarios_with(figure).collect();
    if scenarios.is_empty() {
        return;
    }
    let _ = writeln!(out, "### {title}\n\n| | {} |", results.servers.join(" | "));
    let _ = writeln!(out, "|---|{}", "---:|".repeat(results.servers.len()));
    for scenario in scenarios {
        let _ = write!(out, "| {scenario} |");
        for server in &results.servers {
            let _ = match results.median(scenario, server, figure) {
                Some(value) => write!(out, " {value:.decimals$} |"),
                None => write!(out, " |"),
            };
        }
        out.push('\n');
    }
    out.push('\n');
}

/// Each distinct command once, with the port put back in its place.
fn commands(out: &mut String, results: &Results) {
    out.push_str("### Commands\n\n`.ci/bench.sh` (`make bench`) runs them all; one by one:\n\n```sh\n");
    for scenario in &results.scenarios {
        let _ = writeln!(out, "# {scenario}");
        for server in &results.servers {
            if let Some(run) = results.sample(scenario, server) {
                let _ = writeln!(out, "{}", run["invocation"].as_str().unwrap_or_default());
            }
        }
    }
    out.push_str("```\n");
}

/// Figure, title, decimals.
const FIGURES: &[(&str, &str, usize)] = &[
    ("cpu_micros_per_message", "CPU, microseconds for each message", 2),
    ("messages_per_second", "Messages a second", 0),
    ("p50_micros", "Latency, median, microseconds", 0),
    ("p99_micros", "Latency, 99th percentile, microseconds", 0),
    ("answer_wire_bytes", "Bytes on the wire for each answer", 0),
    ("pss_bytes_per_connection", "Memory of an idle connection, bytes (proportional set size)", 0),
    ("pss_bytes_per_connection_after_32_bytes", "... after a message of 32 bytes on each", 0),
    ("pss_bytes_per_connection_after_burst", "... after a message of 120 000 bytes on each", 0),
    ("pss_kb_peak", "Peak memory with 300 clients that send and never read, KiB", 0),
];
