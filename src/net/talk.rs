//! The protocol state that a link carries. Data only: `serve` decides what follows from it.

use bytes::buf::Limit;

use super::download::Download;
use super::form::FormReader;
use crate::protocol::connection::Connection;
use crate::protocol::framing::Framer;
use crate::protocol::http::body::Body;
use crate::protocol::http::{HeadSearch, HttpError, RequestHead};

/// What is spoken on a connection now.
#[derive(Debug, Default)]
pub enum Talk {
    /// HTTP between requests: nothing has arrived of the next one, so nothing is kept.
    #[default]
    Idle,
    /// HTTP inside a request or its response.
    Http(Box<Exchange>),
    /// Boxed, so that it fits into a hole that the allocator leaves beside each task: an idle connection pays for it once.
    WebSocket(Box<Connection>),
    /// Bytes without a protocol, and what has come of a packet where they are cut into some.
    Raw(Option<Box<Framer>>),
    /// Nothing more is looked at.
    Over,
}

/// An HTTP exchange in one of its steps.
#[derive(Debug, Default)]
pub struct Exchange {
    pub step: Step,
    /// Bytes that arrived and are not looked at yet.
    pub held: Vec<u8>,
}

/// How far an exchange has come.
#[derive(Debug, Default)]
pub enum Step {
    /// The head is incomplete; `held` is its beginning.
    Head(HeadSearch),
    /// The body is incomplete.
    Body(Incoming),
    /// The application owes a response; `held` is what comes after the request.
    #[default]
    Response,
    /// The response comes from a file; `held` as above.
    Download(Download),
}

/// A request whose body is on its way.
#[derive(Debug)]
pub struct Incoming {
    pub head: RequestHead,
    /// Empty where the body is a form that is read as it arrives.
    pub body: Vec<u8>,
    pub decoder: Body,
    pub form: Option<Box<FormReader>>,
}

impl Talk {
    /// Whether a request is not answered to its end.
    pub fn owes_response(&self) -> bool {
        matches!(self, Self::Http(exchange) if matches!(exchange.step, Step::Response | Step::Download(_)))
    }

    /// What has come of a message or request that is not complete.
    pub fn unfinished_bytes(&self) -> usize {
        match self {
            Self::Idle | Self::Over | Self::Raw(None) => 0,
            Self::Http(exchange) => exchange.unfinished_bytes(),
            Self::WebSocket(connection) => connection.unfinished_bytes(),
            Self::Raw(Some(framer)) => framer.rest().len(),
        }
    }

    /// Where the bytes that come next may be read to, past the arena.
    #[inline]
    pub fn payload_space(&mut self) -> Option<Limit<&mut Vec<u8>>> {
        match self {
            Self::WebSocket(connection) => connection.payload_space(),
            _ => None,
        }
    }

    /// Whether compression was negotiated.
    pub fn is_deflating(&self) -> bool {
        matches!(self, Self::WebSocket(connection) if connection.is_deflating())
    }
}

impl Exchange {
    fn unfinished_bytes(&self) -> usize {
        let body = match &self.step {
            Step::Body(incoming) => {
                incoming.body.len() + incoming.form.as_ref().map_or(0, |form| form.field_bytes())
            }
            Step::Head(_) | Step::Response | Step::Download(_) => 0,
        };
        self.held.len() + body
    }
}

impl Incoming {
    /// Hands what has arrived to the form, if it is one.
    pub fn spool(&mut self) -> Result<(), HttpError> {
        let Some(form) = &mut self.form else { return Ok(()) };
        let fed = form.feed(&self.body);
        self.body.clear();
        fed
    }
}
