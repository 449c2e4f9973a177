//! From an address to listening sockets. Happens in the constructor and before any fork; nothing here knows tokio.
//!
//! Binding comes first so that a port taken by another server is an error at once, and port 0 has its number at once.
//! Listening comes at the start. With several workers each gets a socket of its own (`SO_REUSEPORT`), and the manager
//! keeps all of them open: connections that wait on a dead worker's socket are served by its successor.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, TcpKeepalive, Type};

use crate::server::settings::{SocketKind, SocketSettings};

/// Where to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Inet(SocketAddr),
    Unix(PathBuf),
}

/// Options of listening sockets; accepted ones inherit them, which saves system calls for each connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenOptions {
    pub reuse_port: bool,
    pub backlog: i32,
    pub nodelay: bool,
    /// 0: the kernel's.
    pub recv_buffer_bytes: usize,
    /// 0: the kernel's.
    pub send_buffer_bytes: usize,
    /// Idle time, interval and count of keep-alive probes.
    pub keepalive: Option<(Duration, Duration, u32)>,
    /// How long sent bytes may stay unacknowledged. `None`: as long as the kernel likes.
    pub user_timeout: Option<Duration>,
}

impl ListenOptions {
    /// What the settings of a port ask for.
    pub fn new(reuse_port: bool, socket: &SocketSettings) -> Self {
        let secs = |secs| Duration::from_secs(u64::from(secs));
        let keepalive = (secs(socket.tcp_keepidle), secs(socket.tcp_keepinterval), socket.tcp_keepcount);
        Self {
            reuse_port,
            backlog: i32::try_from(socket.backlog).unwrap_or(i32::MAX),
            nodelay: socket.tcp_nodelay,
            recv_buffer_bytes: socket.kernel_recv_buffer_size,
            send_buffer_bytes: socket.kernel_send_buffer_size,
            keepalive: socket.tcp_keepalive.then_some(keepalive),
            user_timeout: (socket.tcp_user_timeout > 0)
                .then(|| Duration::from_millis(socket.tcp_user_timeout.into())),
        }
    }

    fn apply(&self, socket: &Socket, tcp: bool) -> io::Result<()> {
        if self.recv_buffer_bytes > 0 {
            socket.set_recv_buffer_size(self.recv_buffer_bytes)?;
        }
        if self.send_buffer_bytes > 0 {
            socket.set_send_buffer_size(self.send_buffer_bytes)?;
        }
        if !tcp {
            return Ok(());
        }
        socket.set_tcp_nodelay(self.nodelay)?;
        if let Some((idle, interval, count)) = self.keepalive {
            let keepalive = TcpKeepalive::new().with_time(idle).with_interval(interval).with_retries(count);
            socket.set_tcp_keepalive(&keepalive)?;
        }
        #[cfg(target_os = "linux")]
        if self.user_timeout.is_some() {
            socket.set_tcp_user_timeout(self.user_timeout)?;
        }
        Ok(())
    }
}

/// A bound address with one socket for every worker, or one for all.
#[derive(Debug)]
pub struct Bound {
    address: Address,
    kind: SocketKind,
    sockets: Vec<Socket>,
    /// The process that made a unix socket removes its file, and only that one.
    owner: Option<u32>,
    /// It is ours to make more of its kind; a socket that was handed to us is shared by all workers.
    adopted: bool,
}

impl Bound {
    /// Binds, without listening yet.
    pub fn bind(address: &Address) -> io::Result<Self> {
        Self::open(address, Type::STREAM)
    }

    /// Binds for packets instead of connections.
    pub fn bind_datagrams(address: &Address) -> io::Result<Self> {
        Self::open(address, Type::DGRAM)
    }

    fn open(address: &Address, kind: Type) -> io::Result<Self> {
        let socket = match address {
            Address::Inet(inet) => open_inet(*inet, kind, false)?,
            Address::Unix(path) => open_unix(path, kind)?,
        };
        Self::of(socket, false)
    }

    /// Takes over a socket that somebody else has bound, as systemd does.
    pub fn adopt(socket: OwnedFd) -> io::Result<Self> {
        Self::of(Socket::from(socket), true)
    }

    fn of(socket: Socket, adopted: bool) -> io::Result<Self> {
        let datagram = socket.r#type()? == Type::DGRAM;
        let local = socket.local_addr()?;
        let (address, kind) = match local.as_socket() {
            Some(inet @ SocketAddr::V4(_)) if datagram => (Address::Inet(inet), SocketKind::Udp),
            Some(inet) if datagram => (Address::Inet(inet), SocketKind::Udp6),
            Some(inet @ SocketAddr::V4(_)) => (Address::Inet(inet), SocketKind::Tcp),
            Some(inet) => (Address::Inet(inet), SocketKind::Tcp6),
            None if local.domain() != Domain::UNIX => return Err(io::ErrorKind::Unsupported.into()),
            None => {
                let path = local.as_pathname().unwrap_or(Path::new("")).to_path_buf();
                let kind = if datagram { SocketKind::UnixDatagram } else { SocketKind::UnixStream };
                (Address::Unix(path), kind)
            }
        };
        let owner = (kind.is_unix() && !adopted).then(std::process::id);
        Ok(Self { address, kind, sockets: vec![socket], owner, adopted })
    }

    /// The address, with the real port where 0 was asked for.
    pub fn address(&self) -> &Address {
        &self.address
    }

    pub fn kind(&self) -> SocketKind {
        self.kind
    }

    pub fn port(&self) -> u16 {
        match &self.address {
            Address::Inet(inet) => inet.port(),
            Address::Unix(_) => 0,
        }
    }

    /// Makes a socket for each of `workers` and lets them listen. Unix sockets cannot share an address, so all workers
    /// share the one socket.
    pub fn listen(&mut self, workers: usize, options: &ListenOptions) -> io::Result<()> {
        let kind = if self.kind.is_datagram() { Type::DGRAM } else { Type::STREAM };
        if let Address::Inet(address) = self.address
            && !self.adopted
            && (workers > 1 || options.reuse_port)
        {
            self.sockets[0].set_reuse_port(true)?;
            while self.sockets.len() < workers {
                self.sockets.push(open_inet(address, kind, true)?);
            }
        }
        // A daemon listens, not the process that bound.
        self.owner = self.owner.map(|_| std::process::id());
        for socket in &self.sockets {
            options.apply(socket, !self.kind.is_unix() && kind == Type::STREAM)?;
            if kind == Type::STREAM {
                socket.listen(options.backlog)?;
            }
        }
        Ok(())
    }

    /// This worker's socket.
    pub fn socket(&self, worker: usize) -> io::Result<Socket> {
        self.sockets[worker % self.sockets.len()].try_clone()
    }

    /// The sockets of all workers.
    pub fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.sockets.iter().map(Socket::as_fd)
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        if let Address::Unix(path) = &self.address
            && self.owner == Some(std::process::id())
        {
            // The file may be gone already; nobody could act on the error.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn open_inet(address: SocketAddr, kind: Type, share: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    if kind == Type::STREAM {
        // A restart must not wait for the old connections' TIME_WAIT. With datagrams it would share the port.
        socket.set_reuse_address(true)?;
    }
    if share {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&address.into())?;
    Ok(socket)
}

fn open_unix(path: &Path, kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, kind, None)?;
    // A file left over by a killed server would make its successor fail.
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    socket.bind(&SockAddr::unix(path)?)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: ListenOptions = ListenOptions {
        reuse_port: false,
        backlog: 16,
        nodelay: true,
        recv_buffer_bytes: 0,
        send_buffer_bytes: 0,
        keepalive: None,
        user_timeout: Some(Duration::from_millis(1500)),
    };

    fn local() -> Address {
        Address::Inet("127.0.0.1:0".parse().unwrap())
    }

    #[test]
    fn port_zero_becomes_a_real_port() {
        assert_ne!(Bound::bind(&local()).unwrap().port(), 0);
    }

    #[test]
    fn a_taken_port_is_refused_even_when_its_owner_shares_it_among_workers() {
        let mut bound = Bound::bind(&local()).unwrap();
        bound.listen(3, &OPTIONS).unwrap();
        let error = Bound::bind(bound.address()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn an_accepted_connection_inherits_the_options_of_its_listener() {
        let mut bound = Bound::bind(&local()).unwrap();
        bound.listen(1, &OPTIONS).unwrap();
        let Address::Inet(address) = bound.address() else { unreachable!("it was bound to one") };
        let _client = std::net::TcpStream::connect(address).unwrap();
        let (accepted, _) = bound.socket(0).unwrap().accept().unwrap();
        assert!(accepted.tcp_nodelay().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(accepted.tcp_user_timeout().unwrap(), OPTIONS.user_timeout);
    }

    #[test]
    fn a_unix_socket_replaces_a_left_over_file_and_removes_its_own() {
        let path = std::env::temp_dir().join(format!("bind-test-{}.sock", std::process::id()));
        std::fs::write(&path, "").unwrap();
        let mut bound = Bound::bind(&Address::Unix(path.clone())).unwrap();
        bound.listen(2, &OPTIONS).unwrap();
        assert!(std::os::unix::net::UnixStream::connect(&path).is_ok());
        drop(bound);
        assert!(!path.exists());
    }

    #[test]
    fn a_taken_port_is_refused_to_datagrams_too_and_its_owner_has_one_for_each_worker() {
        let mut bound = Bound::bind_datagrams(&local()).unwrap();
        bound.listen(3, &OPTIONS).unwrap();
        assert_eq!(bound.kind(), SocketKind::Udp);
        assert_eq!(bound.descriptors().count(), 3);
        let error = Bound::bind_datagrams(bound.address()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn an_adopted_socket_is_recognised_and_shared() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut bound = Bound::adopt(listener.into()).unwrap();
        bound.listen(4, &OPTIONS).unwrap();
        assert_eq!((bound.kind(), bound.port(), bound.descriptors().count()), (SocketKind::Tcp, port, 1));

        let path = std::env::temp_dir().join(format!("adopt-test-{}.sock", std::process::id()));
        let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
        let bound = Bound::adopt(socket.into()).unwrap();
        assert_eq!((bound.kind(), bound.address()), (SocketKind::UnixDatagram, &Address::Unix(path.clone())));
        drop(bound);
        // Who made the file removes it.
        std::fs::remove_file(path).unwrap();
    }
}
