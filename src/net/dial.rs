//! Connecting to somebody: a name becomes addresses, one of them a connected [`Stream`].
//!
//! Deadlines are the caller's: it drops the future. Nothing here knows what is spoken on the stream.

use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpSocket, UnixStream};

use super::offload::offload;
use super::stream::Stream;

/// Whom to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A name or an address, and a port.
    Inet { host: String, port: u16 },
    /// The path of a unix socket.
    Unix(PathBuf),
}

/// Why there is no connection.
#[derive(Debug)]
pub enum DialError {
    /// The name has no address, or nobody could be asked.
    Name(io::Error),
    /// Every address refused; the error of the last one.
    Connect(io::Error),
}

impl Peer {
    /// `unix:/path` and `unix:///path` are paths, all else is a host.
    pub fn new(host: &str, port: u16) -> Self {
        match host.strip_prefix("unix:") {
            Some(path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                Self::Unix(Path::new(path).to_path_buf())
            }
            None => Self::Inet { host: host.to_owned(), port },
        }
    }
}

/// Connects to the first address that accepts. `from` is our own address; its port may be 0.
pub async fn dial(peer: &Peer, from: Option<SocketAddr>) -> Result<Stream, DialError> {
    match peer {
        Peer::Unix(path) => UnixStream::connect(path).await.map(Stream::Unix).map_err(DialError::Connect),
        Peer::Inet { host, port } => {
            let addresses = resolve(host, *port).await.map_err(DialError::Name)?;
            let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
            for address in addresses {
                match connect(address, from).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) => last = error,
                }
            }
            Err(DialError::Connect(last))
        }
    }
}

async fn connect(address: SocketAddr, from: Option<SocketAddr>) -> io::Result<Stream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    // Whole messages are written at once: holding them back only delays.
    socket.set_tcp_nodelay(true)?;
    if let Some(from) = from {
        socket.set_reuse_address(true)?;
        socket.bind(&from.into())?;
    }
    let stream = TcpSocket::from_std_stream(socket.into()).connect(address).await?;
    Ok(Stream::Tcp(stream))
}

/// The addresses of a host. A literal address needs nobody to be asked.
pub async fn resolve(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = literal.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let host = host.to_owned();
    offload(move || (host.as_str(), port).to_socket_addrs().map(Iterator::collect)).await?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(task: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(task)
    }

    #[test]
    fn a_path_is_told_from_a_host() {
        assert_eq!(Peer::new("unix:/run/x.sock", 0), Peer::Unix("/run/x.sock".into()));
        assert_eq!(Peer::new("unix:///run/x.sock", 0), Peer::Unix("/run/x.sock".into()));
        assert_eq!(Peer::new("example.org", 80), Peer::Inet { host: "example.org".into(), port: 80 });
    }

    #[test]
    fn literal_addresses_are_their_own_answer() {
        assert_eq!(block_on(resolve("127.0.0.1", 80)).unwrap(), ["127.0.0.1:80".parse().unwrap()]);
        assert_eq!(block_on(resolve("[::1]", 80)).unwrap(), ["[::1]:80".parse().unwrap()]);
    }

    #[test]
    fn a_name_is_looked_up_and_an_impossible_one_is_an_error() {
        assert!(block_on(resolve("localhost", 80)).unwrap().iter().all(|found| found.ip().is_loopback()));
        assert!(block_on(resolve("", 80)).is_err());
    }

    #[test]
    fn our_own_address_is_the_one_asked_for() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = Peer::new("127.0.0.1", listener.local_addr().unwrap().port());
        let from = "127.0.0.2:0".parse().unwrap();
        let stream = block_on(async { dial(&peer, Some(from)).await.map(|stream| stream.local_ip()) });
        assert_eq!(stream.unwrap(), Some("127.0.0.2".parse().unwrap()));
    }

    #[test]
    fn refusal_comes_with_its_errno() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        match block_on(dial(&Peer::new("127.0.0.1", port), None)) {
            Err(DialError::Connect(error)) => assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused),
            other => panic!("{other:?}"),
        }
    }
}
