//! The counters as OpenMetrics text (<https://prometheus.io/docs/specs/om/open_metrics_spec/>), for whoever scrapes the
//! server. Each worker is a label, so that sums are left to the reader.

use std::fmt::Write as _;

use super::settings::Mode;
use super::stats::{Counter, Stats, WorkerStats};

/// The Content-Type of [`text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is shown beside the counters.
#[derive(Clone, Copy, Debug)]
pub struct About {
    pub mode: Mode,
    /// The first workers, which have connections.
    pub event_workers: u16,
    /// The next ones, which do tasks. Processes of the application's own follow.
    pub task_workers: u16,
    pub connections_max: u64,
}

/// Everything there is to scrape.
pub fn text(stats: &Stats, about: About) -> String {
    let mut out = String::with_capacity(8 << 10);
    let mode = match about.mode {
        Mode::Base => "base",
        Mode::Process => "process",
    };
    family(&mut out, "build_info", "gauge", "", "Version and mode of the server.");
    let version = env!("CARGO_PKG_VERSION");
    let _ = writeln!(out, "swoole_build_info{{version=\"{version}\",mode=\"{mode}\"}} 1");
    family(&mut out, "start_time_seconds", "gauge", "seconds", "When the server began, in Unix time.");
    let _ = writeln!(out, "swoole_start_time_seconds {}", stats.started_secs());
    family(&mut out, "connections_max", "gauge", "", "Connections that there is room for.");
    let _ = writeln!(out, "swoole_connections_max {}", about.connections_max);
    for metric in METRICS {
        metric.write(&mut out, stats, about);
    }
    out.push_str("# EOF\n");
    out
}

/// A family with one sample for each worker.
struct Metric {
    name: &'static str,
    kind: Kind,
    unit: &'static str,
    help: &'static str,
    whose: Whose,
    value: fn(&WorkerStats) -> u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Counter,
    /// A counter of nanoseconds, shown in seconds.
    Nanos,
    Gauge,
}

/// Which workers have a sample.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    All,
    /// Those that own the sockets: reactors, if there are any.
    Sockets,
    Event,
    Task,
}

impl Metric {
    fn write(&self, out: &mut String, stats: &Stats, about: About) {
        let workers = match self.whose {
            Whose::All => 0..stats.workers(),
            Whose::Sockets if stats.blocks() > stats.workers() => stats.workers()..stats.blocks(),
            Whose::Sockets => 0..about.event_workers,
            Whose::Event => 0..about.event_workers,
            Whose::Task => about.event_workers..about.event_workers + about.task_workers,
        };
        if workers.is_empty() {
            return;
        }
        let (kind, ending) = match self.kind {
            Kind::Counter | Kind::Nanos => ("counter", "_total"),
            Kind::Gauge => ("gauge", ""),
        };
        family(out, self.name, kind, self.unit, self.help);
        for id in workers {
            let (owner, number) = match id.checked_sub(stats.workers()) {
                Some(reactor) => ("reactor", reactor),
                None => ("worker", id),
            };
            let _ = write!(out, "swoole_{}{ending}{{{owner}=\"{number}\"}} ", self.name);
            let value = (self.value)(&stats.block(id));
            let _ = match self.kind {
                Kind::Nanos => writeln!(out, "{}.{:09}", value / 1_000_000_000, value % 1_000_000_000),
                Kind::Counter | Kind::Gauge => writeln!(out, "{value}"),
            };
        }
    }
}

fn family(out: &mut String, name: &str, kind: &str, unit: &str, help: &str) {
    let _ = writeln!(out, "# TYPE swoole_{name} {kind}");
    if !unit.is_empty() {
        let _ = writeln!(out, "# UNIT swoole_{name} {unit}");
    }
    let _ = writeln!(out, "# HELP swoole_{name} {help}");
}

macro_rules! metrics {
    ($($kind:ident $whose:ident $name:literal $unit:literal $help:literal = $value:expr;)*) => {
        &[$(Metric {
            name: $name,
            kind: Kind::$kind,
            unit: $unit,
            help: $help,
            whose: Whose::$whose,
            value: $value,
        }),*]
    };
}

/// Names end in their unit, as the format asks for.
const METRICS: &[Metric] = metrics![
    Gauge All "worker_up" "" "Whether the worker has a process." = |w| u64::from(w.value(Counter::Pid) != 0);
    Gauge All "worker_busy" "" "Whether the worker runs callbacks at this moment." = |w| w.value(Counter::Busy);
    Nanos All "worker_busy_seconds" "seconds" "Time in which the worker did not wait." = |w| w.value(Counter::BusyNanos);
    Counter All "worker_restarts" "" "How often the worker was replaced." = |w| w.value(Counter::Starts).saturating_sub(1);
    Gauge Sockets "connections" "" "Connections that are open." = |w| {
        w.value(Counter::Accepted).saturating_sub(w.value(Counter::Closed))
    };
    Counter Sockets "connections_accepted" "" "Connections that were accepted." = |w| w.value(Counter::Accepted);
    Counter Sockets "connections_closed" "" "Connections that have ended." = |w| w.value(Counter::Closed);
    Counter Sockets "connections_refused" "" "Connections that there was no room for." = |w| w.value(Counter::Aborted);
    Counter Sockets "connections_too_slow" "" "Connections closed because their peer reads too slowly." =
        |w| w.value(Counter::TooSlow);
    Counter Event "requests" "" "Messages and requests received." = |w| w.value(Counter::Requests);
    Counter Event "responses" "" "Messages and responses sent." = |w| w.value(Counter::Responses);
    Counter Event "callbacks" "" "Callbacks for messages and requests." = |w| w.value(Counter::Dispatched);
    Counter Sockets "messages_dropped" "" "Messages left out because their peer reads too slowly." =
        |w| w.value(Counter::Dropped);
    Counter Sockets "received_bytes" "bytes" "Bytes received." = |w| w.value(Counter::BytesReceived);
    Counter Sockets "sent_bytes" "bytes" "Bytes sent." = |w| w.value(Counter::BytesSent);
    Gauge Sockets "outbox_bytes" "bytes" "Bytes that wait for slow readers." = |w| w.value(Counter::BytesQueued);
    Gauge Sockets "mailbox_bytes" "bytes" "Bytes received that PHP has not seen." = |w| w.value(Counter::BytesHeld);
    Gauge All "coroutines" "" "Coroutines alive." = |w| w.value(Counter::Coroutines);
    Gauge All "coroutines_peak" "" "The most coroutines alive at once." = |w| w.value(Counter::CoroutinesPeak);
    Counter Task "tasks" "" "Tasks given to the worker." = |w| w.value(Counter::TasksGiven);
    Gauge Task "tasks_waiting" "" "Tasks that wait for the worker or run in it." = WorkerStats::tasks_left;
];

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    const ABOUT: About = About { mode: Mode::Base, event_workers: 2, task_workers: 1, connections_max: 1000 };

    fn stats(workers: usize) -> Stats {
        let memory: Vec<AtomicU64> = (0..Stats::words(workers)).map(|_| AtomicU64::new(0)).collect();
        Stats::new(Vec::leak(memory), workers as u16, 1_700_000_000, 42)
    }

    #[test]
    fn every_worker_has_its_sample_and_tasks_belong_to_task_workers() {
        let stats = stats(4);
        stats.worker(1).add(Counter::Requests, 7);
        stats.worker(2).add(Counter::TasksGiven, 5);
        let text = text(&stats, ABOUT);
        assert!(text.contains(
            "# TYPE swoole_requests counter\n# HELP swoole_requests Messages and requests received.\n\
             swoole_requests_total{worker=\"0\"} 0\nswoole_requests_total{worker=\"1\"} 7\n# TYPE"
        ));
        assert!(text.contains(
            "swoole_tasks Tasks given to the worker.\nswoole_tasks_total{worker=\"2\"} 5\n# TYPE swoole_tasks_waiting gauge"
        ));
        assert!(
            text.contains("swoole_worker_up{worker=\"3\"} 0\n")
                && !text.contains("swoole_connections{worker=\"2\"}")
        );
        let without = super::text(&stats, About { task_workers: 0, ..ABOUT });
        assert!(!without.contains("swoole_tasks"));
    }

    #[test]
    fn times_are_seconds_and_the_first_start_is_no_restart() {
        let stats = stats(3);
        stats.worker(0).add(Counter::BusyNanos, 1_002_000_003);
        stats.worker(0).add(Counter::Starts, 1);
        stats.worker(1).add(Counter::Starts, 3);
        let text = text(&stats, ABOUT);
        assert!(text.contains("swoole_worker_busy_seconds_total{worker=\"0\"} 1.002000003\n"));
        assert!(
            text.contains("restarts_total{worker=\"0\"} 0\nswoole_worker_restarts_total{worker=\"1\"} 2\n")
        );
    }

    /// The rules of the format that a table can break.
    #[test]
    fn the_text_is_well_formed() {
        let text = text(&stats(3), ABOUT);
        assert!(text.ends_with("\n# EOF\n"));
        let mut names: Vec<_> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            assert!(metric.unit.is_empty() || metric.name.ends_with(metric.unit), "{}", metric.name);
            assert!(
                !metric.name.ends_with("_total") && !metric.help.contains(['\\', '\n']),
                "{}",
                metric.name
            );
        }
    }
}
