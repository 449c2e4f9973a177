//! Settings of WebSocket on a port: Swoole's seven, and ours for limits, timeouts, origins and compression.

use std::time::Duration;

use super::option::{Kind, Opt, clamp, option, size};
use crate::protocol::extension::{
    LEVEL_DEFAULT, MEM_LEVEL_DEFAULT, THRESHOLD_DEFAULT, WINDOW_BITS_MAX, WINDOW_BITS_MIN,
};

/// WebSocket on one port.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebSocketSettings {
    /// Whether upgrades are accepted at all.
    pub open: bool,
    /// The one subprotocol of Swoole's option; empty: none.
    pub subprotocol: Vec<u8>,
    /// Further subprotocols; the first of the client's that is among all of ours is chosen.
    pub subprotocols: Vec<Vec<u8>>,
    /// Whether close frames reach onMessage.
    pub close_frame: bool,
    /// Whether pings reach onMessage; the script answers them then.
    pub ping_frame: bool,
    /// Whether pongs reach onMessage.
    pub pong_frame: bool,
    /// Origins that may connect; empty: all, and clients without an origin.
    pub allowed_origins: Vec<Vec<u8>>,
    /// From the TCP connection to the end of the request head.
    pub handshake_timeout: Option<Duration>,
    /// From our Close to the peer's.
    pub close_timeout: Option<Duration>,
    pub ping_interval: Option<Duration>,
    /// From a ping to any byte of the peer; [`WebSocketSettings::pong_deadline`].
    pub pong_timeout: Option<Duration>,
    /// Without a message in either direction for so long the connection is closed.
    pub idle_timeout: Option<Duration>,
    /// 0: `package_max_length`.
    pub max_frame_size: usize,
    /// 0: `package_max_length`.
    pub max_message_size: usize,
    pub max_fragments: u32,
    pub compression: Compression,
}

/// permessage-deflate: what we are willing to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compression {
    pub enabled: bool,
    pub level: u32,
    pub mem_level: u32,
    /// Shorter messages are sent as they are.
    pub threshold: usize,
    pub server_context_takeover: bool,
    pub client_context_takeover: bool,
    pub server_max_window_bits: u32,
    pub client_max_window_bits: u32,
}

impl WebSocketSettings {
    /// Every subprotocol the port speaks.
    pub fn all_subprotocols(&self) -> impl Iterator<Item = &[u8]> {
        let one = (!self.subprotocol.is_empty()).then_some(self.subprotocol.as_slice());
        self.subprotocols.iter().map(Vec::as_slice).chain(one)
    }

    /// How long a ping may stay unanswered: the interval unless chosen.
    pub fn pong_deadline(&self) -> Option<Duration> {
        self.pong_timeout.or(self.ping_interval)
    }
}

pub(super) const WEBSOCKET: &[Opt<WebSocketSettings>] = &[
    option!(One "open_websocket_protocol" = Derived, Setter::Bool(|s| &mut s.open),
        "Accepts WebSocket; on for the first port of WebSocket\\Server."),
    option!(One "websocket_subprotocol" = Str(""), Setter::Str(|s| &mut s.subprotocol),
        "The subprotocol for clients that offer it."),
    option!(One "open_websocket_close_frame" = Bool(false), Setter::Bool(|s| &mut s.close_frame),
        "Close frames reach onMessage as a CloseFrame."),
    option!(One "open_websocket_ping_frame" = Bool(false), Setter::Bool(|s| &mut s.ping_frame),
        "Pings reach onMessage, which answers them."),
    option!(One "open_websocket_pong_frame" = Bool(false), Setter::Bool(|s| &mut s.pong_frame),
        "Pongs reach onMessage."),
    option!(One "websocket_compression" = Bool(false), Setter::Bool(|s| &mut s.compression.enabled),
        "Negotiates permessage-deflate."),
    option!(Ours "websocket_subprotocols" = Derived, Setter::List(|s| &mut s.subprotocols),
        "Subprotocols the server speaks; the first that a client offers is taken."),
    option!(Ours "websocket_allowed_origins" = Derived, Setter::List(|s| &mut s.allowed_origins),
        "Origins whose pages may connect, as browsers send them (https://example.org); all without this."),
    option!(Ours "websocket_handshake_timeout" = Float(30.0), Setter::Secs(|s| &mut s.handshake_timeout),
        "Seconds a new connection may take to send its request; 0 is for ever."),
    option!(Ours "websocket_close_timeout" = Float(2.0), Setter::Secs(|s| &mut s.close_timeout),
        "Seconds the peer may take to answer a close; 0 does not wait."),
    option!(Ours "websocket_ping_interval" = Float(0.0), Setter::Secs(|s| &mut s.ping_interval),
        "Seconds of silence after which the server pings; 0 is never."),
    option!(Ours "websocket_pong_timeout" = Float(0.0), Setter::Secs(|s| &mut s.pong_timeout),
        "Seconds a ping may stay unanswered; 0 is websocket_ping_interval."),
    option!(Ours "websocket_idle_timeout" = Float(0.0), Setter::Secs(|s| &mut s.idle_timeout),
        "Seconds without a message after which the connection is closed with 1001; 0 is never."),
    option!(Ours "websocket_max_frame_size" = Int(0), Setter::Size(0, |s| &mut s.max_frame_size),
        "Bytes of a received frame; 0 is package_max_length."),
    option!(Ours "websocket_max_message_size" = Int(0), Setter::Size(0, |s| &mut s.max_message_size),
        "Bytes of a received message, put together and inflated; 0 is package_max_length."),
    option!(Ours "websocket_max_fragments" = Int(FRAGMENTS), Setter::Int(1, u32::MAX, |s| &mut s.max_fragments),
        "Frames of one received message."),
    option!(Ours "websocket_compression_level" = Int(LEVEL_DEFAULT as i64), Setter::Int(1, 9, |s| &mut s.compression.level),
        "How hard messages are compressed, from 1 to 9."),
    option!(Ours "websocket_compression_mem_level" = Int(MEM_LEVEL_DEFAULT as i64), Setter::Int(1, 9, |s| &mut s.compression.mem_level),
        "How much memory compression may use, from 1 to 9."),
    option!(Ours "websocket_compression_threshold" = Int(THRESHOLD_DEFAULT as i64), Setter::Custom(Kind::Size, |s, value, _| {
            s.compression.threshold = size(value);
        }), "Shorter messages are sent as they are."),
    option!(Ours "websocket_compression_server_context_takeover" = Bool(false),
        Setter::Bool(|s| &mut s.compression.server_context_takeover),
        "Keeps what was sent as a dictionary: smaller messages, up to 300 KiB more for each connection."),
    option!(Ours "websocket_compression_client_context_takeover" = Bool(false),
        Setter::Bool(|s| &mut s.compression.client_context_takeover),
        "Lets the client keep what it sent as a dictionary: up to 40 KiB more for each connection."),
    option!(Ours "websocket_compression_server_max_window_bits" = Int(15), Setter::Custom(Kind::Int, |s, value, _| {
            s.compression.server_max_window_bits = clamp(value.to_int(), WINDOW_BITS_MIN.into(), WINDOW_BITS_MAX.into());
        }), "The largest window for what the server sends, from 9 to 15 bits."),
    option!(Ours "websocket_compression_client_max_window_bits" = Int(15), Setter::Custom(Kind::Int, |s, value, _| {
            s.compression.client_max_window_bits = clamp(value.to_int(), WINDOW_BITS_MIN.into(), WINDOW_BITS_MAX.into());
        }), "The largest window for what clients send, from 9 to 15 bits."),
];

/// 8 MiB in fragments of 64 bytes, twice what the strictest conformance suite sends.
const FRAGMENTS: i64 = 1 << 17;
