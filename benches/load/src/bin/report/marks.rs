//! The marks that the project sets itself, compared with what was measured: a bench that nobody reads still says when one is missed.

use std::fmt::Write as _;

use crate::runs::Results;

/// What a figure of ours may be at most.
enum Mark {
    /// So many times what the other server needs in the same runs.
    Times(f64, &'static str),
    /// So much, whatever the others do.
    Flat(f64),
}

/// The table of marks and the closing line "N passed, N failed"; empty when none of the scenarios ran.
pub fn section(results: &Results) -> String {
    let (mut rows, mut passed, mut failed) = (String::new(), 0, 0);
    for (scenario, figure, mark) in MARKS {
        let (measured, allowed) = match mark {
            Mark::Times(factor, other) => {
                (results.ratio(scenario, "ours", other, figure), format!("{factor:.2} times {other}"))
            }
            Mark::Flat(most) => (results.median(scenario, "ours", figure), format!("{most}")),
        };
        let Some(measured) = measured else { continue };
        let most = match mark {
            Mark::Times(most, _) | Mark::Flat(most) => *most,
        };
        let kept = measured <= most;
        (passed, failed) = (passed + u32::from(kept), failed + u32::from(!kept));
        let verdict = if kept { "kept" } else { "**missed**" };
        let _ = writeln!(
            rows,
            "| {scenario}: {} | {measured:.2} | {allowed} | {verdict} |",
            figure.replace('_', " ")
        );
    }
    if rows.is_empty() {
        return rows;
    }
    format!(
        "### The project's own marks\n\n| | measured | at most | |\n|---|---:|---:|---|\n{rows}\n{passed} passed, {failed} failed\n\n"
    )
}

const CPU: &str = "cpu_micros_per_message";

const MARKS: &[(&str, &str, Mark)] = &[
    ("echo, 32 B", CPU, Mark::Times(1.15, "fastwebsockets")),
    ("echo, 16 KiB", CPU, Mark::Times(1.2, "fastwebsockets")),
    ("echo, 1 MiB", CPU, Mark::Times(1.3, "fastwebsockets")),
    ("echo, 32 B, 16 in flight", CPU, Mark::Flat(1.2)),
    ("echo, 1 KiB of JSON, compressed", CPU, Mark::Times(0.7, "bun")),
    ("broadcast, 64 B to 1000", CPU, Mark::Times(1.0, "bun")),
    ("10 000 idle connections", "pss_bytes_per_connection", Mark::Flat(1024.0)),
    ("10 000 idle connections", "pss_bytes_per_connection_after_burst", Mark::Flat(1536.0)),
    ("300 clients that never read", "pss_kb_peak", Mark::Flat(102_400.0)),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(ours: f64) -> String {
        let line = |server, cpu| {
            format!("{{\"scenario\":\"echo, 32 B\",\"server\":\"{server}\",\"{CPU}\":{cpu}}}\n")
        };
        section(&Results::read(&(line("ours", ours) + &line("fastwebsockets", 10.0))).unwrap())
    }

    #[test]
    fn a_mark_is_kept_up_to_its_limit_and_missed_above_it() {
        assert!(judged(11.4).contains("1 passed, 0 failed"));
        assert!(judged(11.6).contains("0 passed, 1 failed"));
    }

    #[test]
    fn scenarios_that_did_not_run_are_not_judged() {
        assert_eq!(section(&Results::read("").unwrap()), "");
    }
}
