//! The callbacks of every port, as they stand when the server starts. What a port has not, it has from the first.

use crate::php::server::Server;
use crate::php::server::event::Event;
use crate::protocol::framing::FramingError;
use crate::serve::{Protocol, Worker};
use crate::server::session::{Closed, SessionId};
use crate::zend::{Callback, Value};

/// The ports of a server, by their numbers.
#[derive(Debug)]
pub struct Doors(Vec<Door>);

/// What a port calls.
#[derive(Debug, Default)]
pub struct Door {
    /// By event; `on()` is refused from now on.
    callbacks: Vec<Option<Callback>>,
    /// Finds the lengths of packages.
    pub measure: Option<Callback>,
    /// Whether `onBeforeHandshakeResponse` takes the request and the response only, as documented.
    pub short_handshake: bool,
    /// The port's own number, as clients know it.
    pub server_port: u16,
}

impl Doors {
    pub fn new(server: &Server) -> Self {
        Self(server.port_numbers().zip(0..).map(|(port, number)| Door::new(server, port, number)).collect())
    }

    /// The first port, which also has the callbacks of the whole server.
    #[inline]
    pub fn first(&self) -> &Door {
        &self.0[0]
    }

    /// The port of this number.
    pub fn at(&self, number: u8) -> &Door {
        self.0.get(usize::from(number)).unwrap_or(self.first())
    }

    /// Where a session came in.
    #[inline]
    pub fn of(&self, worker: &Worker, session: SessionId) -> &Door {
        if self.0.len() == 1 { self.first() } else { self.at(worker.port_of(session)) }
    }
}

impl Door {
    fn new(server: &Server, server_port: u16, number: usize) -> Self {
        let of = |event: Event| match event.is_of_port() {
            true => server.port_callback(number, event),
            false => server.callback(event),
        };
        let short_handshake = of(Event::BeforeHandshakeResponse).as_ref().is_some_and(takes_request_first);
        let ordered = server.unordered().is_none();
        let kept = |event: &Event| ordered || !event.needs_order();
        let callbacks = Event::all().map(|event| Some(event).filter(kept).and_then(of)).collect();
        Self { callbacks, measure: server.measure(number), short_handshake, server_port }
    }

    #[inline]
    pub fn callback(&self, event: Event) -> Option<&Callback> {
        self.callbacks[event as usize].as_ref()
    }

    pub fn has(&self, event: Event) -> bool {
        self.callback(event).is_some()
    }

    /// The event that the end of a session is.
    pub fn ending(&self, worker: &Worker, session: SessionId, closed: &Closed) -> Event {
        let lost = !closed.websocket && self.has(Event::Disconnect);
        if lost && worker.port(session).protocol == Protocol::WebSocket {
            Event::Disconnect
        } else {
            Event::Close
        }
    }
}

/// What a script's function says about the length of a package: 0 waits for more bytes, what is negative ends the
/// connection.
pub fn length_of(said: &Value) -> Result<Option<u64>, FramingError> {
    match said.to_long() {
        0 => Ok(None),
        length => u64::try_from(length).map(Some).map_err(|_| FramingError::Malformed),
    }
}

/// The hook is documented with two parameters, given three by 6.2.1. One look at the callable decides.
fn takes_request_first(hook: &Callback) -> bool {
    hook.parameter_count() == Some(2)
        || hook.parameter_class(0).is_some_and(|class| class.eq_ignore_ascii_case("Swoole\\Http\\Request"))
}
