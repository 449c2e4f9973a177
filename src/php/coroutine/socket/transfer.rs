//! The methods of `Coroutine\Socket` that move bytes.

use super::line::{Line, until};
use super::outcome::Outcome;
use super::{Socket, name_array, with_line};
use crate::php::errors::warn;
use crate::php::exceptions;
use crate::zend::class::ClassBuilder;
use crate::zend::{Array, ByRef, Call, Kind, Result, Str, Value, error};

pub(super) fn methods(class: ClassBuilder<Socket>) -> ClassBuilder<Socket> {
    class
        .method("peek(int $length = 65536): string|false", peek)
        .method(
            "recv(int $length = 65536, float $timeout = 0.0): string|false",
            |socket: &Socket, call: &mut Call<'_>| receive(socket, call, Line::recv),
        )
        .method(
            "recvAll(int $length = 65536, float $timeout = 0.0): string|false",
            |socket: &Socket, call: &mut Call<'_>| receive(socket, call, Line::recv_all),
        )
        .method(
            "recvLine(int $length = 65536, float $timeout = 0.0): string|false",
            |socket: &Socket, call: &mut Call<'_>| receive(socket, call, Line::recv_line),
        )
        .method(
            "recvWithBuffer(int $length = 65536, float $timeout = 0.0): string|false",
            |socket: &Socket, call: &mut Call<'_>| receive(socket, call, Line::recv_buffered),
        )
        .method("recvPacket(float $timeout = 0.0): string|false", recv_packet)
        .method(
            "send(string $data, float $timeout = 0.0): int|false",
            |socket: &Socket, call: &mut Call<'_>| send(socket, call, Line::send),
        )
        .method(
            "readVector(array $io_vector, float $timeout = 0.0): array|false",
            |socket: &Socket, call: &mut Call<'_>| read_vector(socket, call, Line::recv),
        )
        .method(
            "readVectorAll(array $io_vector, float $timeout = 0.0): array|false",
            |socket: &Socket, call: &mut Call<'_>| read_vector(socket, call, Line::recv_all),
        )
        .method(
            "writeVector(array $io_vector, float $timeout = 0.0): int|false",
            |socket: &Socket, call: &mut Call<'_>| write_vector(socket, call, Line::send),
        )
        .method(
            "writeVectorAll(array $io_vector, float $timeout = 0.0): int|false",
            |socket: &Socket, call: &mut Call<'_>| write_vector(socket, call, Line::send_all),
        )
        .method("sendFile(string $file, int $offset = 0, int $length = 0): bool", send_file)
        .method(
            "sendAll(string $data, float $timeout = 0.0): int|false",
            |socket: &Socket, call: &mut Call<'_>| send(socket, call, Line::send_all),
        )
        .method("recvfrom(mixed &$peername, float $timeout = 0.0): string|false", recv_from)
        .method("sendto(string $addr, int $port, string $data): int|false", send_to)
}

type Receive = fn(&Line, usize, Option<u64>) -> Outcome<Vec<u8>>;
type Send = fn(&Line, &[u8], Option<u64>) -> Outcome<usize>;

/// A length that PHP gives; a warning when there is nothing to read.
fn length_of(length: i64) -> Option<usize> {
    let length = usize::try_from(length).ok().filter(|&length| length > 0);
    if length.is_none() {
        warn("the length must be greater than 0");
    }
    length
}

fn receive(socket: &Socket, call: &mut Call<'_>, receive: Receive) -> Result<Value> {
    let length: i64 = call.arg_or(DEFAULT_BYTES)?;
    let timeout: f64 = call.arg_or(0.0)?;
    let Some(length) = length_of(length) else { return Ok(Value::from(false)) };
    with_line(socket, call, |line| receive(line, length, until(timeout, &line.times.read)))
}

fn recv_packet(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let timeout: f64 = call.arg_or(0.0)?;
    with_line(socket, call, |line| line.recv_packet(until(timeout, &line.times.read)))
}

fn peek(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let length: i64 = call.arg_or(DEFAULT_BYTES)?;
    let Some(length) = length_of(length) else { return Ok(Value::from(false)) };
    with_line(socket, call, |line| line.peek(length))
}

fn recv_from(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let peer: ByRef<'_> = call.arg()?;
    let timeout: f64 = call.arg_or(0.0)?;
    with_line(socket, call, |line| {
        let until = until(timeout, &line.times.read);
        let (bytes, from) = line.recv_from(DEFAULT_BYTES as usize, until)?;
        peer.set(from.as_ref().map(name_array))?;
        Ok(bytes)
    })
}

fn send(socket: &Socket, call: &mut Call<'_>, send: Send) -> Result<Value> {
    let data: &[u8] = call.arg()?;
    let timeout: f64 = call.arg_or(0.0)?;
    with_line(socket, call, |line| send(line, data, until(timeout, &line.times.write)))
}

fn send_to(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let (host, port): (&Str, i64) = (call.arg()?, call.arg()?);
    let data: &[u8] = call.arg()?;
    with_line(socket, call, |line| {
        let name = line.name_of(host, port, line.times.connect.get())?;
        line.send_to(data, &name)
    })
}

fn send_file(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let path: &[u8] = call.arg()?;
    let (offset, length): (i64, i64) = (call.arg_or(0)?, call.arg_or(0)?);
    let (Ok(offset), Ok(length)) = (u64::try_from(offset), u64::try_from(length)) else {
        warn("$offset and $length must not be less than 0");
        return Ok(Value::from(false));
    };
    with_line(socket, call, |line| line.send_file(path, offset, length).map(|()| true))
}

/// Reads once and deals the bytes out to pieces of the lengths asked for; the last may be short.
fn read_vector(socket: &Socket, call: &mut Call<'_>, receive: Receive) -> Result<Value> {
    let vector: &Array = call.arg()?;
    let timeout: f64 = call.arg_or(0.0)?;
    let mut lengths = Vec::with_capacity(vector.len());
    for (index, item) in items(vector)? {
        match item.as_long().map(usize::try_from) {
            Some(Ok(length)) if length > 0 => lengths.push(length),
            Some(_) => return Err(invalid(format!("Item #[{index}] must be greater than 0"))),
            None => {
                let given = item.type_name();
                return Err(invalid(format!("Item #[{index}] must be of type int, {given} given")));
            }
        }
    }
    let wanted = lengths.iter().fold(0usize, |sum, &length| sum.saturating_add(length));
    with_line(socket, call, |line| {
        let bytes = receive(line, wanted, until(timeout, &line.times.read))?;
        let (mut pieces, mut rest) = (Array::new(), bytes.as_slice());
        for length in lengths {
            let (piece, after) = rest.split_at(length.min(rest.len()));
            if piece.is_empty() {
                break;
            }
            pieces.push(piece);
            rest = after;
        }
        Ok(pieces)
    })
}

fn write_vector(socket: &Socket, call: &mut Call<'_>, send: Send) -> Result<Value> {
    let vector: &Array = call.arg()?;
    let timeout: f64 = call.arg_or(0.0)?;
    let mut all = Vec::new();
    for (index, item) in items(vector)? {
        match (item.kind(), item.as_str()) {
            (Kind::String, Some(text)) if !text.is_empty() => all.extend_from_slice(text.as_bytes()),
            (Kind::String, _) => return Err(invalid(format!("Item #[{index}] cannot be empty string"))),
            _ => {
                let given = item.type_name();
                return Err(invalid(format!("Item #[{index}] must be of type string, {given} given")));
            }
        }
    }
    with_line(socket, call, |line| send(line, &all, until(timeout, &line.times.write)))
}

fn items(vector: &Array) -> Result<Vec<(usize, Value)>> {
    if vector.is_empty() || vector.len() > ITEMS_MAX {
        return Err(invalid(format!("The iov must have 1 to {ITEMS_MAX} items")));
    }
    Ok(vector.values().enumerate().collect())
}

fn invalid(text: String) -> crate::zend::Thrown {
    error::throw(&exceptions::SOCKET_EXCEPTION, text, i64::from(nix::libc::EINVAL))
}

/// How much is read where the script does not say.
const DEFAULT_BYTES: i64 = 65_536;
/// `SWOOLE_IOV_MAX`.
const ITEMS_MAX: usize = 1024;
