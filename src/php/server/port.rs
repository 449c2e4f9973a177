//! `Swoole\Server\Port`: a listening address with its own callbacks and settings.

use std::cell::{Cell, RefCell};
use std::os::fd::AsFd;
use std::rc::Rc;

use super::event::{Callbacks, Event, PORT_EVENTS};
use super::{Server, options};
use crate::net::socket::Socket;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::settings::Settings;
use crate::zend::descriptor::{self, Descriptor};
use crate::zend::{
    Array, Call, Callback, Class, Gc, IntoValue, Native, Object, Result, Slot, Str, Value, error,
};

/// The class.
pub static PORT: Class<Port> = Class::native("Swoole\\Server\\Port");

pub static HOST: Slot = Slot::new();
pub static NUMBER: Slot = Slot::new();
pub static TYPE: Slot = Slot::new();
pub static SOCK: Slot = Slot::new();
pub static SETTING: Slot = Slot::new();
pub static CONNECTIONS: Slot = Slot::new();
static CALLBACKS: [Slot; PORT_EVENTS.len()] = [const { Slot::new() }; PORT_EVENTS.len()];

/// What a port is made of.
#[derive(Debug, Default)]
pub struct Port {
    /// Its number among the ports of its server, from 0.
    number: usize,
    pub callbacks: Callbacks,
    /// `package_length_func`.
    pub measure: RefCell<Option<Callback>>,
    /// Those of the server it belongs to; nothing can be set without one.
    settings: Option<Rc<RefCell<Settings>>>,
    running: Rc<Cell<bool>>,
}

impl Native for Port {
    fn class() -> &'static Class<Self> {
        &PORT
    }

    fn create() -> Self {
        Self::default()
    }

    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        gc.add(&self.callbacks);
        gc.add(&self.measure);
    }
}

/// Defines the class.
pub fn register() {
    let mut class = PORT
        .define()
        .slot(&HOST, "public $host = null")
        .slot(&NUMBER, "public $port = 0")
        .slot(&TYPE, "public $type = 0")
        .slot(&SOCK, "public $sock = -1")
        .property("public $ssl = false")
        .slot(&SETTING, "public $setting = null")
        .slot(&CONNECTIONS, "public $connections = null");
    for (slot, (_, _, declaration)) in CALLBACKS.iter().zip(PORT_EVENTS) {
        class = class.slot(slot, declaration);
    }
    class
        .deny_unset()
        .method("private __construct()", construct)
        .method("__destruct()", destruct)
        .method("set(array $settings): void", set)
        .method("on(string $event_name, callable $callback): bool", on)
        .method("getCallback(string $event_name): ?Closure", callback)
        .method("getSocket(): Socket|false", socket)
        .register();
}

impl Port {
    /// The port of this number of a server.
    pub fn new(server: &Server, number: usize) -> Self {
        let (settings, running) = (Some(Rc::clone(&server.settings)), Rc::clone(&server.running));
        Self { number, settings, running, ..Self::default() }
    }

    /// `on()` of the port, and of the server for events that belong to its first port.
    pub fn on(&self, object: &Object, name: &[u8], callable: &Value) -> Result<bool> {
        let Some(event) = Event::named(name).filter(|event| event.is_of_port()) else {
            let name = String::from_utf8_lossy(name);
            error::warning_as("Swoole\\Server\\Port::on()", format_args!("unknown event types[{name}]"));
            last_error::set(ErrorCode::PHP_RUNTIME_NOTICE);
            return Ok(false);
        };
        let Some(callback) = resolve(callable) else { return Ok(false) };
        object.set(&CALLBACKS[event as usize - Event::Connect as usize], callable.clone());
        self.callbacks.set(event, callback);
        Ok(true)
    }
}

/// The callback of `on()`, or a warning.
pub fn resolve(callable: &Value) -> Option<Callback> {
    if let Ok(callback) = Callback::resolve(callable) {
        return Some(callback);
    }
    let name = callable.callable_name();
    error::warning_as(
        "Swoole\\Server\\Port::on()",
        format_args!("function '{}' is not callable", name.to_text()),
    );
    last_error::set(ErrorCode::PHP_FATAL_ERROR);
    None
}

/// Keeps the callable of `package_length_func`, if there is one among the options; the settings know only that there is.
pub fn keep_measure(port: &Object, array: &Array) {
    let measure = array.get("package_length_func").and_then(|callable| Callback::resolve(&callable).ok());
    if let Some(port) = port.state::<Port>()
        && measure.is_some()
    {
        // Dropped after the borrow has ended: its destructor may run PHP.
        let old = port.measure.replace(measure);
        drop(old);
    }
}

fn construct(_call: &mut Call<'_>) -> Result {
    Err(error::error("please use the Swoole\\Server->listen method"))
}

fn destruct(_call: &mut Call<'_>) -> Result {
    Ok(())
}

fn set(port: &Port, call: &mut Call<'_>) -> Result {
    let array: &Array = call.arg()?;
    let Some(settings) = &port.settings else { return Ok(()) };
    if port.running.get() {
        error::warning("server is running, unable to execute Swoole\\Server\\Port->set");
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(());
    }
    let given = options::read(array);
    let complaints = settings.borrow_mut().port_mut(port.number).set(&given);
    options::merge(call.this(), &SETTING, array);
    keep_measure(call.this(), array);
    options::report(&complaints).map(drop)
}

fn on(port: &Port, call: &mut Call<'_>) -> Result<bool> {
    let name: &[u8] = call.arg()?;
    let callable: &Value = call.arg()?;
    if port.running.get() {
        error::warning("server is running, unable to register event callback function");
        return Ok(false);
    }
    port.on(call.this(), name, callable)
}

fn socket(_port: &Port, call: &mut Call<'_>) -> Result<Value> {
    socket_of(call.this())
}

/// The socket of a port as ext-sockets knows it.
pub fn socket_of(port: &Object) -> Result<Value> {
    let opened = Descriptor::of(&port.get(&SOCK)).and_then(|socket| Socket::adopt(socket.file).ok());
    let Some(socket) = opened else { return Ok(false.into_value()) };
    let made = descriptor::php_socket(socket.descriptor().as_fd(), socket.domain(), socket.kind())?;
    if made.is_none() {
        error::warning("the extension sockets is not loaded");
        last_error::set(ErrorCode::OPERATION_NOT_SUPPORT);
    }
    Ok(Value::or_false(made))
}

fn callback(port: &Port, call: &mut Call<'_>) -> Result<Value> {
    let name: Str = call.arg()?;
    let found = Event::named(name.as_bytes()).and_then(|event| port.callbacks.of(event));
    Ok(found.map_or_else(Value::default, |callback| callback.value().clone()))
}
