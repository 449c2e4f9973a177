//! Settings of the process rather than the server: log, socket timeouts, coroutines, asynchronous files.
//!
//! `Coroutine::set()` and `swoole_async_set()` take the same options.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

use super::option::{Kind, Opt, option};
use crate::server::log::{Level, LogSettings, Rotation};

/// Log, sockets of clients, coroutines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GlobalSettings {
    pub log: LogSettings,
    pub display_errors: Option<bool>,
}

pub(super) const GLOBAL: &[Opt<GlobalSettings>] = &[
    option!(Three "debug_mode" = Bool(false), Setter::Inert(Kind::Bool), "Only in debug builds."),
    option!(Two "trace_flags" = Int(0), Setter::Inert(Kind::Int), "There are no trace lines."),
    option!(Two "log_file" = Str(""), Setter::Custom(Kind::Str, |s, value, _| {
            let path = value.to_text();
            s.log.file = (!path.is_empty()).then(|| OsStr::from_bytes(&path).into());
        }), "The log's file; the standard output without one."),
    option!(Two "log_level" = Int(2), Setter::Custom(Kind::Int, |s, value, _| {
            s.log.level = Level::from_number(value.to_int());
        }), "The least SWOOLE_LOG_* level that is written."),
    option!(Two "log_date_format" = Str("%F %T"), Setter::Custom(Kind::Str, |s, value, _| {
            s.log.date_format = String::from_utf8_lossy(&value.to_text()).into_owned();
        }), "How the log writes dates, as strftime() takes it."),
    option!(Two "log_date_with_microseconds" = Bool(false), Setter::Bool(|s| &mut s.log.microseconds),
        "The log's dates carry microseconds."),
    option!(Two "log_rotation" = Int(0), Setter::Custom(Kind::Int, |s, value, _| {
            s.log.rotation = Rotation::from_number(value.to_int());
        }), "When a new log file begins: a SWOOLE_LOG_ROTATION_* value."),
    option!(Two "display_errors" = Derived, Setter::Choice(|s| &mut s.display_errors),
        "PHP warnings are shown; as swoole.display_errors."),
    option!(Two "print_backtrace_on_error" = Bool(false), Setter::Inert(Kind::Bool),
        "A backtrace of C functions would say nothing here."),
    option!(Two "enable_signalfd" = Derived, Setter::Inert(Kind::Bool), "Signals are always taken by the event loop."),
    option!(Two "enable_kqueue" = Derived, Setter::Inert(Kind::Bool), "The event loop chooses by itself."),
    option!(Two "dns_server" = Str(""), Setter::Inert(Kind::Str), "Names are looked up as the system does it: /etc/resolv.conf counts."),
    option!(Two "socket_dns_timeout" = Float(60.0), Setter::Elsewhere(Kind::Float), "Seconds a look-up may take."),
    option!(Two "socket_connect_timeout" = Float(10.0), Setter::Elsewhere(Kind::Float),
        "Seconds a client waits for a connection."),
    option!(Two "socket_timeout" = Derived, Setter::Elsewhere(Kind::Float), "What the other timeouts are unless they are set."),
    option!(Two "socket_read_timeout" | "socket_recv_timeout" = Float(60.0), Setter::Elsewhere(Kind::Float),
        "Seconds a client waits for data."),
    option!(Two "socket_write_timeout" | "socket_send_timeout" = Float(60.0), Setter::Elsewhere(Kind::Float),
        "Seconds a client waits to send."),
    option!(Two "max_coroutine" | "max_coro_num" = Int(100_000), Setter::Elsewhere(Kind::Int),
        "The most coroutines at once."),
    option!(Two "enable_deadlock_check" = Bool(true), Setter::Elsewhere(Kind::Bool),
        "Coroutines that wait for ever are reported at the end."),
    option!(Two "enable_preemptive_scheduler" = Derived, Setter::Inert(Kind::Bool),
        "A coroutine that computes for long is not interrupted."),
    option!(Two "hook_flags" = Derived, Setter::Elsewhere(Kind::Int),
        "Which PHP functions suspend the coroutine instead of the process."),
    option!(Two "stack_size" | "c_stack_size" = Int(2 << 20), Setter::Inert(Kind::Size),
        "fiber.stack_size of php.ini says how large the stack of a coroutine is."),
    option!(Three "name_resolver" = Derived, Setter::Inert(Kind::Array), "Names are looked up as the system does it."),
    option!(Two "dns_cache_expire" = Int(60), Setter::Inert(Kind::Int), "No name is kept."),
    option!(Two "dns_cache_capacity" = Int(1000), Setter::Inert(Kind::Int), "No name is kept."),
    option!(Two "aio_core_worker_num" = Derived, Setter::Inert(Kind::Int), "A thread for blocking calls lives as long as the call."),
    option!(Two "aio_worker_num" = Derived, Setter::Inert(Kind::Int), "There are 32 threads for blocking calls at most."),
    option!(Two "aio_max_wait_time" = Derived, Setter::Inert(Kind::Float), "A blocking call waits until there is a thread."),
    option!(Two "aio_max_idle_time" = Derived, Setter::Inert(Kind::Float), "No thread is idle."),
    option!(Three "iouring_entries" = Derived, Setter::Inert(Kind::Int), "Only for io_uring."),
    option!(Three "iouring_workers" = Derived, Setter::Inert(Kind::Int), "Only for io_uring."),
    option!(Three "iouring_flag" = Derived, Setter::Inert(Kind::Int), "Only for io_uring."),
];
