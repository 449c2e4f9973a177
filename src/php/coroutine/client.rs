//! `Swoole\Coroutine\Client`: a TCP, UDP or unix client whose calls wait in the current coroutine only.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use nix::errno::Errno;
use nix::libc;

use super::socket::line::{Line, until};
use super::socket::outcome::{Outcome, Trouble, answer};
use super::socket::{self, own_name};
use crate::net::socket::{Name, Socket};
use crate::php::errors::warn;
use crate::server::error::ErrorCode;
use crate::zend::{
    Array, ByRef, Call, Class, IntoValue, Native, Object, Result, Slot, Str, Value, error, world,
};

/// The class.
pub static CLIENT: Class<Client> = Class::native("Swoole\\Coroutine\\Client");

static ERR_CODE: Slot = Slot::new();
static ERR_MSG: Slot = Slot::new();
static FD: Slot = Slot::new();
static SOCKET: Slot = Slot::new();
static TYPE: Slot = Slot::new();
static SETTING: Slot = Slot::new();
static CONNECTED: Slot = Slot::new();

/// The state of a client: its socket while it has one. The object in `$socket` shares it, and shows the collector what it
/// holds.
#[derive(Debug, Default)]
pub struct Client {
    line: RefCell<Option<Rc<Line>>>,
    kind: Cell<i64>,
}

impl Native for Client {
    fn class() -> &'static Class<Self> {
        &CLIENT
    }

    fn create() -> Self {
        Self::default()
    }
}

pub(super) fn register() {
    CLIENT
        .define()
        .constant("MSG_OOB", i64::from(libc::MSG_OOB))
        .constant("MSG_PEEK", i64::from(libc::MSG_PEEK))
        .constant("MSG_DONTWAIT", i64::from(libc::MSG_DONTWAIT))
        .constant("MSG_WAITALL", i64::from(libc::MSG_WAITALL))
        .slot(&ERR_CODE, "public $errCode = 0")
        .slot(&ERR_MSG, "public $errMsg = \"\"")
        .slot(&FD, "public $fd = -1")
        .slot(&SOCKET, "public $socket = null")
        .slot(&TYPE, "public $type = 1")
        .slot(&SETTING, "public $setting = null")
        .slot(&CONNECTED, "public $connected = false")
        .method("__construct(int $type)", construct)
        .method("__destruct()", |_: &mut Call<'_>| Ok(()))
        .method("set(array $settings): bool", set)
        .method(
            "connect(string $host, int $port = 0, float $timeout = 0.0, int $sock_flag = 0): bool",
            connect,
        )
        .method("recv(float $timeout = 0.0): string|false", recv)
        .method("peek(int $length = 65535): string|false", peek)
        .method("send(string $data, float $timeout = 0.0): int|false", send)
        .method("sendfile(string $filename, int $offset = 0, int $length = 0): bool", send_file)
        .method("sendto(string $address, int $port, string $data): bool", send_to)
        .method("recvfrom(int $length, mixed &$address, mixed &$port = 0): string|false", recv_from)
        .method("enableSSL(): bool", enable_ssl)
        .method("getPeerCert(): string|false", no_certificate)
        .method("verifyPeerCert(bool $allow_self_signed = false): bool", no_certificate)
        .method("isConnected(): bool", is_connected)
        .method("getsockname(): array|false", local_name)
        .method("getpeername(): array|false", peer_name)
        .method("close(): bool", close)
        .method("exportSocket(): Swoole\\Coroutine\\Socket|false", export)
        .register();
}

fn construct(client: &Client, call: &mut Call<'_>) -> Result {
    let kind: i64 = call.arg()?;
    if family_of(kind).is_none() {
        return Err(error::fatal(format_args!("unknown client type {kind}")));
    }
    client.kind.set(kind);
    call.this().set(&TYPE, kind);
    Ok(())
}

/// Domain and type of a `SWOOLE_SOCK_*` number, whose higher bits are flags.
pub fn family_of(kind: i64) -> Option<(i32, i32)> {
    Some(match kind & !SOCK_FLAGS {
        1 => (libc::AF_INET, libc::SOCK_STREAM),
        2 => (libc::AF_INET, libc::SOCK_DGRAM),
        3 => (libc::AF_INET6, libc::SOCK_STREAM),
        4 => (libc::AF_INET6, libc::SOCK_DGRAM),
        5 => (libc::AF_UNIX, libc::SOCK_STREAM),
        6 => (libc::AF_UNIX, libc::SOCK_DGRAM),
        _ => return None,
    })
}

fn set(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let settings: &Array = call.arg()?;
    let this = call.this();
    if settings.is_empty() {
        return Ok(false);
    }
    let mut all = this.get(&SETTING).as_array().cloned().unwrap_or_default();
    for (key, value) in settings.iter() {
        all.set_key(&key, value);
    }
    this.set(&SETTING, all);
    let line = client.line.borrow().clone();
    match line {
        Some(line) => obey(&line, settings),
        None => Ok(true),
    }
}

/// Sets a line up as the options say; false, with a warning, when one of them makes no sense.
pub fn obey(line: &Line, settings: &Array) -> Result<bool> {
    let Ok(socket) = line.socket() else { return Ok(true) };
    let seconds = |name| settings.get(name).map(|seconds| seconds.to_double());
    for (name, kept) in [
        ("connect_timeout", &line.times.connect),
        ("read_timeout", &line.times.read),
        ("write_timeout", &line.times.write),
    ] {
        if let Some(seconds) = seconds(name).or_else(|| seconds("timeout")) {
            kept.set(seconds);
        }
    }
    let number = |name| settings.get(name).map(|number| number.to_long());
    // What the system refuses here costs speed and nothing else.
    if socket.is_inet() && socket.kind() == libc::SOCK_STREAM {
        let nodelay = settings.get("open_tcp_nodelay").is_none_or(|on| on.to_bool());
        let _ = socket.set_nodelay(nodelay);
    }
    if let Some(bytes) = number("socket_buffer_size").and_then(|bytes| usize::try_from(bytes).ok()) {
        let _ = socket.set_buffer_sizes(bytes);
    }
    match line.rules().changed(settings)? {
        Some(rules) => line.set_rules(rules),
        None => return Ok(false),
    }
    Ok(true)
}

/// Binds to `bind_address` and `bind_port`.
pub fn bind_as_told(line: &Line, settings: &Array) -> Outcome<()> {
    let Some(address) = settings.get("bind_address") else { return Ok(()) };
    let port = settings.get("bind_port").map_or(0, |port| port.to_long());
    let socket = line.socket()?;
    let name = own_name(&socket, &address.to_str()?, port)?;
    Ok(socket.bind(&name)?)
}

/// A fresh socket of the client's type, set up as the options say.
fn open(client: &Client, this: &Object) -> Outcome<Rc<Line>> {
    if client.kind.get() & SOCK_SSL != 0 {
        warn("TLS is not supported by this class");
        return Err(Trouble::Failed(ErrorCode::OPERATION_NOT_SUPPORT));
    }
    let (domain, kind) = family_of(client.kind.get()).ok_or(Errno::EINVAL)?;
    let line = Rc::new(Line::new(Socket::open(domain, kind, 0)?));
    let settings = this.get(&SETTING).as_array().cloned().unwrap_or_default();
    if !obey(&line, &settings)? {
        return Err(Trouble::Failed(ErrorCode::INVALID_PARAMS));
    }
    bind_as_told(&line, &settings)?;
    this.set(&FD, line.socket()?.number());
    this.set(&SOCKET, socket::object(Rc::clone(&line)));
    client.line.replace(Some(Rc::clone(&line)));
    Ok(line)
}

/// Lets go of the socket.
fn forget(client: &Client, this: &Object) {
    let line = client.line.take();
    if let Some(line) = line {
        line.close();
    }
    this.set(&CONNECTED, false);
    this.set(&FD, -1);
    this.set(&SOCKET, Value::null());
}

/// What a call on a connected client gives; false, with `errCode` set, when it failed.
fn with_line<T: IntoValue>(
    client: &Client,
    call: &Call<'_>,
    work: impl FnOnce(&Line) -> Outcome<T>,
) -> Result<Value> {
    let line = client.line.borrow().clone();
    let outcome = match line {
        Some(line) => work(&line),
        None => Err(Trouble::Failed(ErrorCode::CLIENT_NO_CONNECTION)),
    };
    answer(call.this(), ERRORS, outcome)
}

fn connect(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let host: &Str = call.arg()?;
    let port: i64 = call.arg_or(0)?;
    let timeout: f64 = call.arg_or(0.0)?;
    super::inside()?;
    let this = call.this();
    if host.is_empty() {
        warn("The host is empty");
        return Ok(Value::from(false));
    }
    if client.line.borrow().is_some() {
        if this.get(&CONNECTED).to_bool() {
            return answer::<bool>(this, ERRORS, Err(Errno::EISCONN.into()));
        }
        forget(client, this);
    }
    let outcome = open(client, this).and_then(|line| {
        let seconds = if timeout == 0.0 { line.times.connect.get() } else { timeout };
        let name = line.name_of(host, port, seconds)?;
        line.connect(&name, until(timeout, &line.times.connect))
    });
    match &outcome {
        Ok(()) => this.set(&CONNECTED, true),
        Err(_) => forget(client, this),
    }
    answer(this, ERRORS, outcome.map(|()| true))
}

fn recv(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let timeout: f64 = call.arg_or(0.0)?;
    with_line(client, call, |line| line.recv_packet(until(timeout, &line.times.read)))
}

fn peek(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let length = usize::try_from(call.arg_or(65_535i64)?).unwrap_or(0);
    with_line(client, call, |line| line.peek(length))
}

fn send(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let data: &[u8] = call.arg()?;
    let timeout: f64 = call.arg_or(0.0)?;
    if data.is_empty() {
        warn("data to send is empty");
        return Ok(Value::from(false));
    }
    with_line(client, call, |line| line.send_all(data, until(timeout, &line.times.write)))
}

fn send_file(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let path: &[u8] = call.arg()?;
    let (offset, length): (i64, i64) = (call.arg_or(0)?, call.arg_or(0)?);
    with_line(client, call, |line| {
        let offset = u64::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let length = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
        line.send_file(path, offset, length).map(|()| true)
    })
}

/// Datagrams need no connection.
fn send_to(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let (host, port): (&Str, i64) = (call.arg()?, call.arg()?);
    let data: &[u8] = call.arg()?;
    let this = call.this();
    if data.is_empty() {
        return Ok(Value::from(false));
    }
    let line = client.line.borrow().clone();
    let line = match line {
        Some(line) => Ok(line),
        None if family_of(client.kind.get()).is_some_and(|(_, kind)| kind == libc::SOCK_DGRAM) => {
            open(client, this)
        }
        None => Err(Trouble::Failed(ErrorCode::CLIENT_NO_CONNECTION)),
    };
    let outcome = line.and_then(|line| {
        let name = line.name_of(host, port, line.times.connect.get())?;
        line.send_to(data, &name).map(|_| true)
    });
    answer(this, ERRORS, outcome)
}

fn recv_from(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let length: i64 = call.arg()?;
    let address: ByRef<'_> = call.arg()?;
    let port: Option<ByRef<'_>> = call.opt()?;
    let Some(length) = usize::try_from(length).ok().filter(|&length| length > 0) else {
        warn("the length must be greater than 0");
        return Ok(Value::from(false));
    };
    with_line(client, call, |line| {
        let (bytes, from) = line.recv_from(length, until(0.0, &line.times.read))?;
        address.set(from.as_ref().map(Name::to_string))?;
        if let Some(port) = &port {
            port.set(from.as_ref().map(Name::port))?;
        }
        Ok(bytes)
    })
}

fn enable_ssl(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, |_| -> Outcome<bool> {
        warn("TLS is not supported by this class");
        Err(Trouble::Failed(ErrorCode::OPERATION_NOT_SUPPORT))
    })
}

fn no_certificate(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, |_| -> Outcome<bool> { Err(Trouble::Failed(ErrorCode::SSL_NOT_READY)) })
}

fn is_connected(_: &Client, call: &mut Call<'_>) -> Result<bool> {
    Ok(call.this().get(&CONNECTED).to_bool())
}

fn local_name(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, |line| Ok(host_and_port(&line.socket()?.local_name()?)))
}

fn peer_name(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, |line| Ok(host_and_port(&line.socket()?.peer_name()?)))
}

/// A name as clients show it.
pub fn host_and_port(name: &Name) -> Array {
    let mut array = Array::new();
    array.set("port", name.port());
    array.set("host", name.to_string());
    array
}

fn close(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let this = call.this();
    if client.line.borrow().is_none() {
        return answer::<bool>(this, ERRORS, Err(Trouble::Failed(ErrorCode::CLIENT_NO_CONNECTION)));
    }
    forget(client, this);
    world::settle()?;
    answer(this, ERRORS, Ok(true))
}

fn export(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, |_| Ok(call.this().get(&SOCKET)))
}

/// Where failures are told.
const ERRORS: [&Slot; 2] = [&ERR_CODE, &ERR_MSG];
/// `SWOOLE_SSL`.
const SOCK_SSL: i64 = 512;
/// `SWOOLE_SSL`, `SWOOLE_ASYNC`, `SWOOLE_SYNC` and `SWOOLE_KEEP`.
const SOCK_FLAGS: i64 = 512 | 1024 | 2048 | 4096;
