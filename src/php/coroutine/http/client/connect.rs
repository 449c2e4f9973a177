//! The connection: making it, keeping it for one user at a time, waiting for it.

use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::ClientConfig;

use super::settings::Settings;
use super::{CONNECT_FAILED, CONNECTED, Client, HOST, SSL, fail};
use crate::client::{Failure, Link};
use crate::coroutine::{Cid, Wake};
use crate::net::dial::{DialError, dial};
use crate::net::tls::client as tls;
use crate::php::coroutine::{after_wait, deadline, inside};
use crate::php::errors::warn;
use crate::server::error::ErrorCode;
use crate::server::log::{LOG, Level};
use crate::zend::{Array, Call, Object, Result, Value, error, world};

/// Why a wait brought nothing.
#[derive(Debug)]
pub enum Missed {
    Failure(Failure),
    Timeout,
    Canceled,
}

impl Missed {
    /// The code that a script finds in `$errCode`.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Timeout => ErrorCode::new(nix::libc::ETIMEDOUT),
            Self::Canceled => ErrorCode::new(nix::libc::ECANCELED),
            Self::Failure(failure) => match failure {
                Failure::Dial(DialError::Name(_)) => ErrorCode::DNSLOOKUP_RESOLVE_FAILED,
                Failure::Tls(error) if tls::is_distrust(error) => ErrorCode::SSL_VERIFY_FAILED,
                Failure::Tls(_) => ErrorCode::SSL_HANDSHAKE_FAILED,
                Failure::Dial(DialError::Connect(error)) | Failure::Io(error) => code_of(error),
                Failure::Closed | Failure::Cut => ErrorCode::new(nix::libc::ECONNRESET),
                Failure::Http(crate::protocol::http::HttpError::BodyTooLarge) => {
                    ErrorCode::PACKAGE_LENGTH_TOO_LARGE
                }
                Failure::Http(_) => ErrorCode::HTTP_INVALID_PROTOCOL,
                Failure::Request(_) => ErrorCode::INVALID_PARAMS,
                Failure::Handshake(_) => ErrorCode::WEBSOCKET_HANDSHAKE_FAILED,
            },
        }
    }
}

/// The code of an I/O error; those that tokio makes by itself have no `errno`.
fn code_of(error: &io::Error) -> ErrorCode {
    match (error.raw_os_error(), error.kind()) {
        (None, io::ErrorKind::BrokenPipe | io::ErrorKind::WriteZero) => ErrorCode::new(nix::libc::EPIPE),
        (None, io::ErrorKind::UnexpectedEof) => ErrorCode::new(nix::libc::ECONNRESET),
        _ => ErrorCode::from(error),
    }
}

/// Waits for a task until a deadline of [`deadline`]. The outer error is a pending exception.
pub fn wait<T: 'static>(
    task: impl Future<Output = std::result::Result<T, Failure>> + 'static,
    until: Option<u64>,
) -> Result<std::result::Result<T, Missed>> {
    let outcome = world::await_task(task, until)
        .map_err(|problem| error::error(format_args!("no event loop: {problem}")))?;
    match outcome {
        Ok(result) => {
            world::settle()?;
            Ok(result.map_err(Missed::Failure))
        }
        Err(wake) => Ok(Err(match after_wait(wake)? {
            Wake::Timeout => Missed::Timeout,
            _ => Missed::Canceled,
        })),
    }
}

/// Says that a coroutine uses one direction of the connection, as long as this lives.
#[derive(Debug)]
pub struct Bound<'a>(&'a Cell<Option<Cid>>);

impl Drop for Bound<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

impl Client {
    /// For this coroutine alone to read. A fatal error when another one waits.
    pub fn bind_reading(&self) -> Result<Bound<'_>> {
        self.bind(&self.reading, "reading")
    }

    /// The same for writing.
    pub fn bind_writing(&self) -> Result<Bound<'_>> {
        self.bind(&self.writing, "writing")
    }

    fn bind<'a>(&self, direction: &'a Cell<Option<Cid>>, verb: &str) -> Result<Bound<'a>> {
        let own = inside()?;
        if let Some(other) = direction.get() {
            let socket = self.link.borrow().as_ref().map_or(-1, |link| link.descriptor());
            return Err(error::fatal(format_args!(
                "Socket#{socket} has already been bound to another coroutine#{}, {verb} of the same socket in \
                 coroutine#{} at the same time is not allowed",
                other.0, own.0
            )));
        }
        direction.set(Some(own));
        Ok(Bound(direction))
    }

    /// The connection if it can carry another request; else it is let go of.
    pub fn idle_link(&self, this: &Object) -> Option<Rc<Link>> {
        let link = self.link.borrow().clone()?;
        if self.conversation.borrow().is_none() && link.is_idle() {
            return Some(link);
        }
        self.hang_up(this);
        None
    }

    /// Makes a connection. None: the properties say why there is none.
    pub fn connect(&self, this: &Object, settings: &Settings) -> Result<Option<Rc<Link>>> {
        let Some(peer) = self.peer.borrow().clone() else {
            fail(this, ErrorCode::INVALID_PARAMS, Some(CONNECT_FAILED));
            return Ok(None);
        };
        let tls = match this.get(&SSL).to_bool().then(|| self.tls(settings)).transpose() {
            Ok(config) => config,
            Err(error) => {
                warn(error);
                fail(this, ErrorCode::SSL_CREATE_CONTEXT_FAILED, Some(CONNECT_FAILED));
                return Ok(None);
            }
        };
        let name = match settings.text("ssl_host_name") {
            Some(name) => name,
            None => this.get(&HOST).to_str()?.to_text().into_owned(),
        };
        let mut tries = 1 + settings.max_retries();
        loop {
            let (peer, from, tls, name) = (peer.clone(), settings.bind_address(), tls.clone(), name.clone());
            let dialed = async move {
                let stream = dial(&peer, from).await?;
                Ok(match tls {
                    None => Link::new(stream),
                    Some(config) => {
                        Link::new(tls::connect(config, &name, stream).await.map_err(Failure::Tls)?)
                    }
                })
            };
            match wait(dialed, deadline(settings.connect_timeout()))? {
                Ok(link) => {
                    let link = Rc::new(link);
                    self.link.replace(Some(Rc::clone(&link)));
                    this.set(&CONNECTED, true);
                    return Ok(Some(link));
                }
                Err(Missed::Failure(_) | Missed::Timeout) if tries > 1 => tries -= 1,
                Err(missed) => {
                    if let Missed::Failure(Failure::Tls(error)) = &missed {
                        LOG.write_at(
                            Level::Warning,
                            "Client::connect",
                            Some(missed.code()),
                            &error.to_string(),
                        );
                    }
                    fail(this, missed.code(), Some(CONNECT_FAILED));
                    return Ok(None);
                }
            }
        }
    }

    fn tls(&self, settings: &Settings) -> std::result::Result<Arc<ClientConfig>, tls::OptionsError> {
        let options = settings.tls();
        if let Some((made_for, config)) = &*self.tls.borrow()
            && *made_for == options
        {
            return Ok(Arc::clone(config));
        }
        let config = tls::configure(&options)?;
        self.tls.replace(Some((options, Arc::clone(&config))));
        Ok(config)
    }
}

pub fn peer_name(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    name(client, call.this(), Link::peer_address)
}

pub fn own_name(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    name(client, call.this(), Link::own_address)
}

fn name(client: &Client, this: &Object, ask: fn(&Link) -> Option<socket2::SockAddr>) -> Result<Value> {
    let Some(address) = client.link.borrow().as_deref().and_then(ask) else {
        fail(this, ErrorCode::CLIENT_NO_CONNECTION, None);
        return Ok(Value::from(false));
    };
    let mut name = Array::new();
    match address.as_socket() {
        Some(address) => {
            name.set("address", address.ip().to_string());
            name.set("port", address.port());
        }
        None => {
            let path = address.as_pathname().map(|path| path.to_string_lossy().into_owned());
            name.set("address", path.unwrap_or_default());
            name.set("port", 0);
        }
    }
    Ok(Value::from(name))
}

pub fn peer_certificate(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let Some(certificate) = client.link.borrow().as_deref().and_then(Link::peer_certificate) else {
        fail(call.this(), ErrorCode::SSL_EMPTY_PEER_CERTIFICATE, None);
        return Ok(Value::from(false));
    };
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in STANDARD.encode(certificate).as_bytes().chunks(PEM_LINE) {
        pem.extend(line.iter().map(|&byte| char::from(byte)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    Ok(Value::from(pem))
}

/// RFC 7468, 2: "Generators MUST wrap the base64-encoded lines so that each line consists of exactly 64 characters".
const PEM_LINE: usize = 64;
