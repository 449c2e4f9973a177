//! What a session is: its id, its state and who ended it. Plain values; the table that all workers share is
//! [`super::sessions`], the sockets are in `net`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::protocol::error::ProtocolError;

/// What PHP calls `$fd`: it grows, is never reused within the life of the server, and is never an OS descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(u64);

impl SessionId {
    /// Every number can name a session; whether one lives under it is the table's business.
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far a connection has come towards WebSocket. The numbers are those of `WEBSOCKET_STATUS_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum WebSocketStatus {
    /// Plain HTTP or plain TCP.
    #[default]
    None = 0,
    /// Connected, waiting for the handshake.
    Connection = 1,
    /// The handshake is being answered by the application.
    Handshake = 2,
    /// Frames flow.
    Active = 3,
    /// A Close frame went out or came in.
    Closing = 4,
}

impl WebSocketStatus {
    /// The status of a number that came out of shared memory; unknown ones read as [`WebSocketStatus::None`].
    pub const fn from_u8(value: u8) -> Self {
        match value {
            1 => Self::Connection,
            2 => Self::Handshake,
            3 => Self::Active,
            4 => Self::Closing,
            _ => Self::None,
        }
    }
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    Inet(SocketAddr),
    /// A unix socket's client has no address worth the name.
    Unix,
}

impl Peer {
    pub const fn port(self) -> u16 {
        match self {
            Self::Inet(address) => address.port(),
            Self::Unix => 0,
        }
    }

    /// The address alone; unix sockets count as the local machine.
    pub fn ip(self) -> IpAddr {
        match self {
            Self::Inet(address) => address.ip().to_canonical(),
            Self::Unix => IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => write!(f, "{}:{}", address.ip().to_canonical(), address.port()),
            Self::Unix => f.write_str("unix"),
        }
    }
}

/// What the shared table knows of one connection, whichever worker owns it. Times are microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    pub session: SessionId,
    pub worker: u16,
    /// What `bind()` has bound to it; 0 is nothing.
    pub uid: u32,
    /// The number of the port it came in by.
    pub port: u8,
    pub status: WebSocketStatus,
    /// Whether the port speaks WebSocket at all.
    pub protected: bool,
    /// True from the moment the connection is given up until its `onClose` has run.
    pub closing: bool,
    /// A message that is being pushed to it lacks its last frame.
    pub amid_message: bool,
    pub server_port: u16,
    pub peer: Peer,
    pub connected_us: u64,
    /// When bytes came last, in microseconds of a clock of the server's own that never jumps.
    pub heard_us: u64,
    pub sent_us: u64,
    pub descriptors: Descriptors,
}

/// The operating system's numbers of a connection, in the process of its worker. For scripts that show them; nothing
/// here uses them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Descriptors {
    pub listener: i32,
    pub connection: i32,
}

/// Which side ended a connection. Blame travels with every close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    /// The client: a Close frame, end of stream, a reset, or silence beyond the idle limit.
    Peer,
    /// This server: `close()`, `disconnect()`, shutdown, a refused handshake.
    Server,
}

/// Why a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseCause {
    /// A closing handshake ran, whoever began it.
    Handshake,
    /// The stream ended or was reset without one.
    Gone,
    /// The peer broke the protocol; it was told so.
    Protocol(ProtocolError),
    /// No byte came for longer than the idle limit.
    Idle,
    /// The request head or the handshake did not arrive in time.
    HandshakeTimeout,
    /// The peer reads too slowly and the policy is to close.
    SlowReader,
    /// The application or the HTTP exchange closed it.
    Closed,
    /// The server stops or reloads.
    Shutdown,
}

/// The one and last thing the application hears of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    pub by: ClosedBy,
    pub cause: CloseCause,
    /// True when the connection had become WebSocket: `onClose` belongs to those, `onDisconnect` to the others.
    pub websocket: bool,
    /// The close code of the peer, or the one sent to it; 1006 when none was seen (RFC 6455, 7.1.5).
    pub code: u16,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_survives_the_trip_through_shared_memory() {
        for status in [
            WebSocketStatus::None,
            WebSocketStatus::Connection,
            WebSocketStatus::Handshake,
            WebSocketStatus::Active,
            WebSocketStatus::Closing,
        ] {
            assert_eq!(WebSocketStatus::from_u8(status as u8), status);
        }
        assert_eq!(WebSocketStatus::from_u8(5), WebSocketStatus::None);
    }

    #[test]
    fn an_ipv4_peer_on_a_dual_stack_socket_prints_as_ipv4() {
        let peer = Peer::Inet("[::ffff:10.0.0.1]:80".parse().unwrap());
        assert_eq!(peer.to_string(), "10.0.0.1:80");
        assert_eq!(peer.ip().to_string(), "10.0.0.1");
    }
}
