//! Settings of the processes: how many, under which name, for how long; and of task workers.

use std::time::Duration;

use super::option::{Kind, Opt, option};

/// Workers, the master and the manager.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProcessSettings {
    /// Processes that run the callbacks; [`super::Settings::prepare`] turns 0 into the number of CPUs.
    pub worker_num: u32,
    /// Threads of the master that own the sockets in PROCESS mode.
    pub reactor_num: u32,
    pub single_thread: bool,
    pub daemonize: bool,
    /// Empty: no file.
    pub pid_file: Vec<u8>,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
    pub chroot: Vec<u8>,
    /// Messages after which a worker is replaced; 0 is never.
    pub max_request: u32,
    /// The largest random addition to `max_request`, so that workers do not leave at once.
    pub max_request_grace: Option<u32>,
    /// How long a stopping worker may live; `None` is for ever.
    pub max_wait_time: Option<Duration>,
    pub reload_async: bool,
    pub open_cpu_affinity: bool,
    pub cpu_affinity_ignore: Vec<u32>,
    pub enable_coroutine: bool,
    pub enable_reuse_port: bool,
    pub enable_delay_receive: bool,
    pub enable_unsafe_event: bool,
    pub discard_timeout_request: bool,
    pub event_object: bool,
    pub stats_file: Vec<u8>,
    pub stats_timer_interval: u32,
}

/// Task workers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskSettings {
    pub worker_num: u32,
    pub ipc_mode: u32,
    pub max_request: u32,
    pub max_request_grace: Option<u32>,
    pub enable_coroutine: bool,
    pub object: bool,
}

impl ProcessSettings {
    /// The largest random addition to `max_request`: half of it unless somebody chose, nothing for small numbers.
    pub fn grace(&self) -> u32 {
        grace(self.max_request, self.max_request_grace)
    }
}

impl TaskSettings {
    /// `task_ipc_mode` 3: whoever is idle takes the next task.
    pub fn is_shared(&self) -> bool {
        self.worker_num > 0 && self.ipc_mode == PREEMPTIVE
    }

    /// As [`ProcessSettings::grace`].
    pub fn grace(&self) -> u32 {
        grace(self.max_request, self.max_request_grace)
    }
}

fn grace(max_request: u32, chosen: Option<u32>) -> u32 {
    // Below this a grace of half would be as long as the life it varies.
    const GRACE_FROM: u32 = 11;
    chosen.unwrap_or(if max_request >= GRACE_FROM { max_request / 2 } else { 0 })
}

/// The mode in which a task belongs to no task worker before it begins.
const PREEMPTIVE: u32 = 3;

pub(super) const PROCESS: &[Opt<ProcessSettings>] = &[
    option!(One "worker_num" = Derived, Setter::Int(0, u32::MAX, |s| &mut s.worker_num),
        "Worker processes: 1 in BASE mode, one per CPU in PROCESS mode and for 0."),
    option!(Two "reactor_num" = Int(0), Setter::Int(0, u32::MAX, |s| &mut s.reactor_num),
        "Threads that own the sockets in PROCESS mode; 0 means one per CPU, at most 8."),
    option!(Two "single_thread" = Bool(false), Setter::Bool(|s| &mut s.single_thread),
        "One thread owns the sockets in PROCESS mode, as with reactor_num 1."),
    option!(Two "daemonize" = Bool(false), Setter::Bool(|s| &mut s.daemonize),
        "Leaves the terminal; output goes to log_file or nowhere."),
    option!(Two "pid_file" = Str(""), Setter::Str(|s| &mut s.pid_file),
        "File that holds the master's pid while the server runs."),
    option!(Two "user" = Str(""), Setter::Str(|s| &mut s.user), "User of the workers, when started as root."),
    option!(Two "group" = Str(""), Setter::Str(|s| &mut s.group), "Group of the workers, when started as root."),
    option!(Two "chroot" = Str(""), Setter::Str(|s| &mut s.chroot), "Root directory of the workers, when started as root."),
    option!(Two "max_request" = Int(0), Setter::Int(0, u32::MAX, |s| &mut s.max_request),
        "A worker is replaced after this many messages; 0 is never."),
    option!(Two "max_request_grace" = Derived, Setter::Custom(Kind::Int, |s, value, _| {
            s.max_request_grace = Some(super::option::clamp(value.to_int(), 0, u32::MAX));
        }), "Largest random addition to max_request; half of it above 10."),
    option!(Two "max_wait_time" = Int(3), Setter::WholeSecs(|s| &mut s.max_wait_time),
        "Seconds a stopping worker may live; 0 is for ever."),
    option!(Two "reload_async" = Bool(true), Setter::Bool(|s| &mut s.reload_async),
        "A worker that ends waits for its connections, timers and coroutines, up to max_wait_time; always so with enable_coroutine."),
    option!(Three "open_cpu_affinity" = Bool(false), Setter::Bool(|s| &mut s.open_cpu_affinity),
        "Pins each worker to a CPU."),
    option!(Three "cpu_affinity_ignore" = Derived, Setter::Custom(Kind::Array, |s, value, _| {
            s.cpu_affinity_ignore = super::option::list(value)
                .into_iter()
                .map(|item| super::option::clamp(super::OptionValue::Str(item).to_int(), 0, u32::MAX))
                .collect();
        }), "CPUs that open_cpu_affinity leaves alone."),
    option!(One "enable_coroutine" = Bool(true), Setter::Bool(|s| &mut s.enable_coroutine),
        "Each callback runs in a coroutine of its own."),
    option!(Two "enable_reuse_port" = Bool(false), Setter::Bool(|s| &mut s.enable_reuse_port),
        "Each worker of BASE mode listens on a socket of its own."),
    option!(Two "enable_delay_receive" = Bool(false), Setter::Bool(|s| &mut s.enable_delay_receive),
        "A new connection is not read before resume() or confirm()."),
    option!(Two "enable_unsafe_event" = Bool(false), Setter::Bool(|s| &mut s.enable_unsafe_event),
        "onConnect and onClose run even where the dispatch mode cannot order them."),
    option!(Two "discard_timeout_request" = Bool(false), Setter::Bool(|s| &mut s.discard_timeout_request),
        "Data of connections that are gone is dropped in PROCESS mode where the dispatch mode cannot order events."),
    option!(Two "event_object" = Bool(false), Setter::Bool(|s| &mut s.event_object),
        "Callbacks get one object instead of several arguments; implies task_object."),
    option!(Three "message_queue_key" = Int(0), Setter::Inert(Kind::Int),
        "Tasks go through unix sockets in every task_ipc_mode."),
    option!(Three "bootstrap" = Derived, Setter::Inert(Kind::Str), "Only for threads."),
    option!(Three "init_arguments" = Derived, Setter::Inert(Kind::Callable), "Only for threads."),
    option!(Two "stats_file" = Str(""), Setter::Str(|s| &mut s.stats_file),
        "File that gets the numbers of stats() as lines, or as its ending says: .json, .prom for OpenMetrics."),
    option!(Two "stats_timer_interval" = Int(0), Setter::Int(0, u32::MAX, |s| &mut s.stats_timer_interval),
        "Milliseconds between two writes of stats_file; 0 is a second."),
    option!(Three "admin_server" = Derived, Setter::Inert(Kind::Str), "There is no administration server; stats(SWOOLE_STATS_OPENMETRICS) tells what it would."),
];

pub(super) const TASK: &[Opt<TaskSettings>] = &[
    option!(Two "task_worker_num" = Int(0), Setter::Int(0, u32::MAX, |s| &mut s.worker_num),
        "Task worker processes; they need onTask."),
    option!(Two "task_ipc_mode" = Int(1), Setter::Int(1, 4, |s| &mut s.ipc_mode),
        "3: whichever task worker is idle takes the next task, whatever index was given. Otherwise a task waits for its worker. All go through unix sockets."),
    option!(Two "task_max_request" = Int(0), Setter::Int(0, u32::MAX, |s| &mut s.max_request),
        "A task worker is replaced after this many tasks; 0 is never."),
    option!(Two "task_max_request_grace" = Derived, Setter::Custom(Kind::Int, |s, value, _| {
            s.max_request_grace = Some(super::option::clamp(value.to_int(), 0, u32::MAX));
        }), "Largest random addition to task_max_request."),
    option!(Two "task_tmpdir" = Str("/tmp"), Setter::Inert(Kind::Str), "Tasks of any size go through the sockets, none is kept in a file."),
    option!(Two "task_enable_coroutine" = Bool(false), Setter::Bool(|s| &mut s.enable_coroutine),
        "onTask runs in a coroutine and gets an object."),
    option!(Two "task_object" | "task_use_object" = Bool(false), Setter::Bool(|s| &mut s.object),
        "onTask gets an object."),
];
