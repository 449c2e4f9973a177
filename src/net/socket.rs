//! A socket of a script: any family, any kind, never blocking. Each call is tried at once; where it would block the
//! caller waits by [`Watch`] and tries again.

use std::ffi::OsStr;
use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read};
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use nix::libc;
use nix::sys::socket::{MsgFlags, SockaddrLike, SockaddrStorage, recv, recvfrom};
use socket2::{Domain, Protocol, SockAddr, SockRef, Type};

use super::watch::Watch;

/// A socket that does not block.
#[derive(Debug)]
pub struct Socket {
    watch: Rc<Watch>,
    domain: i32,
    kind: i32,
    protocol: i32,
}

/// Where a socket is or whom it talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Inet(SocketAddr),
    Unix(PathBuf),
}

impl Name {
    /// The name of a host that is given by its address.
    pub fn inet(ip: IpAddr, port: u16) -> Self {
        Self::Inet(SocketAddr::new(ip, port))
    }

    /// As bytes, for another process.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Inet(address) => address.to_string().into_bytes(),
            Self::Unix(path) => [b"/", path.as_os_str().as_bytes()].concat(),
        }
    }

    /// The name of [`Name::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if let [b'/', path @ ..] = bytes {
            return Some(Self::Unix(OsStr::from_bytes(path).into()));
        }
        std::str::from_utf8(bytes).ok()?.parse().ok().map(Self::Inet)
    }

    /// The port; 0 where there are none.
    pub fn port(&self) -> u16 {
        match self {
            Self::Inet(address) => address.port(),
            Self::Unix(_) => 0,
        }
    }

    fn to_address(&self) -> io::Result<SockAddr> {
        match self {
            Self::Inet(address) => Ok(SockAddr::from(*address)),
            Self::Unix(path) => SockAddr::unix(path),
        }
    }

    fn of(address: &SockAddr) -> Self {
        match address.as_socket() {
            Some(inet) => Self::Inet(inet),
            None => Self::Unix(address.as_pathname().unwrap_or(Path::new("")).to_path_buf()),
        }
    }
}

impl fmt::Display for Name {
    /// The host without its port, or the path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) => write!(f, "{}", address.ip()),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Socket {
    pub fn open(domain: i32, kind: i32, protocol: i32) -> io::Result<Self> {
        let chosen = (protocol != 0).then(|| Protocol::from(protocol));
        let socket = socket2::Socket::new(Domain::from(domain), Type::from(kind), chosen)?;
        Self::own(socket, domain, kind, protocol)
    }

    /// Two that are connected to each other.
    pub fn pair(domain: i32, kind: i32, protocol: i32) -> io::Result<(Self, Self)> {
        let chosen = (protocol != 0).then(|| Protocol::from(protocol));
        let (near, far) = socket2::Socket::pair(Domain::from(domain), Type::from(kind), chosen)?;
        Ok((Self::own(near, domain, kind, protocol)?, Self::own(far, domain, kind, protocol)?))
    }

    /// Takes a socket of somebody else's making over.
    pub fn adopt(file: OwnedFd) -> io::Result<Self> {
        let socket = socket2::Socket::from(file);
        let kind = i32::from(socket.r#type()?);
        let domain = i32::from(socket.local_addr()?.domain());
        Self::own(socket, domain, kind, 0)
    }

    fn own(socket: socket2::Socket, domain: i32, kind: i32, protocol: i32) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { watch: Rc::new(Watch::new(socket.into())), domain, kind, protocol })
    }

    pub fn watch(&self) -> Rc<Watch> {
        Rc::clone(&self.watch)
    }

    pub fn descriptor(&self) -> &OwnedFd {
        self.watch.file()
    }

    pub fn number(&self) -> RawFd {
        self.descriptor().as_raw_fd()
    }

    pub fn domain(&self) -> i32 {
        self.domain
    }

    pub fn kind(&self) -> i32 {
        self.kind
    }

    pub fn protocol(&self) -> i32 {
        self.protocol
    }

    pub fn is_inet(&self) -> bool {
        matches!(self.domain, libc::AF_INET | libc::AF_INET6)
    }

    fn inner(&self) -> SockRef<'_> {
        SockRef::from(self.descriptor())
    }

    pub fn bind(&self, name: &Name) -> io::Result<()> {
        self.inner().bind(&name.to_address()?)
    }

    /// Lets a server take its port over from one that has just ended.
    pub fn reuse_address(&self) -> io::Result<()> {
        self.inner().set_reuse_address(true)
    }

    pub fn set_nodelay(&self, on: bool) -> io::Result<()> {
        self.inner().set_tcp_nodelay(on)
    }

    pub fn set_buffer_sizes(&self, bytes: usize) -> io::Result<()> {
        self.inner().set_recv_buffer_size(bytes)?;
        self.inner().set_send_buffer_size(bytes)
    }

    pub fn listen(&self, backlog: i32) -> io::Result<()> {
        self.inner().listen(backlog)
    }

    pub fn accept(&self) -> io::Result<Self> {
        let (socket, _) = self.inner().accept()?;
        Self::own(socket, self.domain, self.kind, self.protocol)
    }

    /// Begins to connect. False when that takes longer: when the socket is writable, [`Socket::connected`] tells.
    pub fn connect(&self, name: &Name) -> io::Result<bool> {
        match self.inner().connect(&name.to_address()?) {
            Ok(()) => Ok(true),
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How a connect ended.
    pub fn connected(&self) -> io::Result<()> {
        match self.inner().take_error()? {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    pub fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.inner()).read(buffer)
    }

    /// Looks at what has come and leaves it there.
    pub fn peek(&self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(recv(self.number(), buffer, MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT)?)
    }

    pub fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, Option<Name>)> {
        let (count, from) = recvfrom::<SockaddrStorage>(self.number(), buffer)?;
        Ok((count, from.and_then(|from| name_of(&from))))
    }

    pub fn recv_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&*self.inner()).read_vectored(buffers)
    }

    pub fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.inner().send_with_flags(bytes, libc::MSG_NOSIGNAL)
    }

    pub fn send_to(&self, bytes: &[u8], name: &Name) -> io::Result<usize> {
        self.inner().send_to_with_flags(bytes, &name.to_address()?, libc::MSG_NOSIGNAL)
    }

    pub fn send_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.inner().send_vectored_with_flags(buffers, libc::MSG_NOSIGNAL)
    }

    pub fn shutdown(&self, how: std::net::Shutdown) -> io::Result<()> {
        self.inner().shutdown(how)
    }

    pub fn local_name(&self) -> io::Result<Name> {
        self.inner().local_addr().map(|address| Name::of(&address))
    }

    pub fn peer_name(&self) -> io::Result<Name> {
        self.inner().peer_addr().map(|address| Name::of(&address))
    }

    /// Whether the peer, as far as is known, still listens: its end would be the next thing to read.
    pub fn is_alive(&self) -> bool {
        match self.peek(&mut [0]) {
            Ok(count) => count > 0,
            Err(error) => error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

fn name_of(from: &SockaddrStorage) -> Option<Name> {
    if let Some(inet) = from.as_sockaddr_in() {
        return Some(Name::inet(IpAddr::V4(inet.ip()), inet.port()));
    }
    if let Some(inet) = from.as_sockaddr_in6() {
        let address = SocketAddrV6::new(inet.ip(), inet.port(), inet.flowinfo(), inet.scope_id());
        return Some(Name::Inet(address.into()));
    }
    let path = from.as_unix_addr()?.path();
    (from.len() > 0).then(|| Name::Unix(path.map(Path::to_path_buf).unwrap_or_default()))
}

/// A path as it was given.
pub fn unix_name(path: &[u8]) -> Name {
    Name::Unix(PathBuf::from(OsStr::from_bytes(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_carries_bytes_both_ways_and_knows_its_names() {
        let server = Socket::open(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
        server.bind(&Name::inet([127, 0, 0, 1].into(), 0)).unwrap();
        server.listen(1).unwrap();
        let client = Socket::open(libc::AF_INET, libc::SOCK_STREAM, 0).unwrap();
        client.connect(&server.local_name().unwrap()).unwrap();
        let peer = wait(|| server.accept());
        client.connected().unwrap();
        assert_eq!(peer.peer_name().unwrap(), client.local_name().unwrap());
        assert_eq!(peer.recv(&mut [0]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert_eq!(client.send(b"abc").unwrap(), 3);
        let mut buffer = [0; 8];
        assert_eq!(wait(|| peer.peek(&mut buffer)), 3);
        assert_eq!((wait(|| peer.recv(&mut buffer)), &buffer[..3]), (3, b"abc".as_slice()));
        assert!(peer.is_alive());
        drop(client);
        assert_eq!(wait(|| peer.recv(&mut buffer)), 0);
        assert!(!peer.is_alive());
    }

    #[test]
    fn datagrams_tell_where_they_came_from() {
        let (near, far) = Socket::pair(libc::AF_UNIX, libc::SOCK_DGRAM, 0).unwrap();
        near.send_vectored(&[IoSlice::new(b"ab"), IoSlice::new(b"c")]).unwrap();
        let mut buffer = [0; 8];
        assert_eq!(far.recv_from(&mut buffer).unwrap().0, 3);
        let [one, two] = [(); 2].map(|()| {
            let socket = Socket::open(libc::AF_INET, libc::SOCK_DGRAM, 0).unwrap();
            socket.bind(&Name::inet([127, 0, 0, 1].into(), 0)).unwrap();
            socket
        });
        one.send_to(b"hi", &two.local_name().unwrap()).unwrap();
        let from = wait(|| two.recv_from(&mut buffer));
        assert_eq!(from, (2, Some(one.local_name().unwrap())));
    }

    fn wait<T>(mut call: impl FnMut() -> io::Result<T>) -> T {
        loop {
            match call() {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::yield_now(),
                done => return done.unwrap(),
            }
        }
    }
}
