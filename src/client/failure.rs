//! Everything that can go wrong between a client and its peer.

use std::fmt;
use std::io;

use crate::net::dial::DialError;
use crate::protocol::handshake::ClientError;
use crate::protocol::http::{FieldError, HttpError};

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// No connection.
    Dial(DialError),
    /// No TLS, or not with whom it should be.
    Tls(io::Error),
    /// The connection failed.
    Io(io::Error),
    /// The peer closed before the first byte of an answer. On a connection that was used before, this may mean that the
    /// request came too late and was never looked at.
    Closed,
    /// The peer closed inside its answer.
    Cut,
    /// The answer is no HTTP.
    Http(HttpError),
    /// The request cannot be written.
    Request(FieldError),
    /// The answer does not open a WebSocket connection.
    Handshake(ClientError),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl From<DialError> for Failure {
    fn from(error: DialError) -> Self {
        Self::Dial(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dial(DialError::Name(error)) => write!(f, "name lookup failed: {error}"),
            Self::Dial(DialError::Connect(error)) => write!(f, "connect failed: {error}"),
            Self::Tls(error) => write!(f, "TLS: {error}"),
            Self::Io(error) => write!(f, "{error}"),
            Self::Closed => f.write_str("connection closed by the peer"),
            Self::Cut => f.write_str("connection closed inside the answer"),
            Self::Http(error) => write!(f, "{error}"),
            Self::Request(error) => write!(f, "{error}"),
            Self::Handshake(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Failure {}
