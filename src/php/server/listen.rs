//! From what a script says to a bound socket: host, port and kind, or what systemd hands over.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use crate::net::bind::{Address, Bound};
use crate::server::error::{ErrorCode, strerror};
use crate::server::log::{LOG, Level};
use crate::server::settings::SocketKind;
use crate::zend::descriptor::Descriptor;

/// A flag beside the kind of a socket.
const SOCK_SSL: i64 = 512;
/// The host that stands for the sockets systemd has opened.
const SYSTEMD: &str = "SYSTEMD";

/// Why a port cannot be had.
#[derive(Debug)]
pub struct Refused {
    pub code: ErrorCode,
    text: String,
}

impl Refused {
    fn new(host: &[u8], number: i64, code: ErrorCode, detail: &str) -> Self {
        let host = String::from_utf8_lossy(host);
        let text = format!("failed to listen server port[{host}:{number}], Error: {detail}[{}]", code.code());
        Self { code, text }
    }

    fn by_system(host: &[u8], number: i64, cause: &io::Error) -> Self {
        let code = ErrorCode::from(cause);
        Self::new(host, number, code, &strerror(code.code()))
    }

    pub fn too_many(most: usize) -> Self {
        Self {
            code: ErrorCode::SERVER_TOO_MANY_LISTEN_PORT,
            text: format!("allows up to {most} ports to listen"),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A bound socket, and how scripts see it.
#[derive(Debug)]
pub struct Opened {
    pub bound: Bound,
    pub host: Vec<u8>,
    /// The kind as it was asked for, flags and all.
    pub kind: i64,
}

/// The socket of one port, beside those that the server has.
pub fn open(host: &[u8], number: i64, kind: i64, others: &[Bound]) -> Result<Opened, Refused> {
    let refused = |code, detail| Refused::new(host, number, code, detail);
    let Ok(port) = u16::try_from(number) else {
        return Err(refused(ErrorCode::SERVER_INVALID_LISTEN_PORT, "Server invalid listen port"));
    };
    if kind & SOCK_SSL != 0 {
        // Whoever asks for TLS must not get plain text.
        return Err(refused(ErrorCode::OPERATION_NOT_SUPPORT, "SWOOLE_SSL is not supported yet"));
    }
    let Some(socket) = SocketKind::from_number(kind) else {
        return Err(refused(ErrorCode::BAD_SOCKET_TYPE, "socket type not supported"));
    };
    let address = if socket.is_unix() {
        Address::Unix(PathBuf::from(OsStr::from_bytes(host)))
    } else {
        match resolve(&String::from_utf8_lossy(host), port) {
            Some(address) => Address::Inet(address),
            None => return Err(refused(ErrorCode::BAD_HOST_ADDR, "invalid address")),
        }
    };
    // Two that are only bound to one address would not disturb each other before they listen; a second unix socket would
    // take the first one's file away.
    let takes = |other: &Bound| socket.is_unix() || other.kind().is_datagram() == socket.is_datagram();
    if others.iter().any(|other| *other.address() == address && takes(other)) {
        let taken = io::Error::from_raw_os_error(nix::libc::EADDRINUSE);
        return Err(Refused::by_system(host, number, &taken));
    }
    let bound = if socket.is_datagram() { Bound::bind_datagrams(&address) } else { Bound::bind(&address) };
    match bound {
        Ok(bound) => Ok(Opened { bound, host: host.to_vec(), kind }),
        Err(cause) => Err(Refused::by_system(host, number, &cause)),
    }
}

fn resolve(host: &str, port: u16) -> Option<SocketAddr> {
    match host.parse::<IpAddr>() {
        Ok(ip) => Some(SocketAddr::new(ip, port)),
        Err(_) => (host, port).to_socket_addrs().ok()?.next(),
    }
}

/// Whether these are the words for the sockets systemd has opened.
pub fn is_systemd(host: &[u8], number: i64) -> bool {
    number == 0 && host.eq_ignore_ascii_case(SYSTEMD.as_bytes())
}

/// The sockets systemd has opened for this process, as sd_listen_fds(3) says; why there is none is in the log.
pub fn from_systemd() -> Result<Vec<Opened>, Refused> {
    let sockets: Vec<_> = match handed_over() {
        Ok(numbers) => numbers.filter_map(adopt).collect(),
        Err(reason) => {
            LOG.write(Level::Warning, &reason);
            Vec::new()
        }
    };
    if sockets.is_empty() {
        let text = "failed to add systemd socket".to_owned();
        return Err(Refused { code: ErrorCode::SERVER_INVALID_LISTEN_PORT, text });
    }
    Ok(sockets)
}

fn handed_over() -> Result<std::ops::Range<u32>, String> {
    let pid = variable("LISTEN_PID").ok_or("invalid LISTEN_PID")?;
    let own = std::process::id();
    if pid != own {
        return Err(format!("expecting systemd sockets for pid {pid}, but got pid {own}"));
    }
    let count = variable("LISTEN_FDS").ok_or("invalid LISTEN_FDS")?;
    let first = variable("LISTEN_FDS_START").unwrap_or(LISTEN_FDS_START);
    Ok(first..first.saturating_add(count.min(SOCKETS_MAX)))
}

fn adopt(number: u32) -> Option<Opened> {
    let socket = Descriptor::open(number.cast_signed()).ok_or(io::Error::from_raw_os_error(nix::libc::EBADF));
    match socket.and_then(|socket| Bound::adopt(socket.file)) {
        Ok(bound) => {
            let host = match bound.address() {
                Address::Inet(address) => address.ip().to_string().into_bytes(),
                Address::Unix(path) => path.as_os_str().as_bytes().to_vec(),
            };
            let kind = bound.kind().number();
            Some(Opened { bound, host, kind })
        }
        Err(cause) => {
            LOG.write(Level::Warning, &format!("systemd socket {number}: {cause}"));
            None
        }
    }
}

fn variable(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}

/// SD_LISTEN_FDS_START of sd-daemon.h.
const LISTEN_FDS_START: u32 = 3;
/// More ports than a server can have need not be looked at.
const SOCKETS_MAX: u32 = super::setup::PORTS_MAX as u32;
