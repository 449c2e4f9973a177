//! `Swoole\Server`: the class and its state. What its methods do stands beside this file, by subject.
//!
//! | file | what |
//! |---|---|
//! | `event` | the events of `on()` and their callbacks |
//! | `port` | `Swoole\Server\Port` |
//! | `options` | the arrays of `set()` |
//! | `user_processes` | `addProcess()` |
//! | `setup` | what a script does before `start()` |
//! | `start` | `start()`: from settings to a running server |
//! | `admission` | how many requests at once |
//! | `app` | what the running server calls: callbacks in coroutines |
//! | `sessions` | methods about connections |
//! | `messages` | what workers say to each other |
//! | `control` | methods about the server and its processes |
//! | `statistics` | `stats()` and `stats_file` |
//! | `command` | what one process asks another |
//! | `tasks` | methods about tasks and their results |
//! | `task` | `Swoole\Server\Task` |
//! | `datagrams` | packets without connections |
//! | `listen` | sockets of ports |
//! | `event_object` | what callbacks get with `event_object` |
//! | `payload` | PHP values between processes |

mod admission;
mod app;
mod command;
mod control;
mod datagrams;
pub mod event;
mod event_object;
pub mod kept;
mod listen;
mod loans;
mod messages;
pub mod options;
mod payload;
pub mod port;
pub mod sessions;
mod setup;
pub mod start;
pub mod statistics;
mod task;
mod tasks;
mod user_processes;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use command::Commands;
use event::{Callbacks, Event, SERVER_EVENTS};
use port::Port;
use user_processes::UserProcesses;

use crate::net::bind::Bound;
use crate::serve::Worker;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::settings::{DispatchMode, Mode, Settings};
use crate::zend::{Callback, Class, Gc, Native, Object, Slot, Value, error};

/// The class; `Http\Server` and `WebSocket\Server` are derived from it and share its state.
pub static SERVER: Class<Server> = Class::native("Swoole\\Server");

pub static SETTING: Slot = Slot::new();
pub static CONNECTIONS: Slot = Slot::new();
pub static HOST: Slot = Slot::new();
pub static PORT: Slot = Slot::new();
pub static TYPE: Slot = Slot::new();
pub static MODE: Slot = Slot::new();
pub static PORTS: Slot = Slot::new();
pub static MASTER_PID: Slot = Slot::new();
pub static MANAGER_PID: Slot = Slot::new();
pub static WORKER_ID: Slot = Slot::new();
pub static WORKER_PID: Slot = Slot::new();
/// Whether this process does tasks.
pub static TASK_WORKER: Slot = Slot::new();
/// The timer that writes `stats_file`.
pub static STATS_TIMER: Slot = Slot::new();
static CALLBACKS: [Slot; SERVER_EVENTS.len()] = [const { Slot::new() }; SERVER_EVENTS.len()];

/// What a server is made of.
#[derive(Debug)]
pub struct Server {
    pub settings: Rc<RefCell<Settings>>,
    callbacks: Callbacks,
    /// By their numbers; there is none before the constructor has run.
    ports: RefCell<Vec<Object>>,
    /// Their sockets, until the server runs.
    bound: RefCell<Vec<Bound>>,
    phase: Cell<Phase>,
    /// The worker that this process is, while the server runs.
    worker: RefCell<Option<Worker>>,
    /// Shared with the ports, which refuse new callbacks from then on.
    running: Rc<Cell<bool>>,
    user_processes: UserProcesses,
    commands: Commands,
    /// The process that called `start()`.
    /// The process that runs the server, and the one that watches the workers; 0: none does.
    master: Cell<u32>,
    manager: Cell<u32>,
}

/// Where a server stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Settings and callbacks may change.
    Prepared,
    Running,
    /// It ran, and will not run again.
    Over,
}

impl Native for Server {
    fn class() -> &'static Class<Self> {
        &SERVER
    }

    fn create() -> Self {
        Self {
            settings: Rc::new(RefCell::new(Settings::new(Mode::Base, options::machine()))),
            callbacks: Callbacks::default(),
            ports: RefCell::default(),
            bound: RefCell::default(),
            phase: Cell::new(Phase::Prepared),
            worker: RefCell::default(),
            running: Rc::default(),
            user_processes: UserProcesses::default(),
            commands: Commands::default(),
            master: Cell::new(0),
            manager: Cell::new(0),
        }
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callbacks);
        gc.add(&self.user_processes);
        gc.add(&self.commands);
        gc.add(&self.ports);
    }
}

impl Server {
    /// The callback of an event of the server or of its first port.
    #[inline]
    pub fn callback(&self, event: Event) -> Option<Callback> {
        if event.is_of_port() { self.port_callback(0, event) } else { self.callbacks.of(event) }
    }

    /// The callback of a port: its own, else the first port's.
    pub fn port_callback(&self, number: usize, event: Event) -> Option<Callback> {
        let ports = self.ports.borrow();
        let of = |number: usize| ports.get(number)?.state::<Port>()?.callbacks.of(event);
        of(number).or_else(|| of(0))
    }

    /// The function that finds the lengths of a port's packages: its own, else the first port's.
    pub fn measure(&self, number: usize) -> Option<Callback> {
        let ports = self.ports.borrow();
        let of = |number: usize| ports.get(number)?.state::<Port>()?.measure.borrow().clone();
        of(number).or_else(|| of(0))
    }

    /// The numbers of the ports as clients know them.
    pub fn port_numbers(&self) -> impl Iterator<Item = u16> {
        let numbers: Vec<_> = self.ports.borrow().iter().map(|port| port.get(&port::NUMBER)).collect();
        numbers.into_iter().map(|number| u16::try_from(number.to_long()).unwrap_or(0))
    }

    /// The dispatch mode that keeps callbacks from being called in order, if there is one.
    pub fn unordered(&self) -> Option<u8> {
        let settings = self.settings.borrow();
        let mode = match settings.session.dispatch_func {
            true => DispatchMode::UserFunc,
            false => settings.session.dispatch_mode,
        };
        let free = settings.mode == Mode::Process && !settings.process.enable_unsafe_event;
        (free && !mode.keeps_connections_together()).then(|| mode.number())
    }

    fn has(&self, event: Event) -> bool {
        self.callback(event).is_some()
    }

    /// Asks the worker that this process is; None without one. `ask` must not call PHP.
    #[inline]
    pub fn with_worker<R>(&self, ask: impl FnOnce(&Worker) -> R) -> Option<R> {
        self.worker.borrow().as_ref().map(ask)
    }

    /// The worker that this process is, or the warning that every method gives without one.
    #[inline]
    pub fn running(&self) -> Option<Worker> {
        let worker = self.with_worker(Clone::clone);
        if worker.is_none() {
            self.not_running();
        }
        worker
    }

    /// Warns that the server is not running; always false.
    #[cold]
    pub fn not_running(&self) -> bool {
        error::warning("server is not running");
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        false
    }

    #[inline]
    pub fn is_running(&self) -> bool {
        self.phase.get() == Phase::Running
    }
}

/// Defines the class.
pub fn register() {
    port::register();
    task::register();
    event_object::register();
    let mut class = SERVER
        .define()
        .slot(&SETTING, "public $setting = null")
        .slot(&CONNECTIONS, "public $connections = null")
        .slot(&HOST, "public $host = \"\"")
        .slot(&PORT, "public $port = 0")
        .slot(&TYPE, "public $type = 0")
        .property("public $ssl = false")
        .slot(&MODE, "public $mode = 0")
        .slot(&PORTS, "public $ports = null")
        .slot(&MASTER_PID, "public $master_pid = 0")
        .slot(&MANAGER_PID, "public $manager_pid = 0")
        .slot(&WORKER_ID, "public $worker_id = -1")
        .slot(&TASK_WORKER, "public $taskworker = false")
        .slot(&WORKER_PID, "public $worker_pid = 0")
        .slot(&STATS_TIMER, "public $stats_timer = null")
        .property("public $admin_server = null");
    for (slot, (_, _, declaration)) in CALLBACKS.iter().zip(SERVER_EVENTS) {
        class = class.slot(slot, declaration);
    }
    let class = setup::methods(class.deny_unset());
    let class = messages::methods(sessions::methods(class));
    let class = user_processes::methods(command::methods(tasks::methods(datagrams::methods(class))));
    statistics::methods(control::methods(class)).register();
}

/// Shows a callback in the private property of its event, as `var_dump` expects.
fn show_callback(object: &Object, event: Event, callable: &Value) {
    object.set(&CALLBACKS[event as usize], callable.clone());
}

/// The worker that this process is, while its server runs.
#[inline]
pub fn worker() -> Option<Worker> {
    WORKER.with_borrow(Clone::clone)
}

/// Says which worker this process is.
fn set_worker(server: &Server, worker: Option<Worker>) {
    drop(server.worker.replace(worker.clone()));
    drop(WORKER.replace(worker));
}

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
}
