//! Settings of all connections together: how many, which worker gets them, how much may wait, how long they may idle.

use std::time::Duration;

use super::{
    option::{Kind, Opt, clamp, option},
    value::OptionValue,
};

/// Connections, dispatch, what may be queued, heartbeat.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionSettings {
    /// The most connections at once; [`super::Settings::prepare`] turns 0 into what the machine allows.
    pub max_connection: u32,
    /// The first session gets the number after this one.
    pub start_session_id: i64,
    pub dispatch_mode: DispatchMode,
    /// Whether a `dispatch_func` was given.
    pub dispatch_func: bool,
    /// Whether a full queue suspends the sender; follows `enable_coroutine` unless chosen.
    pub send_yield: Option<bool>,
    /// How long `send_yield` may suspend; `None` is for ever.
    pub send_timeout: Option<Duration>,
    /// The longest single send in PROCESS mode.
    pub output_buffer_size: usize,
    /// Bytes of one connection that may wait for its worker in PROCESS mode; 0 is no limit.
    pub max_queued_bytes: usize,
    pub max_concurrency: u32,
    pub worker_max_concurrency: Option<u32>,
    pub heartbeat_check_interval: Option<Duration>,
    pub heartbeat_idle_time: Option<Duration>,
    /// Bytes that may wait in all outboxes of one process together.
    pub outbox_total_limit: usize,
    /// What happens to a message that does not fit into an outbox.
    pub outbox_overflow: Overflow,
    /// Callbacks of one connection that may wait at once, and the bytes in their hands.
    pub callbacks_per_connection: u32,
    pub callback_bytes_per_connection: usize,
    /// Bytes received but not yet seen by PHP, in one process; above it long messages take turns.
    pub mailbox_limit: usize,
}

/// What happens to a message that does not fit into the outbox of its connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// `push()` returns false with error 1009, after waiting when `send_yield` is on.
    #[default]
    Fail,
    /// The message is forgotten and counted; `push()` returns true. For feeds whose next message replaces the last.
    Drop,
    /// The connection is closed: a reader too slow to follow is better off reconnecting.
    Close,
}

impl Overflow {
    fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"fail" => Self::Fail,
            b"drop" => Self::Drop,
            b"close" => Self::Close,
            _ => return None,
        })
    }
}

/// Which worker gets a connection or a message: the `SWOOLE_DISPATCH_*` values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum DispatchMode {
    Round = 1,
    #[default]
    FdMod = 2,
    IdleWorker = 3,
    IpMod = 4,
    UidMod = 5,
    UserFunc = 6,
    Stream = 7,
    ConnectionLoad = 8,
    RequestLoad = 9,
    ConcurrentLoad = 10,
}

impl DispatchMode {
    /// The mode with this number; an unknown one means the default.
    pub const fn from_number(number: i64) -> Self {
        match number {
            1 => Self::Round,
            3 => Self::IdleWorker,
            4 => Self::IpMod,
            5 => Self::UidMod,
            6 => Self::UserFunc,
            7 => Self::Stream,
            8 => Self::ConnectionLoad,
            9 => Self::RequestLoad,
            10 => Self::ConcurrentLoad,
            _ => Self::FdMod,
        }
    }

    /// The value of its `SWOOLE_DISPATCH_*` constant.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Whether all events of one connection reach one worker, so that onConnect and onClose make sense.
    pub const fn keeps_connections_together(self) -> bool {
        matches!(self, Self::FdMod | Self::IpMod | Self::ConnectionLoad)
    }

    /// Whether a sender may be suspended: it must be in the worker that the connection stays with.
    pub const fn allows_send_yield(self) -> bool {
        matches!(self, Self::FdMod | Self::IpMod)
    }
}

pub(super) const SESSION: &[Opt<SessionSettings>] = &[
    option!(One "max_connection" | "max_conn" = Derived, Setter::Custom(Kind::Int, set_max_connection),
        "The most connections at once; 100000, or as many as files may be open."),
    option!(Two "start_session_id" = Int(0), Setter::Long(|s| &mut s.start_session_id),
        "The first connection gets the fd after this number."),
    option!(One "dispatch_mode" = Int(2), Setter::Custom(Kind::Int, |s, value, _| {
            s.dispatch_mode = DispatchMode::from_number(value.to_int());
        }), "Which worker gets a connection in PROCESS mode: a SWOOLE_DISPATCH_* value."),
    option!(Two "dispatch_func" = Derived, Setter::Custom(Kind::Callable, set_dispatch_func),
        "A function that chooses the worker."),
    option!(One "send_yield" = Derived, Setter::Choice(|s| &mut s.send_yield),
        "A full queue suspends the sender instead of failing; as enable_coroutine."),
    option!(Two "send_timeout" = Float(0.0), Setter::Secs(|s| &mut s.send_timeout),
        "The longest suspension by send_yield in seconds; 0 is for ever."),
    option!(One "output_buffer_size" | "buffer_output_size" = Int(u32::MAX as i64),
        Setter::Size(0, |s| &mut s.output_buffer_size), "The longest single send in PROCESS mode."),
    option!(Two "input_buffer_size" | "buffer_input_size" = Int(2 << 20),
        Setter::Inert(Kind::Size), "What a connection may send at once is limited by package_max_length."),
    option!(Two "max_queued_bytes" = Int(0), Setter::Size(0, |s| &mut s.max_queued_bytes),
        "A connection is not read while more than this waits for its worker in PROCESS mode; 0 is no limit."),
    option!(Two "max_concurrency" = Int(u32::MAX as i64), Setter::Int(1, u32::MAX, |s| &mut s.max_concurrency),
        "Requests beyond it are answered 503."),
    option!(Two "worker_max_concurrency" = Derived, Setter::Custom(Kind::Int, |s, value, _| {
            s.worker_max_concurrency = Some(clamp(value.to_int(), 1, u32::MAX));
        }), "Requests beyond it wait in the worker; as max_concurrency."),
    option!(One "heartbeat_check_interval" = Int(0), Setter::WholeSecs(|s| &mut s.heartbeat_check_interval),
        "Seconds between two looks for idle connections; half of heartbeat_idle_time."),
    option!(One "heartbeat_idle_time" = Int(0), Setter::WholeSecs(|s| &mut s.heartbeat_idle_time),
        "A connection silent for so many seconds is closed; twice heartbeat_check_interval."),
    option!(Ours "outbox_total_limit" = Int(OUTBOX_TOTAL_BYTES), Setter::Size(0, |s| &mut s.outbox_total_limit),
        "Bytes that may wait to be sent in one process, over all connections; 0 is no limit."),
    option!(Ours "outbox_overflow" = Str("fail"), Setter::Custom(Kind::Str, set_overflow),
        "What happens to a message beyond a limit: \"fail\", \"drop\" it, or \"close\" the connection."),
    option!(Ours "callbacks_per_connection" = Int(CALLBACKS),
        Setter::Int(1, u32::MAX, |s| &mut s.callbacks_per_connection),
        "A connection is not read while so many of its callbacks wait, until half of them have ended."),
    option!(Ours "callback_bytes_per_connection" = Int(CALLBACK_BYTES),
        Setter::Size(1 << 16, |s| &mut s.callback_bytes_per_connection),
        "As callbacks_per_connection, for the bytes of the messages that its callbacks work on."),
    option!(Ours "mailbox_limit" = Int(MAILBOX_BYTES), Setter::Size(1 << 16, |s| &mut s.mailbox_limit),
        "Bytes received but not yet handed to PHP in one process; above it long messages are read one after the other, above twice of it new ones are refused (1013, 503)."),
];

/// A thousand slow readers at 64 KiB each, and still far below what a small machine has.
const OUTBOX_TOTAL_BYTES: i64 = 64 << 20;

/// More than any client has questions open at once; their stacks cost some megabytes at most.
const CALLBACKS: i64 = 256;

/// Two of the longest messages; a thirtieth of PHP's usual memory_limit.
const CALLBACK_BYTES: i64 = 4 << 20;

/// Thirty of the longest messages; more only grows the delay.
const MAILBOX_BYTES: i64 = 64 << 20;

fn set_max_connection(s: &mut SessionSettings, value: &OptionValue, complaints: &mut super::Complaints) {
    let wanted = value.to_int();
    if wanted > i64::from(MAX_CONNECTIONS) {
        complaints.log(format!(
            "max_connection is exceed the SW_SESSION_LIST_SIZE, it's reset to {MAX_CONNECTIONS}"
        ));
    }
    s.max_connection = clamp(wanted, 0, MAX_CONNECTIONS);
}

fn set_dispatch_func(s: &mut SessionSettings, value: &OptionValue, complaints: &mut super::Complaints) {
    s.dispatch_func = *value == OptionValue::Callable;
    if !s.dispatch_func {
        let name = String::from_utf8_lossy(&value.to_text()).into_owned();
        complaints.warn(format!("function '{name}' is not callable"));
    }
}

fn set_overflow(s: &mut SessionSettings, value: &OptionValue, complaints: &mut super::Complaints) {
    match Overflow::from_name(&value.to_text()) {
        Some(overflow) => s.outbox_overflow = overflow,
        None => complaints.warn("outbox_overflow must be \"fail\", \"drop\" or \"close\""),
    }
}

/// The session table of a million slots is what Swoole's scripts are written against.
pub const MAX_CONNECTIONS: u32 = 1 << 20;
