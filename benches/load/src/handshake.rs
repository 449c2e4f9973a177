//! Opens connections and shakes hands (RFC 6455, 4.1), one at a time and blocking: set-up is not what is measured.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};

use crate::Failure;

/// The example of RFC 6455, 1.3: a constant key has a constant answer.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// What the server agreed to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Agreed {
    pub deflate: bool,
    /// The server starts each message with an empty window.
    pub server_no_context_takeover: bool,
}

pub fn request(address: SocketAddr, deflate: bool) -> String {
    // Word for word what browsers offer.
    let offer =
        if deflate { "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" } else { "" };
    format!(
        "GET / HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"
    )
}

/// Checks a complete response head.
pub fn check(head: &str) -> Result<Agreed, Failure> {
    if !head.starts_with("HTTP/1.1 101 ") || !head.contains(ACCEPT) {
        return Err(format!("the handshake failed: {head:?}"));
    }
    let extensions = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-extensions"))
        .map_or("", |(_, value)| value);
    Ok(Agreed {
        deflate: extensions.contains("permessage-deflate"),
        server_no_context_takeover: extensions.contains("server_no_context_takeover"),
    })
}

/// A connected socket; `index` spreads many of them over several source addresses, each with its own port range.
pub fn dial(address: SocketAddr, index: usize, receive_buffer: Option<usize>) -> Result<Socket, Failure> {
    let dial = || -> std::io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        if let Some(bytes) = receive_buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        // The port is chosen at connect(), when the kernel knows the peer and may use one again that is in TIME_WAIT.
        setsockopt(&socket, sockopt::IpBindAddressNoPort, &true)?;
        let source = Ipv4Addr::new(127, 0, 0, 1 + (index / PER_SOURCE_ADDRESS) as u8);
        socket.bind(&SocketAddr::from((source, 0)).into())?;
        socket.connect(&address.into())?;
        socket.set_tcp_nodelay(true)?;
        Ok(socket)
    };
    dial().map_err(|e| format!("connection {index}: {e}"))
}

/// Dials and shakes hands; the socket still blocks.
pub fn open(
    address: SocketAddr,
    index: usize,
    deflate: bool,
    receive_buffer: Option<usize>,
) -> Result<(TcpStream, Agreed), Failure> {
    let mut stream: TcpStream = dial(address, index, receive_buffer)?.into();
    let mut shake = || -> std::io::Result<Vec<u8>> {
        stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
        stream.write_all(request(address, deflate).as_bytes())?;
        let (mut head, mut byte) = (Vec::new(), [0]);
        // Byte by byte, so that nothing behind the head is swallowed.
        while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_BYTES_MAX && stream.read(&mut byte)? == 1 {
            head.push(byte[0]);
        }
        Ok(head)
    };
    let head = shake().map_err(|e| format!("connection {index}: {e}"))?;
    let agreed = check(&String::from_utf8_lossy(&head))?;
    if deflate && !agreed.deflate {
        return Err("the server did not accept permessage-deflate".into());
    }
    Ok((stream, agreed))
}

/// Below the 28 232 ports that Linux hands out by default.
const PER_SOURCE_ADDRESS: usize = 20_000;

const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

const HEAD_BYTES_MAX: usize = 8192;
