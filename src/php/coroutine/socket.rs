//! `Swoole\Coroutine\Socket`: sockets as the system has them, with calls that wait in the current coroutine only.

pub mod line;
mod options;
pub mod outcome;
pub mod rules;
mod transfer;

use std::cell::RefCell;
use std::rc::Rc;

use nix::errno::Errno;
use nix::libc;

use self::line::{Line, Way, until};
use self::outcome::{Outcome, Trouble, answer, direction};
use crate::net::socket::{Name, Socket as RawSocket};
use crate::net::watch::Events;
use crate::php::errors::warn;
use crate::php::{descriptors, event, exceptions};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{
    Array, Call, Class, Functions, Gc, IntoValue, Native, Object, Result, Slot, Str, Value, error,
};

/// The class.
pub static SOCKET: Class<Socket> = Class::native("Swoole\\Coroutine\\Socket");

static FD: Slot = Slot::new();
static DOMAIN: Slot = Slot::new();
static TYPE: Slot = Slot::new();
static PROTOCOL: Slot = Slot::new();
static ERR_CODE: Slot = Slot::new();
static ERR_MSG: Slot = Slot::new();

/// The state of a socket object; empty before its constructor has run.
#[derive(Debug, Default)]
pub struct Socket(RefCell<Option<Rc<Line>>>);

impl Native for Socket {
    fn class() -> &'static Class<Self> {
        &SOCKET
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.0);
    }
}

pub(super) fn register() {
    let class = SOCKET
        .define()
        .slot(&FD, "public readonly int $fd")
        .slot(&DOMAIN, "public readonly int $domain")
        .slot(&TYPE, "public readonly int $type")
        .slot(&PROTOCOL, "public readonly int $protocol")
        .slot(&ERR_CODE, "public $errCode = 0")
        .slot(&ERR_MSG, "public $errMsg = \"\"")
        .method("__construct(int $domain, int $type, int $protocol = IPPROTO_IP)", construct)
        .method("bind(string $address, int $port = 0): bool", bind)
        .method("listen(int $backlog = 512): bool", listen)
        .method("accept(float $timeout = 0.0): Swoole\\Coroutine\\Socket|false", accept)
        .method("connect(string $host, int $port = 0, float $timeout = 0.0): bool", connect)
        .method("checkLiveness(): bool", check_liveness)
        .method("getBoundCid(int $event): int", bound_cid)
        .method("getOption(int $level, int $opt_name): mixed", get_option)
        .method("setProtocol(array $settings): bool", set_protocol)
        .method("setOption(int $level, int $opt_name, mixed $opt_value): bool", set_option)
        .method("sslHandshake(): bool", ssl_handshake)
        .method("shutdown(int $how = 2): bool", shutdown)
        .method("cancel(int $event = SWOOLE_EVENT_READ): bool", cancel)
        .method("close(): bool", close)
        .method("getpeername(): array|false", peer_name)
        .method("getsockname(): array|false", local_name)
        .method("isClosed(): bool", is_closed)
        .method("static import($stream): Swoole\\Coroutine\\Socket|false", import);
    transfer::methods(class).register();
    Functions::new()
        .function(
            "swoole_coroutine_socketpair(int $domain, int $type, int $protocol): array|false",
            socket_pair,
        )
        .register();
}

/// A socket object for a line.
pub fn object(line: Rc<Line>) -> Object {
    let socket = Object::of(Socket(RefCell::new(Some(Rc::clone(&line)))));
    if let Ok(raw) = line.socket() {
        show(&socket, &raw);
    }
    socket
}

fn show(object: &Object, socket: &RawSocket) {
    object.set(&FD, socket.number());
    object.set(&DOMAIN, socket.domain());
    object.set(&TYPE, socket.kind());
    object.set(&PROTOCOL, socket.protocol());
}

/// What a call on an open socket gives; false, with `errCode` set, when it failed.
fn with_line<T: IntoValue>(
    socket: &Socket,
    call: &Call<'_>,
    work: impl FnOnce(&Line) -> Outcome<T>,
) -> Result<Value> {
    let line = socket.0.borrow().clone();
    let Some(line) = line else { return Err(error::fatal("must call constructor first")) };
    let outcome = line.socket().map_err(Trouble::from).and_then(|_| work(&line));
    answer(call.this(), [&ERR_CODE, &ERR_MSG], outcome)
}

fn construct(socket: &Socket, call: &mut Call<'_>) -> Result {
    let numbers: [i64; 3] = [call.arg()?, call.arg()?, call.arg_or(0)?];
    let [domain, kind, protocol] = numbers.map(|number| i32::try_from(number).unwrap_or(-1));
    if socket.0.borrow().is_some() {
        return Err(error::fatal("constructor can only be called once"));
    }
    match RawSocket::open(domain, kind, protocol) {
        Ok(raw) => {
            show(call.this(), &raw);
            socket.0.replace(Some(Rc::new(Line::new(raw))));
            Ok(())
        }
        Err(failure) => {
            let code = ErrorCode::from(&failure);
            let text = format_args!("new Socket() failed. Error: {code} [{}]", code.code()).to_string();
            Err(error::throw(&exceptions::SOCKET_EXCEPTION, text, code.code().into()))
        }
    }
}

fn bind(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let host: &Str = call.arg()?;
    let port: i64 = call.arg_or(0)?;
    with_line(socket, call, |line| {
        let socket = line.socket()?;
        let name = own_name(&socket, host, port)?;
        if socket.is_inet() {
            socket.reuse_address()?;
        }
        Ok(socket.bind(&name).map(|()| true)?)
    })
}

/// An address of this machine: names are not looked up.
pub fn own_name(socket: &RawSocket, host: &Str, port: i64) -> Outcome<Name> {
    if !socket.is_inet() {
        return Ok(crate::net::socket::unix_name(host.as_bytes()));
    }
    let port = u16::try_from(port).map_err(|_| Errno::EINVAL)?;
    let ip: std::net::IpAddr = host.to_text().parse().map_err(|_| Errno::EINVAL)?;
    if ip.is_ipv6() != (socket.domain() == libc::AF_INET6) {
        return Err(Errno::EINVAL.into());
    }
    Ok(Name::inet(ip, port))
}

fn listen(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let backlog: i64 = call.arg_or(512)?;
    with_line(socket, call, |line| {
        Ok(line.socket()?.listen(i32::try_from(backlog).unwrap_or(i32::MAX)).map(|()| true)?)
    })
}

fn accept(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let timeout: f64 = call.arg_or(0.0)?;
    with_line(socket, call, |line| {
        let accepted = line.attempt(Way::Read, until(timeout, &line.times.read), RawSocket::accept)?;
        Ok(object(Rc::new(Line::new(accepted))))
    })
}

fn connect(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let host: &Str = call.arg()?;
    let port: Option<i64> = call.opt()?;
    let timeout: f64 = call.arg_or(0.0)?;
    let refusal = |inet: bool| match (inet, port) {
        (true, None) => Some("Socket of type AF_INET/AF_INET6 requires port argument".to_owned()),
        (true, Some(port)) if !(1..=65535).contains(&port) => Some(format!("Invalid port argument[{port}]")),
        _ => None,
    };
    with_line(socket, call, |line| {
        if let Some(refusal) = refusal(line.socket()?.is_inet()) {
            warn(refusal);
            return Err(Errno::EINVAL.into());
        }
        let seconds = if timeout == 0.0 { line.times.connect.get() } else { timeout };
        let name = line.name_of(host, port.unwrap_or(0), seconds)?;
        line.connect(&name, until(timeout, &line.times.connect)).map(|()| true)
    })
}

fn check_liveness(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    with_line(socket, call, |line| Ok(line.socket()?.is_alive()))
}

fn bound_cid(socket: &Socket, call: &mut Call<'_>) -> Result<i64> {
    let events = event::events_of(call.arg()?);
    let Some(line) = socket.0.borrow().clone() else { return Ok(0) };
    let reader = line.waiting(Way::Read).filter(|_| events.read);
    let found = reader.or_else(|| line.waiting(Way::Write).filter(|_| events.write));
    Ok(found.map_or(0, |cid| cid.0))
}

fn get_option(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let (level, name): (i64, i64) = (call.arg()?, call.arg()?);
    with_line(socket, call, |line| options::get(line, level, name))
}

fn set_option(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let (level, name): (i64, i64) = (call.arg()?, call.arg()?);
    let value: Value = call.arg()?;
    with_line(socket, call, |line| options::set(line, level, name, &value).map(|()| true))
}

fn set_protocol(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let settings: &Array = call.arg()?;
    with_line(socket, call, |line| {
        let changed = line.rules().changed(settings)?;
        Ok(match changed {
            Some(rules) => {
                line.set_rules(rules);
                true
            }
            None => false,
        })
    })
}

/// TLS is not there for this class.
fn ssl_handshake(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    with_line(socket, call, |_| -> Outcome<bool> {
        warn("TLS is not supported by this class");
        Err(Trouble::Failed(ErrorCode::OPERATION_NOT_SUPPORT))
    })
}

fn shutdown(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let how: i64 = call.arg_or(2)?;
    with_line(socket, call, |line| {
        let how = direction(how)?;
        Ok(line.socket()?.shutdown(how).map(|()| true)?)
    })
}

fn cancel(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let events = event::events_of(call.arg_or(event::bits_of(Events::READ))?);
    let canceled = with_line(socket, call, |line| {
        let read = events.read && line.cancel(Way::Read);
        let write = events.write && line.cancel(Way::Write);
        Ok(read || write)
    })?;
    crate::zend::world::settle()?;
    Ok(canceled)
}

fn close(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    let closed = with_line(socket, call, |line| Ok(line.close()))?;
    crate::zend::world::settle()?;
    Ok(closed)
}

fn is_closed(socket: &Socket, _: &mut Call<'_>) -> Result<bool> {
    Ok(socket.0.borrow().as_ref().is_none_or(|line| line.socket().is_err()))
}

fn peer_name(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    with_line(socket, call, |line| Ok(name_array(&line.socket()?.peer_name()?)))
}

fn local_name(socket: &Socket, call: &mut Call<'_>) -> Result<Value> {
    with_line(socket, call, |line| Ok(name_array(&line.socket()?.local_name()?)))
}

fn name_array(name: &Name) -> Array {
    let mut array = Array::new();
    array.set("address", name.to_string());
    array.set("port", name.port());
    array
}

/// A socket of our own for the connection of a stream. Both refer to it; neither blocks any more.
fn import(call: &mut Call<'_>) -> Result<Value> {
    let stream: Value = call.arg()?;
    let Some(descriptor) = descriptors::open(&stream) else {
        error::check()?;
        warn("the argument is no stream");
        return Ok(Value::from(false));
    };
    match RawSocket::adopt(descriptor.file) {
        Ok(socket) => Ok(object(Rc::new(Line::new(socket))).into_value()),
        Err(failure) => {
            let code = ErrorCode::from(&failure);
            last_error::set(code);
            warn(format_args!("the stream is no socket: {code}"));
            Ok(Value::from(false))
        }
    }
}

fn socket_pair(call: &mut Call<'_>) -> Result<Value> {
    let numbers: [i64; 3] = [call.arg()?, call.arg()?, call.arg()?];
    let [domain, kind, protocol] = numbers.map(|number| i32::try_from(number).unwrap_or(-1));
    match RawSocket::pair(domain, kind, protocol) {
        Ok((near, far)) => {
            let pair: Array = [near, far].into_iter().map(|end| object(Rc::new(Line::new(end)))).collect();
            Ok(pair.into_value())
        }
        Err(failure) => {
            let code = ErrorCode::from(&failure);
            last_error::set(code);
            warn(format_args!("failed to create a pair of sockets: {code}"));
            Ok(Value::from(false))
        }
    }
}
