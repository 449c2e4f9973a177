//! One session's words in the shared table, and what they mean.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::server::session::{ClientInfo, Descriptors, Peer, SessionId, WebSocketStatus};

pub(super) fn read(session: SessionId, uid: u32, field: impl Fn(usize) -> u64) -> ClientInfo {
    let packed = field(PACKED);
    ClientInfo {
        session,
        uid,
        worker: unpack_worker(packed),
        port: unpack_port(packed),
        status: unpack_status(packed),
        protected: packed & PROTECTED_FLAG != 0,
        closing: packed & CLOSING_FLAG != 0,
        amid_message: packed & UNFINISHED_FLAG != 0,
        server_port: (packed >> SERVER_PORT_SHIFT) as u16,
        peer: unpack_peer(field(IP_LOW), field(IP_HIGH), packed),
        connected_us: field(CONNECTED),
        heard_us: field(RECEIVED),
        sent_us: field(SENT),
        descriptors: unpack_descriptors(field(DESCRIPTORS)),
    }
}

pub(super) fn pack_peer(peer: Peer) -> (u64, u64, u64) {
    match peer {
        Peer::Unix => (0, 0, 0),
        Peer::Inet(address) => match address.ip().to_canonical() {
            IpAddr::V4(ip) => (u64::from(u32::from(ip)), 0, FAMILY_V4),
            IpAddr::V6(ip) => {
                let bits = u128::from(ip);
                (bits as u64, (bits >> 64) as u64, FAMILY_V6)
            }
        },
    }
}

pub(super) fn unpack_peer(low: u64, high: u64, packed: u64) -> Peer {
    let port = (packed >> PEER_PORT_SHIFT) as u16;
    match packed & (FAMILY_V4 | FAMILY_V6) {
        0 => Peer::Unix,
        FAMILY_V4 => Peer::Inet(SocketAddr::new(Ipv4Addr::from(low as u32).into(), port)),
        _ => {
            Peer::Inet(SocketAddr::new(Ipv6Addr::from(u128::from(high) << 64 | u128::from(low)).into(), port))
        }
    }
}

pub(super) fn pack_descriptors(descriptors: Descriptors) -> u64 {
    u64::from(descriptors.listener.cast_unsigned()) << 32 | u64::from(descriptors.connection.cast_unsigned())
}

pub(super) const fn unpack_descriptors(word: u64) -> Descriptors {
    Descriptors { listener: (word >> 32) as i32, connection: word as i32 }
}

pub(super) const fn unpack_worker(packed: u64) -> u16 {
    packed as u16
}

pub(super) const fn unpack_status(packed: u64) -> WebSocketStatus {
    WebSocketStatus::from_u8((packed >> STATUS_SHIFT & STATUS_MASK) as u8)
}

pub(super) const fn unpack_port(packed: u64) -> u8 {
    (packed >> PORT_SHIFT) as u8
}

/// One cache line per session: workers write their own lines only.
pub(super) const SLOT_WORDS: usize = 8;
pub(super) const ID: usize = 0;
pub(super) const PACKED: usize = 1;
pub(super) const IP_LOW: usize = 2;
pub(super) const IP_HIGH: usize = 3;
pub(super) const CONNECTED: usize = 4;
pub(super) const RECEIVED: usize = 5;
pub(super) const SENT: usize = 6;
pub(super) const DESCRIPTORS: usize = 7;

/// Layout of the packed word: worker 16 bits, status 3, a flag, number of the port 8, flags 4, peer port 16, server port
/// 16.
pub(super) const STATUS_SHIFT: u32 = 16;
pub(super) const STATUS_MASK: u64 = 7;
pub(super) const UNFINISHED_FLAG: u64 = 1 << 19;
pub(super) const PORT_SHIFT: u32 = 20;
pub(super) const CLOSING_FLAG: u64 = 1 << 28;
pub(super) const PROTECTED_FLAG: u64 = 1 << 29;
pub(super) const FAMILY_V4: u64 = 1 << 30;
pub(super) const FAMILY_V6: u64 = 1 << 31;
pub(super) const PEER_PORT_SHIFT: u32 = 32;
pub(super) const SERVER_PORT_SHIFT: u32 = 48;
