//! Settings of the process rather than the server: log, socket timeouts, coroutines, asynchronous files.
//!
//! `Coroutine::set()` and `swoole_async_set()` take the same options.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, time::Duration};

use super::option::{Kind, Opt, option};
use crate::server::log::{Level, LogSettings, Rotation};

/// Log, sockets of clients, coroutines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GlobalSettings {
    pub log: LogSettings,
    pub display_errors: Option<bool>,
    pub print_backtrace_on_error: bool,
    pub trace_flags: i64,
    pub socket_dns_timeout: Option<Duration>,
    pub socket_connect_timeout: Option<Duration>,
    pub socket_read_timeout: Option<Duration>,
    pub socket_write_timeout: Option<Duration>,
    pub dns_server: Vec<u8>,
    pub dns_cache_expire: Option<Duration>,
    pub dns_cache_capacity: u32,
    /// The most coroutines at once.
    pub max_coroutine: u32,
    pub enable_deadlock_check: bool,
    pub enable_preemptive_scheduler: Option<bool>,
    /// `None` until somebody chose: `Coroutine\run()` turns every hook on then.
    pub hook_flags: Option<i64>,
    /// The C stack of a coroutine.
    pub stack_size: usize,
}

pub(super) const GLOBAL: &[Opt<GlobalSettings>] = &[
    option!(Three "debug_mode" = Bool(false), Setter::Inert(Kind::Bool), "Only in debug builds."),
    option!(Two "trace_flags" = Int(0), Setter::Long(|s| &mut s.trace_flags), "Which SWOOLE_TRACE_* lines are logged."),
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
    option!(Two "print_backtrace_on_error" = Bool(false), Setter::Bool(|s| &mut s.print_backtrace_on_error),
        "Log lines of errors carry a backtrace."),
    option!(Two "enable_signalfd" = Derived, Setter::Inert(Kind::Bool), "Signals are always taken by the event loop."),
    option!(Two "enable_kqueue" = Derived, Setter::Inert(Kind::Bool), "The event loop chooses by itself."),
    option!(Two "dns_server" = Str(""), Setter::Str(|s| &mut s.dns_server), "Name server of coroutine look-ups."),
    option!(Two "socket_dns_timeout" = Float(60.0), Setter::Secs(|s| &mut s.socket_dns_timeout),
        "Seconds a client waits for a name."),
    option!(Two "socket_connect_timeout" = Float(10.0), Setter::Secs(|s| &mut s.socket_connect_timeout),
        "Seconds a client waits for a connection."),
    option!(Two "socket_timeout" = Derived, Setter::Custom(Kind::Float, |s, value, _| {
            let timeout = super::option::secs(value.to_float());
            (s.socket_read_timeout, s.socket_write_timeout) = (timeout, timeout);
        }), "Sets socket_read_timeout and socket_write_timeout."),
    option!(Two "socket_read_timeout" | "socket_recv_timeout" = Float(60.0), Setter::Secs(|s| &mut s.socket_read_timeout),
        "Seconds a client waits for data."),
    option!(Two "socket_write_timeout" | "socket_send_timeout" = Float(60.0), Setter::Secs(|s| &mut s.socket_write_timeout),
        "Seconds a client waits to send."),
    option!(Two "max_coroutine" | "max_coro_num" = Int(100_000), Setter::Int(1, u32::MAX, |s| &mut s.max_coroutine),
        "The most coroutines at once."),
    option!(Two "enable_deadlock_check" = Bool(true), Setter::Bool(|s| &mut s.enable_deadlock_check),
        "Coroutines that wait for ever are reported at the end."),
    option!(Two "enable_preemptive_scheduler" = Derived, Setter::Choice(|s| &mut s.enable_preemptive_scheduler),
        "Coroutines that compute for long are interrupted; as swoole.enable_preemptive_scheduler."),
    option!(Two "hook_flags" = Derived, Setter::Custom(Kind::Int, |s, value, _| s.hook_flags = Some(value.to_int())),
        "Which PHP functions suspend the coroutine instead of the process."),
    option!(Two "stack_size" | "c_stack_size" = Int(2 << 20), Setter::Size(STACK_BYTES_MIN, |s| &mut s.stack_size),
        "Bytes of a coroutine's C stack."),
    option!(Three "name_resolver" = Derived, Setter::Inert(Kind::Array), "Objects that look names up."),
    option!(Two "dns_cache_expire" = Int(60), Setter::WholeSecs(|s| &mut s.dns_cache_expire),
        "Seconds a looked-up name is kept."),
    option!(Two "dns_cache_capacity" = Int(1000), Setter::Int(0, u32::MAX, |s| &mut s.dns_cache_capacity),
        "The most names kept."),
    option!(Two "aio_core_worker_num" = Derived, Setter::Inert(Kind::Int), "Threads for blocking calls that always exist."),
    option!(Two "aio_worker_num" = Derived, Setter::Inert(Kind::Int), "The most threads for blocking calls."),
    option!(Two "aio_max_wait_time" = Derived, Setter::Inert(Kind::Float), "How long a blocking call may wait for a thread."),
    option!(Two "aio_max_idle_time" = Derived, Setter::Inert(Kind::Float), "How long an idle thread lives."),
    option!(Three "iouring_entries" = Derived, Setter::Inert(Kind::Int), "Only with io_uring."),
    option!(Three "iouring_workers" = Derived, Setter::Inert(Kind::Int), "Only with io_uring."),
    option!(Three "iouring_flag" = Derived, Setter::Inert(Kind::Int), "Only with io_uring."),
];

/// Zend needs some of a C stack for each internal function it calls.
const STACK_BYTES_MIN: usize = 256 << 10;
