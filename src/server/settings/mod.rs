//! The one list of `$server->set()` options, and the settings they fill.
//!
//! Plain data: nothing here opens a socket or forks. `php/server.rs` converts the array, calls [`Settings::set`] as often
//! as the script does and [`Settings::prepare`] once at start, and reports the complaints; the layers below read the fields.

pub mod global;
pub mod http;
pub mod option;
mod port;
mod prepare;
mod process;
mod session;
mod socket_kind;
mod tls;
mod value;
mod websocket;
mod wire;

pub use global::GlobalSettings;
pub use http::{Http2Settings, HttpSettings};
pub use option::{Complaint, Complaints, Kind, Severity, Spec, Tier};
pub use port::{FramingSettings, PACKAGE_BYTES_MIN, PortSettings, SocketSettings};
pub use prepare::{Machine, Population};
pub use process::{ProcessSettings, TaskSettings};
pub use session::{DispatchMode, MAX_CONNECTIONS, Overflow, SessionSettings};
pub use socket_kind::SocketKind;
pub use tls::{SniCert, TlsSettings};
pub use value::{ArrayKey, OptionValue};
pub use websocket::{Compression, WebSocketSettings};

use option::{Opt, apply, apply_defaults};

/// How the processes share the work: the third argument of the constructor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Each worker owns its sockets.
    #[default]
    Base,
    /// The master owns the sockets, the workers own PHP.
    Process,
}

/// Everything `$server->set()` can change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub mode: Mode,
    pub global: GlobalSettings,
    pub process: ProcessSettings,
    pub session: SessionSettings,
    pub task: TaskSettings,
    pub http: HttpSettings,
    /// The first port.
    pub port: PortSettings,
    /// Those that `listen()` added, by their numbers from 1.
    pub further: Vec<PortSettings>,
}

impl Settings {
    /// The settings of a server on which nobody has called `set()`.
    pub fn new(mode: Mode, machine: Machine) -> Self {
        let mut settings =
            Self { mode, global: GlobalSettings::new(), port: PortSettings::new(), ..Self::default() };
        apply_defaults(process::PROCESS, &mut settings.process);
        apply_defaults(session::SESSION, &mut settings.session);
        apply_defaults(process::TASK, &mut settings.task);
        apply_defaults(http::HTTP, &mut settings.http);
        settings.process.worker_num = match mode {
            Mode::Base => 1,
            Mode::Process => machine.cpus,
        };
        settings
    }

    /// One call of `$server->set()`: what is named changes, everything else stays. Report the complaints in order; after
    /// a fatal one nothing was applied any more, after a refusal `set()` returns false.
    pub fn set(&mut self, options: &[(String, OptionValue)]) -> Complaints {
        let mut complaints = Complaints::default();
        apply(global::GLOBAL, &mut self.global, options, &mut complaints);
        apply(process::PROCESS, &mut self.process, options, &mut complaints);
        apply(session::SESSION, &mut self.session, options, &mut complaints);
        apply(process::TASK, &mut self.task, options, &mut complaints);
        apply(http::HTTP, &mut self.http, options, &mut complaints);
        self.check_session(&mut complaints);
        self.port.apply(options, &mut complaints);
        complain_of_unknown(options, &mut complaints);
        complaints
    }

    /// The settings of all ports, by their numbers.
    pub fn ports(&self) -> impl Iterator<Item = &PortSettings> {
        std::iter::once(&self.port).chain(&self.further)
    }

    /// The settings of the port with this number; those of the first where there is no such port.
    pub fn port_mut(&mut self, number: usize) -> &mut PortSettings {
        match number.checked_sub(1) {
            Some(index) if index < self.further.len() => &mut self.further[index],
            _ => &mut self.port,
        }
    }

    /// Whether a full queue suspends the sender.
    pub fn send_yield(&self) -> bool {
        let wanted = self.session.send_yield.unwrap_or(self.process.enable_coroutine);
        wanted && self.session.dispatch_mode.allows_send_yield()
    }

    fn check_session(&mut self, complaints: &mut Complaints) {
        if self.session.dispatch_func {
            self.process.single_thread = true;
        }
        if self.session.send_yield == Some(true) && !self.session.dispatch_mode.allows_send_yield() {
            self.session.send_yield = Some(false);
            complaints.warn("'send_yield' option can only be set when using dispatch_mode=2/4");
        }
        if self.task.enable_coroutine && matches!(self.task.ipc_mode, 2 | 3) {
            complaints.fatal("cannot use msgqueue when `task_enable_coroutine` is enable");
        }
    }
}

impl GlobalSettings {
    /// The settings of a process in which nobody has set any.
    pub fn new() -> Self {
        let mut global = Self::default();
        apply_defaults(global::GLOBAL, &mut global);
        global
    }

    /// `Coroutine::set()` and `swoole_async_set()`: what belongs to the process. Other names are ignored.
    pub fn set(&mut self, options: &[(String, OptionValue)]) -> Complaints {
        let mut complaints = Complaints::default();
        apply(global::GLOBAL, self, options, &mut complaints);
        complaints
    }
}

impl PortSettings {
    /// The settings of a port on which nobody has called `set()`.
    pub fn new() -> Self {
        let mut port = Self::default();
        apply_defaults(port::SOCKET, &mut port.socket);
        apply_defaults(port::FRAMING, &mut port.framing);
        apply_defaults(websocket::WEBSOCKET, &mut port.websocket);
        apply_defaults(http::HTTP2, &mut port.http2);
        apply_defaults(tls::TLS, &mut port.tls);
        port
    }

    /// One call of `$port->set()`.
    pub fn set(&mut self, options: &[(String, OptionValue)]) -> Complaints {
        let mut complaints = Complaints::default();
        self.apply(options, &mut complaints);
        complain_of_unknown(options, &mut complaints);
        complaints
    }

    fn apply(&mut self, options: &[(String, OptionValue)], complaints: &mut Complaints) {
        apply(port::SOCKET, &mut self.socket, options, complaints);
        apply(port::FRAMING, &mut self.framing, options, complaints);
        apply(websocket::WEBSOCKET, &mut self.websocket, options, complaints);
        apply(http::HTTP2, &mut self.http2, options, complaints);
        if self.tls.enabled {
            apply(tls::TLS, &mut self.tls, options, complaints);
        }
    }
}

/// Every option there is, in the order in which they are applied.
pub fn specs() -> impl Iterator<Item = Spec> {
    groups().into_iter().flat_map(|(_, specs)| specs)
}

/// Every option there is, by subject.
pub fn groups() -> [(&'static str, Vec<Spec>); 10] {
    fn of<T>(list: &'static [Opt<T>]) -> Vec<Spec> {
        list.iter().map(Opt::spec).collect()
    }
    [
        ("Log, sockets of clients, coroutines", of(global::GLOBAL)),
        ("Processes", of(process::PROCESS)),
        ("Connections", of(session::SESSION)),
        ("Tasks", of(process::TASK)),
        ("HTTP", of(http::HTTP)),
        ("The socket of a port", of(port::SOCKET)),
        ("Packages of a TCP port", of(port::FRAMING)),
        ("WebSocket", of(websocket::WEBSOCKET)),
        ("HTTP/2", of(http::HTTP2)),
        ("TLS", of(tls::TLS)),
    ]
}

/// The option with this name or alias.
pub fn spec(name: &str) -> Option<Spec> {
    specs().find(|spec| spec.names().any(|known| known == name))
}

/// Whether an option belongs to the process: `Coroutine::set()` knows it too.
pub fn is_global(name: &str) -> bool {
    global::GLOBAL.iter().any(|option| option.spec().names().any(|known| known == name))
}

fn complain_of_unknown(options: &[(String, OptionValue)], complaints: &mut Complaints) {
    if complaints.has_fatal() {
        return;
    }
    for (name, _) in options {
        if spec(name).is_none() {
            complaints.warn(format!("unsupported option [{name}]"));
        }
    }
}

#[cfg(test)]
mod tests;
