//! The client's side of the opening handshake: the request, and the proof that the answer is one to it.
//!
//! The caller owns the socket: it writes [`ClientHandshake::request`], parses a [`ResponseHead`] (skipping 1xx other
//! than 101), and hands it to [`ClientHandshake::verify`].

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::key::accept_key;
use crate::protocol::extension::{self, DeflateConfig, DeflateParams, NegotiationError};
use crate::protocol::http::fields::elements;
use crate::protocol::http::write::{self, FieldError};
use crate::protocol::http::{ResponseHead, Version};

/// What to ask for.
#[derive(Clone, Debug, Default)]
pub struct ClientOptions {
    /// The `Host` header: name, and port unless it is the scheme's own.
    pub host: Vec<u8>,
    /// The request target: path and query.
    pub target: Vec<u8>,
    /// Wanted subprotocols, the most wanted first.
    pub subprotocols: Vec<String>,
    /// The compression to offer. `None`: none.
    pub deflate: Option<DeflateConfig>,
    /// Further headers. `Host` and `Sec-WebSocket-Protocol` replace ours; what only the handshake can know (its key,
    /// version, upgrade and extensions) is left out.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
}

/// One handshake. Its key must not be used for another.
#[derive(Clone, Debug)]
pub struct ClientHandshake {
    key: String,
    options: ClientOptions,
}

/// What both ends agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// In the server's spelling.
    pub subprotocol: Option<String>,
    pub deflate: Option<DeflateParams>,
}

/// Why an answer does not open a WebSocket connection. RFC 6455, 4.1: "the client MUST _Fail the WebSocket Connection_".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientError {
    /// An HTTP answer other than 101: an error page, a redirection, a request for credentials.
    Status(u16),
    /// 101 is an answer of HTTP/1.1.
    HttpVersion,
    /// `Upgrade` is missing or is not `websocket`.
    Upgrade,
    /// `Connection` does not name `Upgrade`.
    Connection,
    /// `Sec-WebSocket-Accept` is missing or does not belong to our key.
    Accept,
    /// A subprotocol that was not offered, or several.
    Subprotocol,
    /// Extensions that were not offered, or not so.
    Extensions(NegotiationError),
}

impl ClientHandshake {
    /// With a key made by the caller: 16 bytes nobody can foresee.
    pub fn new(options: ClientOptions, key: [u8; 16]) -> Self {
        Self { key: STANDARD.encode(key), options }
    }

    /// RFC 6455, 4.1: "The nonce MUST be selected randomly for each connection." Fails when the system has no
    /// randomness to give.
    pub fn with_random_key(options: ClientOptions) -> Result<Self, getrandom::Error> {
        let mut key = [0; 16];
        getrandom::fill(&mut key)?;
        Ok(Self::new(options, key))
    }

    /// What we send as `Sec-WebSocket-Key`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The whole request. An error names the option that cannot be written.
    pub fn request(&self) -> Result<Vec<u8>, FieldError> {
        let mut out = Vec::with_capacity(REQUEST_BYTES);
        let options = &self.options;
        write::request_line(&mut out, "GET", &options.target)?;
        if !self.sets("host") {
            write::field(&mut out, b"Host", &options.host)?;
        }
        write::field(&mut out, b"Connection", b"Upgrade")?;
        write::field(&mut out, b"Upgrade", b"websocket")?;
        write::field(&mut out, b"Sec-WebSocket-Version", b"13")?;
        write::field(&mut out, b"Sec-WebSocket-Key", self.key.as_bytes())?;
        if !options.subprotocols.is_empty() && !self.sets(SUBPROTOCOL) {
            write::field(&mut out, b"Sec-WebSocket-Protocol", options.subprotocols.join(", ").as_bytes())?;
        }
        if let Some(deflate) = &options.deflate {
            write::field(&mut out, b"Sec-WebSocket-Extensions", extension::offer(deflate).as_bytes())?;
        }
        for (name, value) in options.headers.iter().filter(|(name, _)| !is_owned(name)) {
            write::field(&mut out, name, value)?;
        }
        write::end(&mut out);
        Ok(out)
    }

    /// The checks of RFC 6455, 4.1, in its order. Bytes behind the head are frames.
    pub fn verify(&self, head: &ResponseHead) -> Result<Agreed, ClientError> {
        if head.status() != 101 {
            return Err(ClientError::Status(head.status()));
        }
        if head.version() != Version::Http11 {
            return Err(ClientError::HttpVersion);
        }
        // "if the |Upgrade| header field contains a value that is not an ASCII case-insensitive match for the value
        // "websocket""
        let mut upgrades = head.fields().list("upgrade");
        match (upgrades.next(), upgrades.next()) {
            (Some(upgrade), None) if upgrade.eq_ignore_ascii_case(b"websocket") => {}
            _ => return Err(ClientError::Upgrade),
        }
        if !head.fields().has_token("connection", "upgrade") {
            return Err(ClientError::Connection);
        }
        let mut accepts = head.headers("sec-websocket-accept");
        match (accepts.next(), accepts.next()) {
            (Some(accept), None) if accept == accept_key(self.key.as_bytes()).as_bytes() => {}
            _ => return Err(ClientError::Accept),
        }
        Ok(Agreed { deflate: self.verify_extensions(head)?, subprotocol: self.verify_subprotocol(head)? })
    }

    /// "If the response includes a |Sec-WebSocket-Extensions| header field and this header field indicates the use of
    /// an extension that was not present in the client's handshake [...] the client MUST _Fail_".
    fn verify_extensions(&self, head: &ResponseHead) -> Result<Option<DeflateParams>, ClientError> {
        let values = || head.headers("sec-websocket-extensions");
        match &self.options.deflate {
            Some(config) => extension::accept(values(), config).map_err(ClientError::Extensions),
            None if values().all(<[u8]>::is_empty) => Ok(None),
            None => Err(ClientError::Extensions(NegotiationError::NotOffered)),
        }
    }

    /// "if [...] this header field indicates the use of a subprotocol that was not present in the client's handshake
    /// (the server has indicated a subprotocol not requested by the client), the client MUST _Fail_". Case does not
    /// count, because servers answer in their own spelling.
    fn verify_subprotocol(&self, head: &ResponseHead) -> Result<Option<String>, ClientError> {
        let mut chosen = head.headers(SUBPROTOCOL);
        match (chosen.next(), chosen.next()) {
            (None, _) => Ok(None),
            (Some(subprotocol), None) if self.offers(subprotocol) => {
                Ok(Some(String::from_utf8_lossy(subprotocol).into_owned()))
            }
            _ => Err(ClientError::Subprotocol),
        }
    }

    fn offers(&self, subprotocol: &[u8]) -> bool {
        let same = |offer: &[u8]| offer.eq_ignore_ascii_case(subprotocol);
        if self.sets(SUBPROTOCOL) {
            let own = self.options.headers.iter().filter(|(name, _)| is_named(name, SUBPROTOCOL));
            return own.flat_map(|(_, value)| elements(value)).any(same);
        }
        self.options.subprotocols.iter().any(|offer| same(offer.as_bytes()))
    }

    fn sets(&self, name: &str) -> bool {
        self.options.headers.iter().any(|(n, _)| is_named(n, name))
    }
}

fn is_named(name: &[u8], wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted.as_bytes())
}

/// Headers that would contradict the handshake, or frame a body it does not have.
fn is_owned(name: &[u8]) -> bool {
    OWNED.iter().any(|owned| is_named(name, owned))
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "answered with status {status} instead of 101"),
            Self::HttpVersion => f.write_str("101 in HTTP/1.0"),
            Self::Upgrade => f.write_str("Upgrade header is not websocket"),
            Self::Connection => f.write_str("Connection header does not name Upgrade"),
            Self::Accept => f.write_str("Sec-WebSocket-Accept does not belong to the key"),
            Self::Subprotocol => f.write_str("subprotocol that was not offered"),
            Self::Extensions(error) => write!(f, "Sec-WebSocket-Extensions: {error}"),
        }
    }
}

impl std::error::Error for ClientError {}

/// Room for a request with a few headers, so that writing it seldom grows the buffer.
const REQUEST_BYTES: usize = 512;

const SUBPROTOCOL: &str = "sec-websocket-protocol";

const OWNED: [&str; 7] = [
    "connection",
    "upgrade",
    "sec-websocket-version",
    "sec-websocket-key",
    "sec-websocket-extensions",
    "content-length",
    "transfer-encoding",
];
