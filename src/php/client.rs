//! `Swoole\Client`: a TCP, UDP or unix client whose calls block the process.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use nix::errno::Errno;
use nix::libc;

use super::coroutine::client::{bind_as_told, family_of, host_and_port, obey};
use super::coroutine::socket::line::{Line, until};
use super::coroutine::socket::outcome::{Outcome, Trouble, direction};
use super::errors::warn_with;
use crate::net::socket::Socket;
use crate::server::error::ErrorCode;
use crate::zend::{Array, Call, Class, Gc, IntoValue, Native, Object, Result, Slot, Str, Value, error};

/// The class.
pub static CLIENT: Class<Client> = Class::native("Swoole\\Client");

static ERR_CODE: Slot = Slot::new();
static SOCK: Slot = Slot::new();
static TYPE: Slot = Slot::new();
static ID: Slot = Slot::new();
static SETTING: Slot = Slot::new();

/// The state of a client: its socket while it has one.
#[derive(Debug, Default)]
pub struct Client {
    line: RefCell<Option<Rc<Line>>>,
    kind: Cell<i64>,
    connected: Cell<bool>,
}

impl Native for Client {
    fn class() -> &'static Class<Self> {
        &CLIENT
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.line);
    }
}

/// Defines the class.
pub fn register() {
    CLIENT
        .define()
        .constant("MSG_OOB", i64::from(libc::MSG_OOB))
        .constant("MSG_PEEK", i64::from(libc::MSG_PEEK))
        .constant("MSG_DONTWAIT", i64::from(libc::MSG_DONTWAIT))
        .constant("MSG_WAITALL", i64::from(libc::MSG_WAITALL))
        .constant("SHUT_RDWR", i64::from(libc::SHUT_RDWR))
        .constant("SHUT_RD", i64::from(libc::SHUT_RD))
        .constant("SHUT_WR", i64::from(libc::SHUT_WR))
        .slot(&ERR_CODE, "public $errCode = 0")
        .slot(&SOCK, "public $sock = -1")
        .property("public $reuse = false")
        .property("public $reuseCount = 0")
        .slot(&TYPE, "public $type = 0")
        .slot(&ID, "public $id = null")
        .slot(&SETTING, "public $setting = null")
        .method("__construct(int $type, bool $async = SWOOLE_SOCK_SYNC, string $id = \"\")", construct)
        .method("__destruct()", |_: &mut Call<'_>| Ok(()))
        .method("set(array $settings): bool", set)
        .method(
            "connect(string $host, int $port = 0, float $timeout = 0.5, int $sock_flag = 0): bool",
            connect,
        )
        .method("recv(int $size = 65536, int $flag = 0): string|false", recv)
        .method("send(string $data, int $flag = 0): int|false", send)
        .method("sendfile(string $filename, int $offset = 0, int $length = 0): bool", send_file)
        .method("sendto(string $ip, int $port, string $data): bool", send_to)
        .method("shutdown(int $how): bool", shutdown)
        .method("enableSSL(?callable $onSslReady = null): bool", no_tls)
        .method("getPeerCert(): string|bool", no_tls)
        .method("verifyPeerCert(): bool", no_tls)
        .method("isConnected(): bool", |client: &Client, _: &mut Call<'_>| Ok(client.connected.get()))
        .method("getsockname(): array|false", local_name)
        .method("getpeername(): array|false", peer_name)
        .method("close(bool $force = false): bool", close)
        .register();
}

fn construct(client: &Client, call: &mut Call<'_>) -> Result {
    let kind: i64 = call.arg()?;
    let asynchronous: bool = call.arg_or(false)?;
    let id: Option<&Str> = call.opt()?;
    if asynchronous {
        return Err(error::fatal("please use Swoole\\Async\\Client or Swoole\\Coroutine\\Client"));
    }
    if family_of(kind).is_none() {
        return Err(error::fatal(format_args!("unknown client type {kind}")));
    }
    client.kind.set(kind);
    call.this().set(&TYPE, kind);
    if let Some(id) = id {
        call.this().set(&ID, id);
    }
    Ok(())
}

fn set(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let settings: &Array = call.arg()?;
    let this = call.this();
    let mut all = this.get(&SETTING).as_array().cloned().unwrap_or_default();
    for (key, value) in settings.iter() {
        all.set_key(&key, value);
    }
    this.set(&SETTING, all);
    let line = client.line.borrow().clone();
    line.map_or(Ok(true), |line| obey(&line, settings))
}

/// A fresh socket of the client's type, set up as the options say.
fn open(client: &Client, this: &Object, timeout: f64) -> Outcome<Rc<Line>> {
    if client.kind.get() & SOCK_SSL != 0 {
        return Err(Trouble::Failed(ErrorCode::OPERATION_NOT_SUPPORT));
    }
    let (domain, kind) = family_of(client.kind.get()).ok_or(Errno::EINVAL)?;
    let line = Rc::new(Line::blocking(Socket::open(domain, kind, 0)?));
    for kept in [&line.times.connect, &line.times.read, &line.times.write] {
        kept.set(timeout);
    }
    let settings = this.get(&SETTING).as_array().cloned().unwrap_or_default();
    if !obey(&line, &settings)? {
        return Err(Trouble::Failed(ErrorCode::INVALID_PARAMS));
    }
    bind_as_told(&line, &settings)?;
    this.set(&SOCK, line.socket()?.number());
    client.line.replace(Some(Rc::clone(&line)));
    Ok(line)
}

fn connect(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let host: &Str = call.arg()?;
    let port: i64 = call.arg_or(0)?;
    let timeout: f64 = call.arg_or(TIMEOUT_SECS)?;
    let this = call.this();
    if host.is_empty() {
        return fail(this, ErrorCode::INVALID_PARAMS, "The host is empty");
    }
    if client.connected.get() {
        return fail(
            this,
            ErrorCode::new(Errno::EISCONN as i32),
            "connection to the server has already been established",
        );
    }
    forget(client, this);
    let outcome = open(client, this, timeout).and_then(|line| {
        let name = line.name_of(host, port, timeout)?;
        line.connect(&name, until(0.0, &line.times.connect))
    });
    match outcome {
        Ok(()) => {
            client.connected.set(true);
            this.set(&ERR_CODE, 0);
            Ok(Value::from(true))
        }
        Err(Trouble::Thrown(thrown)) => Err(thrown),
        Err(Trouble::Failed(code)) => {
            forget(client, this);
            let text = format!("connect to server[{host}:{port}] failed, Error: {code}[{}]", code.code());
            fail(this, code, &text)
        }
    }
}

fn fail(this: &Object, code: ErrorCode, text: &str) -> Result<Value> {
    this.set(&ERR_CODE, code.code());
    warn_with(code, text);
    Ok(Value::from(false))
}

/// What a call on a connected client gives; a warning and false, with `errCode` set, when it failed.
fn with_line<T: IntoValue>(
    client: &Client,
    call: &Call<'_>,
    name: &str,
    work: impl FnOnce(&Line) -> Outcome<T>,
) -> Result<Value> {
    let line = client.line.borrow().clone();
    let this = call.this();
    let Some(line) = line else {
        return fail(this, ErrorCode::CLIENT_NO_CONNECTION, "client is not connected to server");
    };
    match work(&line) {
        Ok(value) => {
            this.set(&ERR_CODE, 0);
            Ok(value.into_value())
        }
        Err(Trouble::Thrown(thrown)) => Err(thrown),
        Err(Trouble::Failed(code)) => {
            fail(this, code, &format!("{name}() failed, Error: {code}[{}]", code.code()))
        }
    }
}

fn recv(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let (size, flags): (i64, i64) = (call.arg_or(65_536)?, call.arg_or(0)?);
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return fail(call.this(), ErrorCode::INVALID_PARAMS, "the size must be greater than 0");
    };
    let has = |flag: libc::c_int| flags & i64::from(flag) != 0;
    with_line(client, call, "recv", |line| {
        let until = until(0.0, &line.times.read);
        if line.has_packets() {
            line.recv_packet(until)
        } else if has(libc::MSG_PEEK) {
            line.peek_when_ready(size, until)
        } else if has(libc::MSG_DONTWAIT) {
            Ok(line.recv_now(size)?)
        } else if has(libc::MSG_WAITALL) {
            line.recv_all(size, until)
        } else {
            line.recv(size, until)
        }
    })
}

fn send(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let data: &[u8] = call.arg()?;
    if data.is_empty() {
        return fail(call.this(), ErrorCode::INVALID_PARAMS, "data to send is empty");
    }
    with_line(client, call, "send", |line| line.send_all(data, until(0.0, &line.times.write)))
}

fn send_file(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let path: &[u8] = call.arg()?;
    let (offset, length): (i64, i64) = (call.arg_or(0)?, call.arg_or(0)?);
    with_line(client, call, "sendfile", |line| {
        let offset = u64::try_from(offset).map_err(|_| Errno::EINVAL)?;
        let length = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
        line.send_file(path, offset, length).map(|()| true)
    })
}

/// Datagrams need no connection.
fn send_to(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let (host, port): (&Str, i64) = (call.arg()?, call.arg()?);
    let data: &[u8] = call.arg()?;
    let datagrams = family_of(client.kind.get()).is_some_and(|(_, kind)| kind == libc::SOCK_DGRAM);
    if datagrams && client.line.borrow().is_none() {
        match open(client, call.this(), TIMEOUT_SECS) {
            Ok(_) => {}
            Err(Trouble::Thrown(thrown)) => return Err(thrown),
            Err(Trouble::Failed(code)) => return fail(call.this(), code, &format!("no socket: {code}")),
        }
    }
    with_line(client, call, "sendto", |line| {
        let name = line.name_of(host, port, line.times.connect.get())?;
        line.send_to(data, &name).map(|_| true)
    })
}

fn shutdown(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let how: i64 = call.arg()?;
    with_line(client, call, "shutdown", |line| {
        let how = direction(how)?;
        Ok(line.socket()?.shutdown(how).map(|()| true)?)
    })
}

fn no_tls(_: &Client, call: &mut Call<'_>) -> Result<Value> {
    fail(call.this(), ErrorCode::OPERATION_NOT_SUPPORT, "TLS is not supported by this class")
}

fn local_name(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, "getsockname", |line| Ok(host_and_port(&line.socket()?.local_name()?)))
}

fn peer_name(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    with_line(client, call, "getpeername", |line| Ok(host_and_port(&line.socket()?.peer_name()?)))
}

fn close(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let this = call.this();
    if client.line.borrow().is_none() {
        return fail(this, ErrorCode::CLIENT_NO_CONNECTION, "client is not connected to server");
    }
    forget(client, this);
    Ok(Value::from(true))
}

/// Lets go of the socket.
fn forget(client: &Client, this: &Object) {
    let line = client.line.take();
    drop(line);
    client.connected.set(false);
    this.set(&SOCK, -1);
}

/// `SWOOLE_SSL`.
const SOCK_SSL: i64 = 512;
/// How long a connect, and then each transfer, takes unless told otherwise.
const TIMEOUT_SECS: f64 = 0.5;
