//! The list as a list, and the rules that hold for every option in it.

use std::{collections::HashSet, time::Duration};

use super::*;
use crate::server::log::{Level, Rotation};

#[test]
fn every_name_and_alias_appears_once() {
    let mut seen = HashSet::new();
    for spec in specs() {
        for name in spec.names() {
            assert!(seen.insert(name), "{name} twice");
        }
        assert!(spec.about.ends_with('.'), "{}: {}", spec.name, spec.about);
    }
    assert!(seen.len() > 150, "only {} names", seen.len());
}

#[test]
fn a_spec_is_found_by_name_and_by_alias_only() {
    assert_eq!(spec("max_conn").map(|spec| spec.name), Some("max_connection"));
    assert_eq!(spec("worker_num").map(|spec| spec.kind), Some(Kind::Int));
    assert!(spec("WORKER_NUM").is_none());
    assert!(spec("").is_none());
    // Swoole reads this one on clients only.
    assert!(spec("websocket_mask").is_none());
}

#[test]
fn setting_every_option_to_its_default_changes_nothing() {
    let mut settings = base();
    let defaults: Vec<_> =
        specs().filter_map(|spec| Some((spec.name.to_owned(), spec.default.value()?))).collect();
    let complaints = settings.set(&defaults);
    assert!(complaints.is_empty(), "{complaints:?}");
    assert_eq!(settings, base());
}

#[test]
fn null_is_the_same_as_absent_for_every_option() {
    let mut settings = base();
    let nulls: Vec<_> = specs()
        .flat_map(|spec| spec.names().collect::<Vec<_>>())
        .map(|name| (name.to_owned(), OptionValue::Null))
        .collect();
    assert!(settings.set(&nulls).is_empty());
    assert_eq!(settings, base());
}

#[test]
fn every_alias_does_what_its_name_does() {
    for spec in specs() {
        let value = match spec.kind {
            Kind::Array => strings(&["a"]),
            Kind::Str => text("x"),
            _ => OptionValue::Int(3),
        };
        let mut by_name = base();
        set(&mut by_name, &[(spec.name, value.clone())]);
        for alias in spec.aliases {
            let mut by_alias = base();
            set(&mut by_alias, &[(alias, value.clone())]);
            assert_eq!(by_alias, by_name, "{alias}");
        }
    }
}

#[test]
fn no_value_of_any_type_can_panic() {
    let values = [
        OptionValue::Bool(true),
        OptionValue::Int(i64::MIN),
        OptionValue::Int(i64::MAX),
        OptionValue::Float(f64::NAN),
        OptionValue::Float(f64::INFINITY),
        OptionValue::Float(-1e300),
        text("99999999999999999999G"),
        OptionValue::Str(vec![0xff, 0]),
        OptionValue::Array(Vec::new()),
        map(&[("k", strings(&["v"]))]),
        OptionValue::Callable,
    ];
    for spec in specs().filter(|spec| spec.name != "upload_tmp_dir") {
        for value in &values {
            let mut settings = process();
            settings.port.tls.enabled = true;
            set(&mut settings, &[(spec.name, value.clone())]);
            settings.prepare(MACHINE, Population::default());
        }
    }
}

#[test]
fn the_name_counts_before_its_alias_unless_it_is_null() {
    let mut settings = base();
    set(&mut settings, &[("max_conn", OptionValue::Int(7)), ("max_connection", OptionValue::Int(8))]);
    assert_eq!(settings.session.max_connection, 8);
    set(&mut settings, &[("max_conn", OptionValue::Int(7)), ("max_connection", OptionValue::Null)]);
    assert_eq!(settings.session.max_connection, 7);
}

#[test]
fn a_later_set_changes_only_what_it_names() {
    let mut settings = base();
    set(&mut settings, &[("worker_num", OptionValue::Int(3)), ("backlog", OptionValue::Int(100))]);
    set(&mut settings, &[("backlog", OptionValue::Int(200))]);
    assert_eq!((settings.process.worker_num, settings.port.socket.backlog), (3, 200));
    assert!(set(&mut settings, &[]).is_empty());
    assert_eq!(settings.process.worker_num, 3);
}

#[test]
fn unknown_options_are_named_one_by_one_and_the_rest_is_applied() {
    let mut settings = base();
    let complaints = set(
        &mut settings,
        &[("nope", OptionValue::Null), ("worker_num", OptionValue::Int(2)), ("0", text("x"))],
    );
    let texts: Vec<_> = complaints.iter().map(|complaint| complaint.text.as_str()).collect();
    assert_eq!(texts, ["unsupported option [nope]", "unsupported option [0]"]);
    assert!(complaints.iter().all(|complaint| complaint.severity == Severity::Warning));
    assert!(!complaints.has_refusal());
    assert_eq!(settings.process.worker_num, 2);
}

#[test]
fn nothing_is_applied_after_a_fatal_complaint() {
    let mut settings = base();
    let complaints = set(
        &mut settings,
        &[
            ("http_index_files", text("x")),
            ("worker_num", OptionValue::Int(9)),
            ("backlog", OptionValue::Int(9)),
            ("nope", text("x")),
        ],
    );
    assert!(complaints.has_fatal());
    assert_eq!(complaints.iter().count(), 1);
    // The workers come before HTTP in the list, the port after it.
    assert_eq!((settings.process.worker_num, settings.port.socket.backlog), (9, 512));
}

#[test]
fn the_process_takes_only_what_belongs_to_it() {
    let mut global = GlobalSettings::new();
    assert_eq!(global, base().global);
    let options =
        [("log_level".to_owned(), OptionValue::Int(5)), ("worker_num".to_owned(), OptionValue::Int(9))];
    assert!(global.set(&options).is_empty());
    assert_eq!(global.log.level, Level::Error);
}

#[test]
fn kinds_are_coerced_as_php_casts() {
    assert!(with("daemonize", text("yes")).process.daemonize);
    assert!(!with("open_tcp_nodelay", text("0")).port.socket.tcp_nodelay);
    assert_eq!(with("backlog", text("12abc")).port.socket.backlog, 12);
    assert_eq!(with("backlog", OptionValue::Float(12.9)).port.socket.backlog, 12);
    assert_eq!(with("socket_buffer_size", text("2M")).port.socket.socket_buffer_size, 2 << 20);
    assert_eq!(with("send_timeout", text("0.5")).session.send_timeout, Some(Duration::from_millis(500)));
    assert_eq!(with("user", OptionValue::Int(33)).process.user, b"33");
    assert_eq!(
        with("heartbeat_idle_time", OptionValue::Float(2.9)).session.heartbeat_idle_time,
        Some(Duration::from_secs(2))
    );
}

#[test]
fn the_log_takes_its_options() {
    let settings = with("log_file", text("/tmp/x.log"));
    assert_eq!(settings.global.log.file, Some("/tmp/x.log".into()));
    assert_eq!(with("log_file", text("")).global.log.file, None);
    assert_eq!(with("log_level", OptionValue::Int(99)).global.log.level, Level::None);
    assert_eq!(with("log_rotation", OptionValue::Int(2)).global.log.rotation, Rotation::Daily);
    assert_eq!(with("log_date_format", text("%s")).global.log.date_format, "%s");
    assert!(with("log_date_with_microseconds", OptionValue::Bool(true)).global.log.microseconds);
    assert_eq!((base().global.log.level, base().global.log.date_format.as_str()), (Level::Info, "%F %T"));
}

#[test]
fn options_of_coroutines_and_clients_are_known_as_those_of_the_process() {
    for name in ["socket_timeout", "socket_recv_timeout", "max_coro_num", "hook_flags", "log_file"] {
        assert!(is_global(name), "{name}");
    }
    assert!(!is_global("worker_num") && !is_global("x"));
}

#[test]
fn spans_of_time_below_a_microsecond_are_off_and_huge_ones_are_bounded() {
    let send_timeout = |value| with("send_timeout", OptionValue::Float(value)).session.send_timeout;
    assert_eq!(send_timeout(0.000_001), Some(Duration::from_micros(1)));
    assert_eq!(send_timeout(0.000_000_9), None);
    assert_eq!(send_timeout(-1.0), None);
    assert_eq!(send_timeout(f64::NAN), None);
    assert!(send_timeout(1e300).is_some_and(|timeout| timeout > Duration::from_secs(86_400 * 365)));
}
