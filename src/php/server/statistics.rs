//! `stats()` and `stats_file`: the numbers of the server as an array, as JSON, as lines, and as OpenMetrics.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use super::{STATS_TIMER, Server};
use crate::net::offload::offload;
use crate::serve::Worker;
use crate::server::log::{LOG, Level};
use crate::server::openmetrics::{self, About};
use crate::server::settings::Settings;
use crate::server::stats::Counter;
use crate::zend::class::ClassBuilder;
use crate::zend::{Array, Call, IntoValue, Object, Result, Value, error, world};

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class.method("stats(int $mode = SWOOLE_STATS_DEFAULT): array|string|false", stats)
}

/// `SWOOLE_STATS_*`.
pub const DEFAULT: i64 = 0;
pub const JSON: i64 = 1;
pub const OPENMETRICS: i64 = 2;

fn stats(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let mode: i64 = call.arg_or(DEFAULT)?;
    let Some(worker) = server.running() else { return Ok(false.into_value()) };
    let settings = server.settings.borrow();
    Ok(match mode {
        DEFAULT => {
            let mut array = Array::new();
            for (name, number) in numbers(&worker, &settings) {
                array.set(name, number);
            }
            array.into_value()
        }
        JSON => json(&worker, &settings).into_value(),
        OPENMETRICS => metrics(&worker, &settings).into_value(),
        _ => {
            drop(settings);
            error::warning(
                "mode must be one of SWOOLE_STATS_DEFAULT, SWOOLE_STATS_JSON and SWOOLE_STATS_OPENMETRICS",
            );
            false.into_value()
        }
    })
}

/// The names of the original, in its order.
fn numbers(worker: &Worker, settings: &Settings) -> Vec<(&'static str, u64)> {
    let (stats, own) = (worker.stats(), worker.stats().worker(worker.id()));
    let coroutines = world::scheduler().stats();
    let alive = coroutines.alive as u64;
    let mut numbers = vec![
        ("start_time", stats.started_secs()),
        ("connection_num", worker.session_count()),
        ("abort_count", stats.total(Counter::Aborted)),
        ("accept_count", stats.total(Counter::Accepted)),
        ("close_count", stats.total(Counter::Closed)),
        ("worker_num", settings.process.worker_num.into()),
        ("task_worker_num", settings.task.worker_num.into()),
        ("user_worker_num", worker.options().user_process_num.into()),
        ("idle_worker_num", stats.idle_workers(worker.options().worker_num)),
        ("dispatch_count", stats.total(Counter::Dispatched)),
        ("request_count", stats.total(Counter::Requests)),
        ("response_count", stats.total(Counter::Responses)),
        ("total_recv_bytes", stats.total(Counter::BytesReceived)),
        ("total_send_bytes", stats.total(Counter::BytesSent)),
        ("pipe_packet_msg_id", 0),
        ("concurrency", alive),
        ("session_round", worker.last_session()),
        ("min_fd", 0),
        ("max_fd", worker.last_session()),
        ("worker_request_count", own.value(Counter::Requests)),
        ("worker_response_count", own.value(Counter::Responses)),
        ("worker_dispatch_count", own.value(Counter::Dispatched)),
        ("worker_concurrency", alive),
    ];
    if worker.task_workers() > 0 {
        let tasks = worker.task_worker_blocks();
        let idle = tasks.clone().filter(|block| block.tasks_left() == 0).count();
        numbers.extend([
            ("task_idle_worker_num", idle as u64),
            ("tasking_num", tasks.map(|block| block.tasks_left()).sum()),
            ("task_count", stats.total(Counter::TasksGiven)),
        ]);
    }
    numbers.extend([("coroutine_num", alive), ("coroutine_peek_num", coroutines.peak as u64)]);
    numbers
}

fn json(worker: &Worker, settings: &Settings) -> String {
    let members: Vec<_> =
        numbers(worker, settings).iter().map(|(name, number)| format!("\"{name}\":{number}")).collect();
    format!("{{{}}}", members.join(","))
}

fn lines(worker: &Worker, settings: &Settings) -> String {
    numbers(worker, settings).iter().map(|(name, number)| format!("{name}: {number}\n")).collect()
}

fn metrics(worker: &Worker, settings: &Settings) -> String {
    let about = About {
        mode: settings.mode,
        event_workers: worker.options().worker_num,
        task_workers: worker.options().task_worker_num,
        connections_max: worker.options().max_connection as u64,
    };
    count_coroutines(worker);
    openmetrics::text(&worker.stats(), about)
}

/// Shows the other processes how many coroutines there are in this one.
pub fn count_coroutines(worker: &Worker) {
    let (coroutines, own) = (world::scheduler().stats(), worker.stats().worker(worker.id()));
    own.set(Counter::Coroutines, coroutines.alive as u64);
    own.set(Counter::CoroutinesPeak, coroutines.peak as u64);
}

/// `stats_file`: the first worker writes it again and again. The ending of its name says how: `.json`, `.prom` for
/// OpenMetrics, anything else for lines.
pub fn write_regularly(object: &Object, server: &Server, worker: &Worker) {
    let settings = server.settings.borrow();
    let file = PathBuf::from(OsStr::from_bytes(&settings.process.stats_file));
    if file.as_os_str().is_empty() || worker.id() != 0 {
        return;
    }
    let text = match file.extension().map(OsStr::as_bytes) {
        Some(b"json") => json,
        Some(b"prom") => metrics,
        _ => lines,
    };
    let every = Duration::from_millis(match settings.process.stats_timer_interval {
        0 => INTERVAL_MS,
        chosen => chosen.into(),
    });
    let (settings, worker, failed) = (Rc::clone(&server.settings), worker.clone(), Rc::new(Cell::new(false)));
    let ring = move |_: i64| {
        let (text, file, failed) = (text(&worker, &settings.borrow()), file.clone(), Rc::clone(&failed));
        worker.spawn_local(async move {
            let written = offload({
                let file = file.clone();
                move || replace(&file, &text)
            });
            let outcome = written.await.and_then(std::convert::identity);
            // One line for a disk that stays full.
            if let Err(cause) = &outcome
                && !failed.get()
            {
                LOG.write(Level::Warning, &format!("stats_file {}: {cause}", file.display()));
            }
            failed.set(outcome.is_err());
        });
    };
    object.set(&STATS_TIMER, world::scheduler().alarm_tick(every, Rc::new(ring)));
}

/// A timer would keep a stopping worker waiting.
pub fn stop_writing(object: &Object) {
    if let Some(timer) = object.get(&STATS_TIMER).as_long() {
        world::scheduler().clear_alarm(timer);
        object.set(&STATS_TIMER, Value::null());
    }
}

/// Readers see the old text or the new one, never half of it.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let mut fresh = file.as_os_str().to_owned();
    fresh.push(".new");
    fs::write(&fresh, text)?;
    fs::rename(&fresh, file)
}

/// Without `stats_timer_interval`.
const INTERVAL_MS: u64 = 1000;
