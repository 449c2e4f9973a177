//! What a server needs to know to run: the part of the settings that reaches sockets and processes.

use std::sync::Arc;
use std::time::Duration;

use super::files::StaticFiles;
use super::waiting::WaitingLimits;
use crate::net::bind::ListenOptions;
use crate::net::outbox::OutboxLimits;
use crate::process::daemon::Identity;
use crate::process::manager::Crew;
use crate::protocol::connection::Options as WebSocketOptions;
use crate::protocol::framing::Framing;
use crate::protocol::handshake::HandshakeOptions;
use crate::protocol::http::HeadLimits;
use crate::server::settings::{
    DispatchMode, Machine, Mode, Population, PortSettings, ProcessSettings, Settings, SocketKind,
};

/// What happens to a message that a slow reader has no room for.
pub use crate::server::settings::Overflow as OverflowPolicy;

/// How a server behaves. `Default` is what an untouched server does.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    pub worker_num: u16,
    /// Task workers, numbered behind the workers.
    pub task_worker_num: u16,
    /// Processes that run a function of the application's, numbered behind the task workers.
    pub user_process_num: u16,
    /// Threads of the master that own the sockets; 0: each worker has its own.
    pub reactor_num: u16,
    /// Which worker gets what of the reactors.
    pub dispatch: DispatchMode,
    /// The application chooses, in the one reactor that there is then.
    pub dispatch_by_app: bool,
    pub max_connection: usize,
    pub start_session_id: u64,
    /// How long a stopping worker may take; `None` is for ever.
    pub max_wait: Option<Duration>,
    /// Messages after which a worker is replaced, and the largest random addition; 0 is never.
    pub max_request: u32,
    pub max_request_grace: u32,
    /// The same for task workers and their tasks.
    pub task_max_request: u32,
    pub task_max_request_grace: u32,
    /// Task workers take their tasks from one queue, whoever is idle first.
    pub shares_tasks: bool,
    /// The CPUs that workers are pinned to, one after the other; none: not pinned.
    pub cpus: Vec<u32>,
    /// A new connection is not read before [`super::Worker::pause`] says so.
    pub delay_receive: bool,
    /// Take signals over: [`super::processes`] says which. Off for a server inside another program.
    pub handle_signals: bool,
    /// Whom the processes become before they serve, when root has started them.
    pub identity: Identity,
    /// By their numbers, as the sockets that are served; there is a first one always.
    pub ports: Vec<PortOptions>,
    /// Bytes that may wait in the outboxes of one worker.
    pub outbox_bytes_max: usize,
    pub overflow: OverflowPolicy,
    /// Bytes of one connection that may wait for its worker; none: as many as there are. Where threads own the sockets.
    pub unread_bytes_max: Option<usize>,
    /// Data of connections that have gone is dropped where threads own the sockets.
    pub discards_late: bool,
    /// The longest single send to a socket in another process.
    pub send_bytes_max: usize,
    /// A worker that ends waits for its connections and coroutines, up to `max_wait`.
    pub waits_for_work: bool,
    /// Callbacks of one connection that may wait at once.
    pub waiting: WaitingLimits,
    /// Bytes that one process may hold of what it has received and PHP has not seen.
    pub mailbox_bytes_max: usize,
}

/// How long a connection may stand still. `None`: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeLimits {
    /// From the first byte we wait for to the end of the head; a client that says nothing at all counts too. Also the
    /// longest standstill inside a body, and the longest that a client which has closed its side waits for its response.
    pub handshake: Option<Duration>,
    /// How long the peer may take to answer a Close.
    pub close: Option<Duration>,
    /// `heartbeat_idle_time`: without a byte from the peer.
    pub heartbeat: Option<Duration>,
    /// `heartbeat_check_interval`: how often somebody looks for that. `None`: at once.
    pub heartbeat_check: Option<Duration>,
    /// `max_idle_time`: without a byte in either direction.
    pub idle: Option<Duration>,
    /// Without a message in either direction; pings do not count.
    pub quiet: Option<Duration>,
    /// Silence after which the peer is pinged.
    pub ping: Option<Duration>,
    /// How long a ping may stay unanswered.
    pub pong: Option<Duration>,
}

/// What is spoken on a port, and its limits.
#[derive(Clone, Debug)]
pub struct PortOptions {
    pub kind: SocketKind,
    pub listen: ListenOptions,
    /// `tcp_defer_accept`: how long the kernel keeps a connection that sends nothing to itself; 0: not at all.
    pub defer_accept_secs: i32,
    /// `tcp_fastopen`: bytes may come with the first packet of a known client.
    pub fastopen: bool,
    pub outbox: OutboxLimits,
    pub times: TimeLimits,
    pub protocol: Protocol,
    pub head: HeadLimits,
    pub packets: Packets,
    /// `package_max_length`, for request bodies and for packets.
    pub body_bytes_max: usize,
    /// `upload_max_filesize`: forms larger than a body may have so many bytes, and go to files as they arrive; 0 is off.
    pub upload_bytes_max: usize,
    pub upload_dir: Vec<u8>,
    /// `enable_static_handler`.
    pub files: Option<Arc<StaticFiles>>,
    pub handshake: HandshakeOptions,
    pub websocket: Arc<WebSocketOptions>,
    pub deliver_ping: bool,
    pub deliver_pong: bool,
    pub deliver_close: bool,
    /// Compress messages that are not asked to be sent plain.
    pub compress: bool,
}

/// What a raw port makes of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packets {
    /// They are handed out as they come.
    None,
    Framed(Framing),
    /// The application knows how long a packet is: [`super::App::package_length`].
    Measured,
}

/// The protocols of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Raw,
    Http,
    /// HTTP with upgrades to WebSocket.
    WebSocket,
}

impl ServeOptions {
    /// What prepared settings ask for. A `protocol` above what the settings open stays closed.
    pub fn new(settings: &Settings) -> Self {
        let (session, process, task) = (&settings.session, &settings.process, &settings.task);
        Self {
            worker_num: u16::try_from(process.worker_num.max(1)).unwrap_or(u16::MAX),
            task_worker_num: u16::try_from(task.worker_num).unwrap_or(u16::MAX),
            user_process_num: 0,
            reactor_num: match settings.mode {
                Mode::Base => 0,
                Mode::Process => u16::try_from(process.reactor_num.max(1)).unwrap_or(u16::MAX),
            },
            dispatch: session.dispatch_mode,
            dispatch_by_app: session.dispatch_func,
            max_connection: session.max_connection as usize,
            start_session_id: u64::try_from(session.start_session_id).unwrap_or(0),
            max_wait: process.max_wait_time,
            max_request: process.max_request,
            max_request_grace: process.grace(),
            task_max_request: task.max_request,
            task_max_request_grace: task.grace(),
            shares_tasks: task.is_shared(),
            cpus: cpus(process),
            delay_receive: process.enable_delay_receive,
            handle_signals: true,
            identity: Identity {
                user: String::from_utf8_lossy(&process.user).into_owned(),
                group: String::from_utf8_lossy(&process.group).into_owned(),
                chroot: String::from_utf8_lossy(&process.chroot).into_owned(),
            },
            ports: settings.ports().map(|port| PortOptions::new(settings, port)).collect(),
            outbox_bytes_max: match session.outbox_total_limit {
                0 => usize::MAX,
                limit => limit,
            },
            overflow: session.outbox_overflow,
            unread_bytes_max: Some(session.max_queued_bytes).filter(|limit| *limit > 0),
            // Elsewhere what a connection said comes before its end.
            discards_late: process.discard_timeout_request
                && !session.dispatch_mode.keeps_connections_together(),
            send_bytes_max: session.output_buffer_size,
            waits_for_work: process.reload_async,
            waiting: WaitingLimits {
                callbacks: session.callbacks_per_connection as usize,
                bytes: session.callback_bytes_per_connection,
            },
            mailbox_bytes_max: session.mailbox_limit,
        }
    }
}

impl ServeOptions {
    /// All processes that obey commands.
    pub fn workers(&self) -> u16 {
        self.first_user_process().saturating_add(self.user_process_num)
    }

    /// How many pipes there are: one to each party up to the manager, and behind them that of the shared tasks.
    pub(super) fn pipes(&self) -> u16 {
        (self.manager() + 1).saturating_add(u16::from(self.shares_tasks))
    }

    /// The pipe of the shared tasks.
    pub(super) fn shared_tasks(&self) -> Option<u16> {
        self.shares_tasks.then(|| self.manager() + 1)
    }

    /// Whether this is the number of a reactor: they come behind all who obey commands.
    pub fn is_reactor(&self, number: u16) -> bool {
        number >= self.workers()
    }

    /// What scripts call the reactor of this number.
    pub fn reactor_number(&self, owner: u16) -> u16 {
        owner.checked_sub(self.workers()).unwrap_or(owner)
    }

    /// Whose socket a process uses of those that [`ServeOptions::acceptors`] share a port with.
    pub fn acceptor(&self, process: u16) -> u16 {
        match self.is_split() {
            true => self.reactor_number(process) % self.reactor_num,
            false => process,
        }
    }

    /// How many listen on each port.
    pub fn acceptors(&self) -> usize {
        usize::from(if self.is_split() { self.reactor_num } else { self.worker_num.max(1) })
    }

    /// Whether a manager forks and watches them.
    pub fn is_managed(&self) -> bool {
        self.workers() > 1 || self.is_split()
    }

    /// Whether sockets and the application are in different processes: `SWOOLE_PROCESS`.
    pub fn is_split(&self) -> bool {
        self.reactor_num > 0
    }

    /// Whether the worker of this number does tasks, and has no connections.
    pub fn is_task_worker(&self, id: u16) -> bool {
        (self.worker_num.max(1)..self.first_user_process()).contains(&id)
    }

    /// Whether the process of this number runs a function of the application's.
    pub fn is_user_process(&self, id: u16) -> bool {
        (self.first_user_process()..self.workers()).contains(&id)
    }

    pub(super) fn first_user_process(&self) -> u16 {
        self.worker_num.max(1).saturating_add(self.task_worker_num)
    }

    pub(super) fn crew(&self) -> Crew {
        Crew {
            workers: self.worker_num.max(1),
            task_workers: self.task_worker_num,
            user_processes: self.user_process_num,
        }
    }
}

impl Default for ServeOptions {
    fn default() -> Self {
        let mut settings = Settings::new(Mode::Base, MACHINE);
        settings.port.websocket.open = true;
        // Defaults deserve no complaint.
        let _ = settings.prepare(MACHINE, Population::default());
        Self::new(&settings)
    }
}

impl PortOptions {
    /// What the settings of a port ask for, and of the server it belongs to.
    pub fn new(settings: &Settings, port: &PortSettings) -> Self {
        let (socket, websocket, session) = (&port.socket, &port.websocket, &settings.session);
        let protocol = match (websocket.open, socket.open_http) {
            (true, _) => Protocol::WebSocket,
            (false, true) => Protocol::Http,
            (false, false) => Protocol::Raw,
        };
        Self {
            kind: port.kind,
            listen: ListenOptions::new(settings.process.enable_reuse_port, socket),
            defer_accept_secs: i32::try_from(socket.tcp_defer_accept).unwrap_or(i32::MAX),
            fastopen: socket.tcp_fastopen,
            outbox: OutboxLimits {
                connection_bytes_max: socket.socket_buffer_size,
                high_watermark: socket.high_watermark(),
                low_watermark: socket.buffer_low_watermark,
            },
            times: TimeLimits {
                handshake: websocket.handshake_timeout,
                close: websocket.close_timeout,
                heartbeat: session.heartbeat_idle_time,
                heartbeat_check: session.heartbeat_check_interval,
                idle: socket.max_idle_time,
                quiet: websocket.idle_timeout,
                ping: websocket.ping_interval,
                pong: websocket.pong_deadline(),
            },
            protocol,
            packets: match port.framing() {
                _ if port.measures() => Packets::Measured,
                Some(framing) => Packets::Framed(framing),
                None => Packets::None,
            },
            head: settings.http.head_limits(),
            body_bytes_max: socket.package_max_length,
            upload_bytes_max: settings.http.upload_max_filesize,
            upload_dir: settings.http.upload_tmp_dir.clone(),
            files: StaticFiles::new(&settings.http),
            handshake: port.handshake_options(),
            websocket: Arc::new(port.connection_options()),
            deliver_ping: websocket.ping_frame,
            deliver_pong: websocket.pong_frame,
            deliver_close: websocket.close_frame,
            compress: websocket.compression.enabled,
        }
    }
}

/// What `open_cpu_affinity` and `cpu_affinity_ignore` leave of this machine.
fn cpus(process: &ProcessSettings) -> Vec<u32> {
    if !process.open_cpu_affinity {
        return Vec::new();
    }
    let count = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    (0..count).filter(|cpu| !process.cpu_affinity_ignore.contains(cpu)).collect()
}

/// For defaults: one CPU and the usual limit of open files.
const MACHINE: Machine = Machine { cpus: 1, open_files: 1024 };
