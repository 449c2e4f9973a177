//! Packets without connections: UDP and unix datagrams, received by `onPacket` and sent by `sendto()`.

use std::io;
use std::net::IpAddr;

use super::{Server, event_object};
use crate::net::datagram::Datagram;
use crate::net::socket::{Name, unix_name};
use crate::serve::Worker;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::settings::SocketKind;
use crate::zend::class::ClassBuilder;
use crate::zend::{Array, Call, IntoValue, Result, Value, error};

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class.method("sendto(string $ip, int $port, string $send_data, int $server_socket = -1): bool", send_to)
}

/// The data and the array that `onPacket` gets, keys in the order of the original.
pub fn described(worker: &Worker, packet: &Datagram, server_port: u16) -> (Value, Array) {
    let mut info = Array::new();
    info.set("server_socket", socket(worker, packet));
    info.set("server_port", server_port);
    info.set("dispatch_time", event_object::seconds(worker.now_us()));
    info.set("address", packet.from.to_string());
    if let Name::Inet(_) = packet.from {
        info.set("port", packet.from.port());
    }
    (packet.bytes.as_slice().into_value(), info)
}

/// What `onPacket` gets with `event_object`.
pub fn object(worker: &Worker, packet: &Datagram, server_port: u16) -> Value {
    event_object::packet([
        socket(worker, packet).into_value(),
        server_port.into_value(),
        event_object::seconds(worker.now_us()),
        packet.from.to_string().into_value(),
        packet.from.port().into_value(),
        packet.bytes.as_slice().into_value(),
    ])
}

fn socket(worker: &Worker, packet: &Datagram) -> i32 {
    worker.datagram_socket(packet.port).unwrap_or(-1)
}

fn send_to(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let host: &[u8] = call.arg()?;
    let port: i64 = call.arg()?;
    let bytes: &[u8] = call.arg()?;
    let socket: i64 = call.arg_or(-1)?;
    let Some(worker) = server.running() else { return Ok(false) };
    if host.starts_with(b"/") {
        return Ok(send(&worker, SocketKind::UnixDatagram, socket, &unix_name(host), bytes));
    }
    let text = String::from_utf8_lossy(host);
    let Ok(ip) = text.parse::<IpAddr>() else {
        error::warning(format_args!("'{text}' is not an address"));
        last_error::set(ErrorCode::BAD_HOST_ADDR);
        return Ok(false);
    };
    let Some(port) = u16::try_from(port).ok().filter(|port| *port > 0) else {
        error::warning(format_args!("invalid port [{port}]"));
        last_error::set(ErrorCode::BAD_PORT);
        return Ok(false);
    };
    let kind = if ip.is_ipv4() { SocketKind::Udp } else { SocketKind::Udp6 };
    Ok(send(&worker, kind, socket, &Name::inet(ip, port), bytes))
}

/// `send()` to the path of a unix socket.
pub fn send_to_path(server: &Server, path: &[u8], call: &mut Call<'_>) -> Result<bool> {
    let bytes: &[u8] = call.arg()?;
    let socket: i64 = call.arg_or(-1)?;
    let Some(worker) = server.running() else { return Ok(false) };
    Ok(send(&worker, SocketKind::UnixDatagram, socket, &unix_name(path), bytes))
}

fn send(worker: &Worker, kind: SocketKind, socket: i64, to: &Name, bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        error::warning("data is empty");
        last_error::set(ErrorCode::NO_PAYLOAD);
        return false;
    }
    let socket = i32::try_from(socket).ok().filter(|socket| *socket > 0);
    match worker.send_to(kind, socket, to, bytes) {
        Some(Ok(_)) => true,
        Some(Err(cause)) => {
            last_error::set(code_of(&cause));
            false
        }
        None => {
            let name = if kind.is_unix() { "UnixDgram" } else { "UDP" };
            error::warning(format_args!("{name} listener has to be added before executing sendto"));
            last_error::set(ErrorCode::PHP_FATAL_ERROR);
            false
        }
    }
}

fn code_of(cause: &io::Error) -> ErrorCode {
    match cause.kind() {
        // A path that is no path of a socket.
        io::ErrorKind::InvalidInput => ErrorCode::INVALID_PARAMS,
        _ => ErrorCode::from(cause),
    }
}
