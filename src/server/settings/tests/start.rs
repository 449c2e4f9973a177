//! Workers, connections and what `prepare()` makes of them.

use std::time::Duration;

use super::*;

fn prepared(mut settings: Settings, options: &[(&str, OptionValue)]) -> (Settings, Vec<String>) {
    assert!(set(&mut settings, options).is_empty());
    let complaints = settings.prepare(MACHINE, Population::default());
    (settings, complaints.iter().map(|complaint| complaint.text.clone()).collect())
}

fn quiet(settings: Settings, options: &[(&str, OptionValue)]) -> Settings {
    let (settings, complaints) = prepared(settings, options);
    assert!(complaints.is_empty(), "{complaints:?}");
    settings
}

#[test]
fn workers_default_to_one_in_base_mode_and_one_per_cpu_in_process_mode() {
    assert_eq!(quiet(base(), &[]).process.worker_num, 1);
    assert_eq!(quiet(process(), &[]).process.worker_num, 4);
    assert_eq!(quiet(base(), &[("worker_num", text("abc"))]).process.worker_num, 4);
    assert_eq!(quiet(base(), &[("worker_num", OptionValue::Int(-3))]).process.worker_num, 4);
}

#[test]
fn too_many_workers_are_reset_with_a_line_of_the_log() {
    assert_eq!(quiet(base(), &[("worker_num", OptionValue::Int(4000))]).process.worker_num, 4000);
    let (settings, complaints) = prepared(base(), &[("worker_num", OptionValue::Int(4001))]);
    assert_eq!(settings.process.worker_num, 4000);
    assert_eq!(complaints, ["worker_num == 4001, Too many processes, reset to max value 4000"]);
}

#[test]
fn reactors_follow_the_workers() {
    assert_eq!(quiet(base(), &[("worker_num", OptionValue::Int(3))]).process.reactor_num, 3);
    assert_eq!(quiet(process(), &[]).process.reactor_num, 4);
    assert_eq!(quiet(process(), &[("worker_num", OptionValue::Int(2))]).process.reactor_num, 2);
    assert_eq!(quiet(process(), &[("reactor_num", OptionValue::Int(2))]).process.reactor_num, 2);
    assert_eq!(quiet(process(), &[("single_thread", OptionValue::Bool(true))]).process.reactor_num, 1);
    let (_, complaints) = prepared(process(), &[("reactor_num", OptionValue::Int(17))]);
    assert_eq!(complaints, ["reactor_num == 17, Too many threads, reset to max value 16"]);
}

#[test]
fn connections_are_bounded_by_the_open_files() {
    assert_eq!(quiet(base(), &[]).session.max_connection, 20_000);
    let plenty = Machine { open_files: 1_000_000, ..MACHINE };
    let mut settings = base();
    settings.prepare(plenty, Population::default());
    assert_eq!(settings.session.max_connection, 100_000);
    assert_eq!(quiet(base(), &[("max_conn", OptionValue::Int(20_000))]).session.max_connection, 20_000);
    let (settings, complaints) = prepared(base(), &[("max_conn", OptionValue::Int(20_001))]);
    assert_eq!(settings.session.max_connection, 20_000);
    assert_eq!(complaints, ["max_connection is exceed the maximum value, it's reset to 20000"]);
}

#[test]
fn more_connections_than_sessions_are_reset_at_once() {
    let (severity, text) = complaint("max_connection", OptionValue::Int(i64::from(MAX_CONNECTIONS) + 1));
    assert_eq!(
        (severity, text.as_str()),
        (Severity::Log, "max_connection is exceed the SW_SESSION_LIST_SIZE, it's reset to 1048576")
    );
    assert_eq!(
        with("max_connection", OptionValue::Int(MAX_CONNECTIONS.into())).session.max_connection,
        MAX_CONNECTIONS
    );
}

#[test]
fn fewer_connections_than_the_processes_need_are_reset() {
    // One worker needs two pipes beside the 32 that PHP may use.
    assert_eq!(quiet(base(), &[("max_conn", OptionValue::Int(34))]).session.max_connection, 34);
    let (settings, complaints) = prepared(base(), &[("max_conn", OptionValue::Int(33))]);
    assert_eq!(settings.session.max_connection, 20_000);
    assert_eq!(complaints, ["max_connection must be bigger than 34, it's reset to 20000"]);
}

#[test]
fn either_half_of_the_heartbeat_gives_the_other() {
    let heartbeat = |options: &[(&str, OptionValue)]| {
        let session = quiet(base(), options).session;
        (session.heartbeat_check_interval, session.heartbeat_idle_time)
    };
    let secs = |n| Some(Duration::from_secs(n));
    let (interval, idle) = ("heartbeat_check_interval", "heartbeat_idle_time");
    assert_eq!(heartbeat(&[]), (None, None));
    assert_eq!(heartbeat(&[(interval, OptionValue::Int(5))]), (secs(5), secs(10)));
    assert_eq!(heartbeat(&[(idle, OptionValue::Int(6))]), (secs(3), secs(6)));
    assert_eq!(heartbeat(&[(idle, OptionValue::Int(1))]), (secs(1), secs(1)));
    let both = [(interval, OptionValue::Int(7)), (idle, OptionValue::Int(8))];
    assert_eq!(heartbeat(&both), (secs(7), secs(8)));
    assert_eq!(heartbeat(&[(interval, OptionValue::Int(-1))]), (None, None));
}

#[test]
fn send_yield_follows_the_coroutines_and_the_dispatch_mode() {
    assert!(base().send_yield());
    assert!(!with("enable_coroutine", OptionValue::Bool(false)).send_yield());
    assert!(!with("send_yield", OptionValue::Bool(false)).send_yield());
    assert!(with("dispatch_mode", OptionValue::Int(4)).send_yield());
    assert!(!with("dispatch_mode", OptionValue::Int(3)).send_yield());
    let mut settings = base();
    let options = [("send_yield", OptionValue::Bool(true)), ("dispatch_mode", OptionValue::Int(3))];
    let complaints = set(&mut settings, &options);
    let texts: Vec<_> = complaints.iter().map(|complaint| complaint.text.as_str()).collect();
    assert_eq!(texts, ["'send_yield' option can only be set when using dispatch_mode=2/4"]);
    assert!(!settings.send_yield());
}

#[test]
fn dispatch_modes_have_their_numbers_and_unknown_ones_are_the_default() {
    for number in 1..=10 {
        assert_eq!(i64::from(DispatchMode::from_number(number).number()), number);
    }
    for number in [0, 11, -1] {
        assert_eq!(DispatchMode::from_number(number), DispatchMode::FdMod);
    }
    let together = (1..=10).filter(|n| DispatchMode::from_number(*n).keeps_connections_together());
    assert_eq!(together.collect::<Vec<_>>(), [2, 4, 8]);
}

#[test]
fn a_dispatch_function_must_be_callable_and_takes_one_thread() {
    let settings = with("dispatch_func", OptionValue::Callable);
    assert!(settings.session.dispatch_func && settings.process.single_thread);
    let (severity, message) = complaint("dispatch_func", text("nofunc"));
    assert_eq!((severity, message.as_str()), (Severity::Warning, "function 'nofunc' is not callable"));
}

#[test]
fn http2_needs_a_dispatch_mode_that_keeps_connections_together() {
    let options = [("open_http2_protocol", OptionValue::Bool(true)), ("dispatch_mode", OptionValue::Int(1))];
    let mut settings = process();
    set(&mut settings, &options);
    assert!(settings.prepare(MACHINE, Population::default()).has_fatal());
    quiet(process(), &options[..1]);
}

#[test]
fn packages_may_not_be_shorter_than_a_request() {
    let limit = |bytes| {
        quiet(base(), &[("package_max_length", OptionValue::Int(bytes))]).port.socket.package_max_length
    };
    assert_eq!((limit(65_535), limit(65_536), limit(65_537), limit(-1)), (65_536, 65_536, 65_537, 65_536));
}

#[test]
fn limits_of_messages_follow_the_package_unless_chosen() {
    let websocket = quiet(base(), &[("package_max_length", text("4M"))]).port.websocket;
    assert_eq!((websocket.max_frame_size, websocket.max_message_size), (4 << 20, 4 << 20));
    let websocket = quiet(base(), &[("websocket_max_message_size", text("1K"))]).port.websocket;
    assert_eq!((websocket.max_frame_size, websocket.max_message_size), (2 << 20, 1024));
}

#[test]
fn grace_is_half_of_what_it_varies_but_nothing_for_small_numbers() {
    let grace = |n| with("max_request", OptionValue::Int(n)).process.grace();
    assert_eq!((grace(0), grace(10), grace(11), grace(1000)), (0, 0, 5, 500));
    assert_eq!(with("max_request_grace", OptionValue::Int(7)).process.grace(), 7);
    assert_eq!(with("task_max_request", OptionValue::Int(20)).task.grace(), 10);
}

#[test]
fn tasks_have_their_options() {
    assert_eq!((base().task.worker_num, base().task.ipc_mode), (0, 1));
    assert_eq!(with("task_ipc_mode", OptionValue::Int(9)).task.ipc_mode, 4);
    assert!(with("task_use_object", OptionValue::Bool(true)).task.object);
    assert!(quiet(base(), &[("event_object", OptionValue::Bool(true))]).task.object);
    let mut settings = base();
    let options =
        [("task_enable_coroutine", OptionValue::Bool(true)), ("task_ipc_mode", OptionValue::Int(2))];
    let complaints = set(&mut settings, &options);
    assert!(complaints.has_fatal());
    assert_eq!(
        complaints.iter().next().map(|complaint| complaint.text.as_str()),
        Some("cannot use msgqueue when `task_enable_coroutine` is enable")
    );
}

#[test]
fn coroutines_make_reloads_asynchronous() {
    let off = ("reload_async", OptionValue::Bool(false));
    assert!(quiet(base(), std::slice::from_ref(&off)).process.reload_async);
    let options = [off, ("enable_coroutine", OptionValue::Bool(false))];
    assert!(!quiet(base(), &options).process.reload_async);
}

#[test]
fn a_cpu_must_be_left_to_pin_to() {
    let pinned = |ignored: &[&str]| {
        let mut settings = base();
        let options =
            [("open_cpu_affinity", OptionValue::Bool(true)), ("cpu_affinity_ignore", strings(ignored))];
        set(&mut settings, &options);
        settings.prepare(MACHINE, Population::default()).has_fatal()
    };
    assert!(!pinned(&["0", "1", "2"]));
    assert!(pinned(&["0", "1", "2", "3"]));
}

#[test]
fn a_stopping_worker_has_three_seconds_unless_told_otherwise() {
    assert_eq!(base().process.max_wait_time, Some(Duration::from_secs(3)));
    assert_eq!(with("max_wait_time", OptionValue::Int(0)).process.max_wait_time, None);
}

#[test]
fn the_effective_values_are_shown_to_the_script() {
    let mut settings = base();
    settings.port.websocket.open = true;
    let names: Vec<_> = quiet(settings, &[]).effective().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "worker_num",
            "task_worker_num",
            "output_buffer_size",
            "max_connection",
            "open_http_protocol",
            "open_mqtt_protocol",
            "open_eof_check",
            "open_length_check",
            "open_websocket_protocol"
        ]
    );
    let plain = quiet(base(), &[]).effective();
    assert_eq!(plain.len(), 4);
    assert_eq!(plain[3], ("max_connection", OptionValue::Int(20_000)));
}
