//! What a script does before `start()`: construct, `set`, `on`, `listen`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;

use super::event::Event;
use super::port::{self, Port};
use super::{CONNECTIONS, HOST, MODE, PORT, PORTS, SETTING, TYPE, options, show_callback};
use super::{Phase, SERVER, Server, start};
use crate::net::bind::{Address, Bound};
use crate::php::connection_iterator;
use crate::php::errors;
use crate::php::exceptions::EXCEPTION;
use crate::php::http::server::HTTP_SERVER;
use crate::php::websocket::server::WEBSOCKET_SERVER;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::LOG;
use crate::server::settings::Mode;
use crate::zend::class::ClassBuilder;
use crate::zend::{Array, Call, ClassEntry, IntoValue, Object, Result, Value, error, world};

const MODE_BASE: i64 = 1;
const MODE_PROCESS: i64 = 2;
pub const SOCK_TCP: i64 = 1;
pub const SOCK_TCP6: i64 = 3;
pub const SOCK_UNIX_STREAM: i64 = 5;
const SOCK_SSL: i64 = 512;

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class
        .method(
            "__construct(string $host = \"0.0.0.0\", int $port = 0, int $mode = SWOOLE_BASE, int $sock_type = SWOOLE_SOCK_TCP)",
            construct,
        )
        .method("__destruct()", destruct)
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
    let kind: i64 = call.arg_or(SOCK_TCP)?;
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
    let host = String::from_utf8_lossy(host).into_owned();
    let bound = listen_on(&host, number, kind)?;

    *server.settings.borrow_mut() = options::initial(parsed_mode);
    open_protocols(server, this);
    this.set(&HOST, host.as_str());
    this.set(&PORT, if number == 0 { i64::from(bound.port()) } else { number });
    this.set(&TYPE, kind);
    this.set(&MODE, mode);
    this.set(&SETTING, Array::new());
    let iterator = connection_iterator::create().into_value();
    this.set(&CONNECTIONS, iterator.clone());
    let first = first_port(server, this, iterator);
    let mut ports = Array::new();
    ports.push(first.clone());
    this.set(&PORTS, ports);
    let old = server.port.borrow_mut().replace(first);
    drop(old);
    *server.bound.borrow_mut() = Some(bound);
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

fn first_port(server: &Server, this: &Object, connections: Value) -> Object {
    let port = Object::of(Port {
        settings: std::cell::RefCell::new(Some(Rc::clone(&server.settings))),
        running: Rc::clone(&server.running),
        ..Port::default()
    });
    port.set(&port::HOST, this.get(&HOST));
    port.set(&port::NUMBER, this.get(&PORT));
    port.set(&port::TYPE, this.get(&TYPE));
    port.set(&port::CONNECTIONS, connections);
    port
}

fn listen_on(host: &str, number: i64, kind: i64) -> Result<Bound> {
    let failed = |detail: &str, code: i32| {
        let text = format!("failed to listen server port[{host}:{number}], Error: {detail}[{code}]");
        error::throw(&EXCEPTION, text, i64::from(code))
    };
    if !(0..=i64::from(u16::MAX)).contains(&number) {
        let code = ErrorCode::SERVER_INVALID_LISTEN_PORT;
        last_error::set(code);
        return Err(failed("Server invalid listen port", code.code()));
    }
    let address = match kind & !SOCK_SSL {
        SOCK_UNIX_STREAM => Address::Unix(PathBuf::from(host)),
        SOCK_TCP | SOCK_TCP6 => match host.parse::<IpAddr>() {
            // The range was checked above.
            Ok(ip) => Address::Inet(SocketAddr::new(ip, u16::try_from(number).unwrap_or_default())),
            Err(_) => match resolve(host, number) {
                Some(address) => Address::Inet(address),
                None => return Err(failed("invalid address", ErrorCode::BAD_HOST_ADDR.code())),
            },
        },
        _ => return Err(failed("socket type not supported", ErrorCode::BAD_SOCKET_TYPE.code())),
    };
    Bound::bind(&address).map_err(|cause| {
        let code = ErrorCode::from(&cause);
        last_error::set(code);
        failed(&crate::server::error::strerror(code.code()), code.code())
    })
}

fn resolve(host: &str, number: i64) -> Option<SocketAddr> {
    use std::net::ToSocketAddrs;
    (host, u16::try_from(number).ok()?).to_socket_addrs().ok()?.next()
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
    let Some(first) = server.port.borrow().clone() else { return Err(unconstructed()) };
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
    let (log, displayed, coroutines_max) = {
        let global = &server.settings.borrow().global;
        (global.log.clone(), global.display_errors, global.max_coroutine as usize)
    };
    LOG.configure(log);
    if displayed.is_some() {
        errors::set_displayed(displayed);
    }
    if given.iter().any(|(name, _)| name == "max_coroutine" || name == "max_coro_num") {
        world::scheduler().set_limit(coroutines_max);
    }
    let accepted = options::report(&complaints)?;
    options::merge(call.this(), &SETTING, array);
    Ok(accepted)
}

/// A subclass whose constructor did not call ours.
pub fn unconstructed() -> error::Thrown {
    error::error("the server has no port: parent::__construct() was not called")
}
