//! The server's side of the opening handshake: decides, and writes the answer. The net layer calls [`check`] with a
//! parsed head; the connection it upgrades is `../connection.rs`.

use super::key::{accept_key, is_key};
use crate::protocol::extension::{self, DeflateConfig, DeflateParams};
use crate::protocol::http::write::{self, FieldError};
use crate::protocol::http::{BodyLength, RequestHead, Version};

/// What this server is willing to agree to.
#[derive(Clone, Debug, Default)]
pub struct HandshakeOptions {
    /// Supported subprotocols in their own spelling.
    pub subprotocols: Vec<String>,
    /// Origins that may connect, as browsers send them (`https://example.org`); `*` is any, a missing one too.
    /// `None`: origins are not looked at.
    pub allowed_origins: Option<Vec<String>>,
    /// What to agree to when permessage-deflate is offered. `None`: nothing.
    pub deflate: Option<DeflateConfig>,
}

/// The agreement. Write it with [`Accepted::write`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The value of `Sec-WebSocket-Accept`.
    pub accept_key: String,
    /// The chosen subprotocol in our spelling.
    pub subprotocol: Option<String>,
    /// The agreed compression and the `Sec-WebSocket-Extensions` value that says so.
    pub deflate: Option<(DeflateParams, String)>,
}

/// Why there is no agreement. Write it with [`Refusal::write`], then close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// Sent as the body.
    pub reason: &'static str,
    /// What the status asks for beside it.
    pub headers: &'static [(&'static str, &'static str)],
}

/// What the caller adds to an answer.
#[derive(Clone, Copy, Debug)]
pub struct Extras<'a> {
    /// Set by the application. Names that the handshake owns are left out, save that `Sec-WebSocket-Protocol`, `Server`
    /// and `Date` replace ours.
    pub headers: &'a [(&'a [u8], &'a [u8])],
    /// The `Server` header.
    pub server: &'a str,
    /// The `Date` header, from [`crate::protocol::http::date::imf_fixdate`].
    pub date: &'a [u8],
}

/// Whether a request asks for WebSocket; send it to [`check`] then, to the HTTP side otherwise.
pub fn is_upgrade(head: &RequestHead) -> bool {
    head.fields().has_token("upgrade", "websocket")
}

/// RFC 6455, 4.2.1: "If the server, while reading the handshake, finds that the client did not send a handshake that
/// matches the description below [...] the server MUST stop processing the client's handshake and return an HTTP
/// response with an appropriate error code".
pub fn check(head: &RequestHead, options: &HandshakeOptions) -> Result<Accepted, Refusal> {
    if head.method() != "GET" {
        return Err(Refusal::METHOD);
    }
    if head.version() != Version::Http11 {
        return Err(Refusal::HTTP_VERSION);
    }
    if head.host().is_none_or(<[u8]>::is_empty) {
        return Err(Refusal::HOST);
    }
    if !is_upgrade(head) {
        return Err(Refusal::UPGRADE);
    }
    if !head.fields().has_token("connection", "upgrade") {
        return Err(Refusal::CONNECTION);
    }
    if !matches!(head.body_length(), BodyLength::None | BodyLength::Length(0)) {
        return Err(Refusal::BODY);
    }
    check_version(head)?;
    let key = check_key(head)?;
    check_origin(head, options)?;
    let deflate = options
        .deflate
        .as_ref()
        .and_then(|config| extension::negotiate(head.headers("sec-websocket-extensions"), config));
    Ok(Accepted { accept_key: accept_key(key), subprotocol: choose_subprotocol(head, options), deflate })
}

/// RFC 6455, 4.4: "If the server doesn't support the requested version, it MUST respond with a |Sec-WebSocket-Version|
/// header field (or multiple |Sec-WebSocket-Version| header fields) containing all versions it is willing to use."
fn check_version(head: &RequestHead) -> Result<(), Refusal> {
    let mut versions = head.headers("sec-websocket-version");
    match (versions.next(), versions.next()) {
        (None, _) => Err(Refusal::NO_VERSION),
        (Some(b"13"), None) => Ok(()),
        _ => Err(Refusal::VERSION),
    }
}

/// RFC 6455, 11.3.1: "The |Sec-WebSocket-Key| header field MUST NOT appear more than once in an HTTP request."
fn check_key(head: &RequestHead) -> Result<&[u8], Refusal> {
    let mut keys = head.headers("sec-websocket-key");
    match (keys.next(), keys.next()) {
        (None, _) => Err(Refusal::NO_KEY),
        (Some(_), Some(_)) => Err(Refusal::SEVERAL_KEYS),
        (Some(key), None) if is_key(key) => Ok(key),
        (Some(_), None) => Err(Refusal::KEY),
    }
}

/// RFC 6455, 4.2.2: "If the server does not wish to accept this connection, it MUST return an appropriate HTTP error
/// code (e.g., 403 Forbidden) and abort the WebSocket handshake".
fn check_origin(head: &RequestHead, options: &HandshakeOptions) -> Result<(), Refusal> {
    let Some(allowed) = &options.allowed_origins else { return Ok(()) };
    if allowed.iter().any(|origin| origin == "*") {
        return Ok(());
    }
    let mut origins = head.headers("origin");
    match (origins.next(), origins.next()) {
        (Some(origin), None) if allowed.iter().any(|a| a.as_bytes().eq_ignore_ascii_case(origin)) => Ok(()),
        _ => Err(Refusal::ORIGIN),
    }
}

/// The first of the client's offers that we support: RFC 6455, 4.1 has them "ordered by preference".
fn choose_subprotocol(head: &RequestHead, options: &HandshakeOptions) -> Option<String> {
    head.fields()
        .list("sec-websocket-protocol")
        .find_map(|offer| options.subprotocols.iter().find(|p| p.as_bytes().eq_ignore_ascii_case(offer)))
        .cloned()
}

impl Accepted {
    /// Appends the 101 head; frames may follow it at once. On error nothing is appended.
    pub fn write(&self, out: &mut Vec<u8>, extras: &Extras<'_>) -> Result<(), FieldError> {
        let before = out.len();
        let result = self.write_head(out, extras);
        if result.is_err() {
            out.truncate(before);
        }
        result
    }

    /// The order is Swoole's.
    fn write_head(&self, out: &mut Vec<u8>, extras: &Extras<'_>) -> Result<(), FieldError> {
        write::status_line(out, Version::Http11, 101, None)?;
        write::field(out, b"Upgrade", b"websocket")?;
        write::field(out, b"Connection", b"Upgrade")?;
        write::field(out, b"Sec-WebSocket-Accept", self.accept_key.as_bytes())?;
        write::field(out, b"Sec-WebSocket-Version", b"13")?;
        if let Some(subprotocol) = &self.subprotocol
            && !extras.has("sec-websocket-protocol")
        {
            write::field(out, b"Sec-WebSocket-Protocol", subprotocol.as_bytes())?;
        }
        let (cookies, headers): (Vec<_>, Vec<_>) =
            extras.headers.iter().partition(|(name, _)| name.eq_ignore_ascii_case(b"set-cookie"));
        for (name, value) in headers.into_iter().filter(|(name, _)| !is_owned(name)) {
            write::field(out, name, value)?;
        }
        if let Some((_, agreed)) = &self.deflate {
            write::field(out, b"Sec-WebSocket-Extensions", agreed.as_bytes())?;
        }
        for (name, value) in cookies {
            write::field(out, name, value)?;
        }
        extras.write_server_and_date(out)?;
        write::end(out);
        Ok(())
    }
}

impl Refusal {
    /// Appends the whole response. The connection must be closed after it. Only `extras` can make it fail.
    pub fn write(&self, out: &mut Vec<u8>, extras: &Extras<'_>) -> Result<(), FieldError> {
        let before = out.len();
        let result = self.write_response(out, extras);
        if result.is_err() {
            out.truncate(before);
        }
        result
    }

    fn write_response(&self, out: &mut Vec<u8>, extras: &Extras<'_>) -> Result<(), FieldError> {
        write::status_line(out, Version::Http11, self.status, None)?;
        for (name, value) in self.headers {
            write::field(out, name.as_bytes(), value.as_bytes())?;
        }
        for (name, value) in extras.headers.iter().filter(|(name, _)| !is_owned(name)) {
            write::field(out, name, value)?;
        }
        extras.write_server_and_date(out)?;
        // RFC 9110, 7.8: "A sender of Upgrade MUST also send an "Upgrade" connection option in the Connection header".
        let upgrade = self.headers.iter().any(|(name, _)| *name == "Upgrade");
        write::field(out, b"Connection", if upgrade { b"Upgrade, close" } else { b"close" })?;
        write::field(out, b"Content-Type", b"text/plain; charset=utf-8")?;
        write::field(out, b"Content-Length", self.reason.len().to_string().as_bytes())?;
        write::end(out);
        out.extend_from_slice(self.reason.as_bytes());
        Ok(())
    }

    pub const METHOD: Self =
        Self { status: 405, reason: "the handshake needs the method GET", headers: &[("Allow", "GET")] };
    pub const HTTP_VERSION: Self = Self::bad_request("the handshake needs HTTP/1.1");
    pub const HOST: Self = Self::bad_request("the handshake needs a Host header");
    pub const CONNECTION: Self = Self::bad_request("the Connection header does not name Upgrade");
    pub const BODY: Self = Self::bad_request("the handshake must not have a body");
    pub const NO_KEY: Self = Self::bad_request("the Sec-WebSocket-Key header is missing");
    pub const SEVERAL_KEYS: Self = Self::bad_request("there is more than one Sec-WebSocket-Key header");
    pub const KEY: Self = Self::bad_request("the Sec-WebSocket-Key is not 16 bytes in base64");
    pub const NO_VERSION: Self = Self {
        headers: &[("Sec-WebSocket-Version", "13")],
        ..Self::bad_request("the Sec-WebSocket-Version header is missing")
    };
    pub const ORIGIN: Self =
        Self { status: 403, reason: "this origin is not allowed to connect", headers: &[] };
    /// RFC 9110, 15.5.22: "The server MUST send an Upgrade header field in a 426 response".
    pub const UPGRADE: Self = Self {
        status: 426,
        reason: "the Upgrade header does not name websocket",
        headers: &[("Upgrade", "websocket")],
    };
    pub const VERSION: Self = Self {
        status: 426,
        reason: "only version 13 of WebSocket is supported",
        headers: &[("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")],
    };

    const fn bad_request(reason: &'static str) -> Self {
        Self { status: 400, reason, headers: &[] }
    }
}

impl Extras<'_> {
    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))
    }

    fn write_server_and_date(&self, out: &mut Vec<u8>) -> Result<(), FieldError> {
        if !self.has("server") {
            write::field(out, b"Server", self.server.as_bytes())?;
        }
        if !self.has("date") {
            write::field(out, b"Date", self.date)?;
        }
        Ok(())
    }
}

/// Header names that only the handshake itself may write: they are the agreement, or would frame a body.
fn is_owned(name: &[u8]) -> bool {
    OWNED.iter().any(|owned| name.eq_ignore_ascii_case(owned.as_bytes()))
}

const OWNED: [&str; 7] = [
    "upgrade",
    "connection",
    "sec-websocket-accept",
    "sec-websocket-version",
    "sec-websocket-extensions",
    "content-length",
    "transfer-encoding",
];
