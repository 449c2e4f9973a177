//! What a server needs to know to run: the part of the settings that reaches sockets and processes.

use std::sync::Arc;
use std::time::Duration;

use crate::net::outbox::OutboxLimits;
use crate::protocol::connection::{Limits, Options as WebSocketOptions};
use crate::protocol::handshake::HandshakeOptions;
use crate::protocol::http::HeadLimits;

/// How a server behaves. `Default` is what an untouched server does.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    pub worker_num: u16,
    pub max_connection: usize,
    pub start_session_id: u64,
    pub backlog: i32,
    pub reuse_port: bool,
    pub tcp_nodelay: bool,
    /// How long a stopping worker may take.
    pub max_wait: Duration,
    /// Take SIGTERM, SIGINT and SIGUSR1 over. Off for a server inside another program.
    pub handle_signals: bool,

    pub port: PortOptions,

    pub outbox: OutboxLimits,
    pub overflow: OverflowPolicy,

    /// From the first byte we wait for to the end of the head; a client that says nothing at all counts too.
    pub handshake_timeout: Duration,
    /// How long the peer may take to answer a Close.
    pub close_timeout: Duration,
    /// Connections silent for longer are closed. `None`: never.
    pub idle_timeout: Option<Duration>,
    /// Silent WebSocket connections are pinged in this interval. `None`: never.
    pub ping_interval: Option<Duration>,
}

/// What is spoken on a port.
#[derive(Clone, Debug)]
pub struct PortOptions {
    pub protocol: Protocol,
    pub head: HeadLimits,
    /// `package_max_length` for request bodies.
    pub body_bytes_max: usize,
    pub handshake: HandshakeOptions,
    pub websocket: Arc<WebSocketOptions>,
    pub deliver_ping: bool,
    pub deliver_pong: bool,
    pub deliver_close: bool,
    /// Compress messages that are not asked to be sent plain.
    pub compress: bool,
}

/// The protocols of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Raw,
    Http,
    /// HTTP with upgrades to WebSocket.
    WebSocket,
}

/// What happens to a message that a slow reader has no room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverflowPolicy {
    /// The push fails; the caller may wait for room.
    Fail,
    /// The message is dropped and the push succeeds.
    Drop,
    /// The connection is closed.
    Close,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            worker_num: 1,
            max_connection: MAX_CONNECTION,
            start_session_id: 0,
            backlog: 512,
            reuse_port: false,
            tcp_nodelay: true,
            max_wait: Duration::from_secs(3),
            handle_signals: true,
            port: PortOptions::default(),
            outbox: OutboxLimits {
                connection_bytes_max: OUTBOX_BYTES,
                worker_bytes_max: OUTBOX_TOTAL_BYTES,
                high_watermark: OUTBOX_BYTES / 10 * 8,
                low_watermark: 0,
            },
            overflow: OverflowPolicy::Fail,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            close_timeout: CLOSE_TIMEOUT,
            idle_timeout: None,
            ping_interval: None,
        }
    }
}

impl Default for PortOptions {
    fn default() -> Self {
        Self {
            protocol: Protocol::WebSocket,
            head: HeadLimits::default(),
            body_bytes_max: PACKAGE_BYTES,
            handshake: HandshakeOptions::default(),
            websocket: Arc::new(WebSocketOptions { auto_pong: true, limits: Limits::default() }),
            deliver_ping: false,
            deliver_pong: false,
            deliver_close: false,
            compress: false,
        }
    }
}

/// Swoole's default.
const MAX_CONNECTION: usize = 100_000;
/// Swoole's `socket_buffer_size`.
const OUTBOX_BYTES: usize = 8 << 20;
/// All slow readers of a worker together; keeps a small machine alive.
const OUTBOX_TOTAL_BYTES: usize = 64 << 20;
/// Swoole's `package_max_length`.
const PACKAGE_BYTES: usize = 2 << 20;
/// Slow mobile networks manage a handshake in a few seconds; slowloris does not want to.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(30);
/// A browser answers a Close within a round trip.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
