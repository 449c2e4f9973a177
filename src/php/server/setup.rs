//! What a script does before `start()`: construct, `set`, `on`, `listen`.

use std::os::fd::AsRawFd;

use super::event::Event;
use super::listen::{self, Opened, Refused};
use super::port::{self, Port};
use super::{CONNECTIONS, HOST, MODE, PORT, PORTS, SETTING, TYPE, options, show_callback};
use super::{Phase, SERVER, Server, start};
use crate::php::connection_iterator;
use crate::php::coroutine;
use crate::php::errors;
use crate::php::exceptions::EXCEPTION;
use crate::php::http::server::HTTP_SERVER;
use crate::php::websocket::server::WEBSOCKET_SERVER;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::server::settings::{Mode, PortSettings, SocketKind};
use crate::zend::class::ClassBuilder;
use crate::zend::{Array, Call, ClassEntry, IntoValue, Object, Result, Value, error};

const MODE_BASE: i64 = 1;
const MODE_PROCESS: i64 = 2;
/// The number of a port is a byte in the table of sessions.
pub const PORTS_MAX: usize = 256;

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class
        .method(
            "__construct(string $host = \"0.0.0.0\", int $port = 0, int $mode = SWOOLE_BASE, int $sock_type = SWOOLE_SOCK_TCP)",
            construct,
        )
        .method("__destruct()", destruct)
        .method("listen(string $host, int $port, int $sock_type): Swoole\\Server\\Port|false", add_listener)
        .method("addlistener(string $host, int $port, int $sock_type): Swoole\\Server\\Port|false", add_listener)
        .method("getSocket(int $port = 0): Socket|false", socket)
        .method("on(string $event_name, callable $callback): bool", on)
        .method("getCallback(string $event_name): Closure|array|string|null", callback)
        .method("set(array $settings): bool", set)
        .method("start(): bool", start::start)
}

fn construct(server: &Server, call: &mut Call<'_>) -> Result {
    if call.count() == 0 {
        let text = format!("{}::__construct() expects at least 1 argument, 0 given", SERVER.name());
        return Err(error::throw(ClassEntry::argument_count_error(), text, 0));
    }
    let host: &[u8] = call.arg_or(b"0.0.0.0".as_slice())?;
    let number: i64 = call.arg_or(0)?;
    let mode: i64 = call.arg_or(MODE_BASE)?;
    let kind: i64 = call.arg_or(SocketKind::Tcp.number())?;
    let this = call.this();
    let class = this.class().name();
    if start::is_any_running() {
        let text = format!("server is running. unable to create {class}");
        return Err(error::throw(&EXCEPTION, text, -3));
    }
    let parsed_mode = match mode {
        MODE_BASE => Mode::Base,
        MODE_PROCESS => Mode::Process,
        _ => {
            last_error::set(ErrorCode::INVALID_PARAMS);
            return Err(error::error(format_args!("invalid $mode parameters {mode}")));
        }
    };
    let opened = match listen::is_systemd(host, number) {
        true => listen::from_systemd(),
        false => listen::open(host, number, kind, &[]).map(|opened| vec![opened]),
    };
    let opened = opened.map_err(|refused| {
        last_error::set(refused.code);
        error::throw(&EXCEPTION, refused.to_string(), i64::from(refused.code.code()))
    })?;

    *server.settings.borrow_mut() = options::initial(parsed_mode);
    open_protocols(server, this);
    let old = (server.ports.take(), server.bound.take());
    drop(old);
    this.set(&HOST, host);
    this.set(&TYPE, kind);
    this.set(&MODE, mode);
    this.set(&SETTING, Array::new());
    this.set(&CONNECTIONS, connection_iterator::create(None));
    for opened in opened {
        add_port(server, this, opened);
    }
    let first = server.ports.borrow().first().cloned();
    this.set(&PORT, first.map_or(0, |port| port.get(&port::NUMBER).to_long()));
    Ok(())
}

fn destruct(_server: &Server, _call: &mut Call<'_>) -> Result {
    Ok(())
}

/// What the class speaks: a WebSocket server also speaks HTTP, a plain one neither.
fn open_protocols(server: &Server, this: &Object) {
    let mut settings = server.settings.borrow_mut();
    settings.port.websocket.open = this.is(&WEBSOCKET_SERVER);
    settings.port.socket.open_http = this.is(&HTTP_SERVER);
}

/// `listen()`: one more port.
fn add_listener(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let host: &[u8] = call.arg()?;
    let number: i64 = call.arg()?;
    let kind: i64 = call.arg()?;
    if server.phase.get() != Phase::Prepared {
        error::warning("server is running, cannot add listener");
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false.into_value());
    }
    if server.ports.borrow().is_empty() {
        return Err(unconstructed());
    }
    let opened = if server.ports.borrow().len() < PORTS_MAX {
        listen::open(host, number, kind, &server.bound.borrow())
    } else {
        Err(Refused::too_many(PORTS_MAX))
    };
    match opened {
        Ok(opened) => Ok(add_port(server, call.this(), opened).into_value()),
        Err(refused) => {
            LOG.write(Level::Warning, &refused.to_string());
            last_error::set(refused.code);
            Ok(false.into_value())
        }
    }
}

/// `getSocket()`: of the port with this number, the first one for 0.
fn socket(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let number: i64 = call.arg_or(0)?;
    let ports = server.ports.borrow().clone();
    let is_it = |port: &&Object| number == 0 || port.get(&port::NUMBER).to_long() == number;
    ports.iter().find(is_it).map_or_else(|| Ok(false.into_value()), port::socket_of)
}

/// Makes the object of a port, the first or a further one, and keeps its socket.
fn add_port(server: &Server, this: &Object, opened: Opened) -> Object {
    let Opened { bound, host, kind } = opened;
    let number = server.ports.borrow().len();
    if number > 0 {
        server.settings.borrow_mut().further.push(PortSettings::new());
    }
    server.settings.borrow_mut().port_mut(number).kind = bound.kind();
    let port = Object::of(Port::new(server, number));
    port.set(&port::HOST, host.as_slice());
    port.set(&port::NUMBER, bound.port());
    port.set(&port::TYPE, kind);
    port.set(&port::SOCK, bound.descriptors().next().map_or(-1, |socket| socket.as_raw_fd()));
    port.set(&port::CONNECTIONS, connection_iterator::create(u8::try_from(number).ok()));
    server.bound.borrow_mut().push(bound);
    server.ports.borrow_mut().push(port.clone());
    let mut ports = Array::new();
    server.ports.borrow().iter().for_each(|port| ports.push(port.clone()));
    this.set(&PORTS, ports);
    port
}

fn on(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let name: &[u8] = call.arg()?;
    let callable: &Value = call.arg()?;
    if server.phase.get() == Phase::Running {
        error::warning("server is running, unable to register event callback function");
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false);
    }
    if let Some(event) = Event::named(name).filter(|event| !event.is_of_port()) {
        let Some(callback) = port::resolve(callable) else { return Ok(false) };
        show_callback(call.this(), event, callable);
        server.callbacks.set(event, callback);
        return Ok(true);
    }
    let first = server.ports.borrow().first().cloned();
    let Some(first) = first else { return Err(unconstructed()) };
    let Some(state) = first.state::<Port>() else { return Ok(false) };
    state.on(&first, name, callable)
}

fn callback(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let name: &[u8] = call.arg()?;
    let found = Event::named(name).and_then(|event| server.callback(event));
    Ok(found.map_or_else(Value::null, |callback| callback.value().clone()))
}

fn set(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let array: &Array = call.arg()?;
    if server.phase.get() != Phase::Prepared {
        let class = call.this().class().name();
        error::warning(format_args!("server is running, unable to execute {class}->set"));
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false);
    }
    let given = options::read(array);
    let complaints = server.settings.borrow_mut().set(&given);
    let (log, displayed) = {
        let global = &server.settings.borrow().global;
        (global.log.clone(), global.display_errors)
    };
    LOG.configure(log);
    if displayed.is_some() {
        errors::set_displayed(displayed);
    }
    coroutine::options::apply_of_server(array);
    let accepted = options::report(&complaints)?;
    options::merge(call.this(), &SETTING, array);
    let first = server.ports.borrow().first().cloned();
    if let Some(first) = first {
        options::merge(&first, &port::SETTING, array);
        port::keep_measure(&first, array);
    }
    Ok(accepted)
}

/// A subclass whose constructor did not call ours.
pub fn unconstructed() -> error::Thrown {
    error::error("the server has no port: parent::__construct() was not called")
}
