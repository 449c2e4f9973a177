//! Request and response heads: parsed by httparse, then held to the rules that keep two parties from reading one
//! message in two ways (RFC 9112, 11.2). The server role parses requests, the client role responses.
//!
//! Not here: bodies (`body.rs`), writing heads (`write.rs`), the meaning of an upgrade (`../handshake/`).

use std::ops::{Deref, Range};

use bytes::{Bytes, BytesMut};

use super::error::HttpError;
use super::fields::{Fields, range_in};
use super::framing::{self, BodyLength};
use super::limits::HeadLimits;
use super::search::{HeadRange, HeadSearch, Kind};

/// The two versions that HTTP/1.1 parties speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    Http10,
    Http11,
}

/// What both kinds of heads have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    bytes: Bytes,
    version: Version,
    fields: Fields,
}

/// The head of a request. What it shares with a response's is in [`Head`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestHead {
    head: Head,
    method: Range<u32>,
    target: Range<u32>,
    body: BodyLength,
}

/// The head of a response. What it shares with a request's is in [`Head`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    head: Head,
    reason: Range<u32>,
    status: u16,
}

impl Head {
    pub fn version(&self) -> Version {
        self.version
    }

    /// The head as it arrived, up to and with its empty line.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.fields.get(name)
    }

    /// All values of a header.
    pub fn headers<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.all(name)
    }

    /// Whether the connection may carry another message. RFC 9112, 9.3: `close` wins, then HTTP/1.1 persists, then
    /// HTTP/1.0 persists when asked to. The body of a response that lasts until the connection ends rules it out,
    /// whatever this says.
    pub fn keep_alive(&self) -> bool {
        !self.fields.has_token("connection", "close")
            && (self.version == Version::Http11 || self.fields.has_token("connection", "keep-alive"))
    }
}

impl Deref for RequestHead {
    type Target = Head;

    fn deref(&self) -> &Head {
        &self.head
    }
}

impl Deref for ResponseHead {
    type Target = Head;

    fn deref(&self) -> &Head {
        &self.head
    }
}

impl RequestHead {
    /// Parses the head at the start of `buf` and says how many bytes it took: what follows is body, the next request or
    /// frames. `None`: read more and call again. With a head in many small pieces, keep a [`HeadSearch`] and call
    /// [`RequestHead::parse_from`], which looks at every byte once.
    pub fn parse(buf: &[u8], limits: &HeadLimits) -> Result<Option<(Self, usize)>, HttpError> {
        Self::parse_from(&mut HeadSearch::default(), buf, limits)
    }

    /// As [`RequestHead::parse`], continuing a search. `buf` holds all bytes since the search began.
    pub fn parse_from(
        search: &mut HeadSearch,
        buf: &[u8],
        limits: &HeadLimits,
    ) -> Result<Option<(Self, usize)>, HttpError> {
        let Some(range) = search.find(buf, Kind::Request, limits)? else { return Ok(None) };
        let head = Bytes::copy_from_slice(&buf[range.start..range.end]);
        let mut headers = vec![httparse::EMPTY_HEADER; range.header_count()];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&head) {
            Ok(httparse::Status::Complete(len)) if len == head.len() => {}
            Ok(_) => return Err(HttpError::RequestLine),
            Err(error) => return Err(from_httparse(error, &head, HttpError::RequestLine)),
        }
        let (Some(method), Some(target), Some(minor)) = (request.method, request.path, request.version)
        else {
            return Err(HttpError::RequestLine);
        };
        if target.len() > limits.target_bytes {
            return Err(HttpError::TargetTooLong);
        }
        let version = Version::from_minor(minor);
        let fields = Fields::new(head.clone(), request.headers);
        check_target(method, target)?;
        check_host(version, &fields, limits)?;
        let body = framing::of_request(version, &fields)?;
        let (method, target) = (range_in(&head, method.as_bytes()), range_in(&head, target.as_bytes()));
        Ok(Some((Self { head: Head { bytes: head, version, fields }, method, target, body }, range.end)))
    }

    /// The method, as it was sent: methods are case-sensitive (RFC 9110, 9.1).
    pub fn method(&self) -> &str {
        text(&self.head.bytes, &self.method)
    }

    /// The request target as it was sent.
    pub fn target(&self) -> &str {
        text(&self.head.bytes, &self.target)
    }

    /// The path, not decoded, without query. `/` for an absolute target without one; the target itself for the
    /// asterisk and authority forms.
    pub fn path(&self) -> &str {
        let target = self.origin_form();
        let path = target.split_once('?').map_or(target, |(path, _)| path);
        if path.is_empty() { "/" } else { path }
    }

    /// The query, not decoded, without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.origin_form().split_once('?').map(|(_, query)| query)
    }

    /// The host the request is for. RFC 9112, 3.2.2: "When an origin server receives a request with an absolute-form of
    /// request-target, the origin server MUST ignore the received Host header field (if any) and instead replace it
    /// with the host information of the request-target."
    pub fn host(&self) -> Option<&[u8]> {
        match split_absolute(self.target()) {
            Some((authority, _)) => Some(authority.as_bytes()),
            None => self.header("host"),
        }
    }

    /// How the body is delimited; give it to [`super::body::Body`].
    pub fn body_length(&self) -> BodyLength {
        self.body
    }

    /// Whether the client waits for `100 Continue` before it sends the body.
    pub fn expects_continue(&self) -> Result<bool, HttpError> {
        let mut expected = false;
        for expectation in self.fields().list("expect") {
            // RFC 9110, 10.1.1: "A server that receives an Expect field value containing a member other than
            // 100-continue MAY respond with a 417 (Expectation Failed) status code".
            if !expectation.eq_ignore_ascii_case(b"100-continue") {
                return Err(HttpError::UnknownExpectation);
            }
            expected = true;
        }
        // RFC 9110, 10.1.1: "A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that
        // expectation." Nothing is awaited for a request without a body.
        Ok(expected && self.version() == Version::Http11 && !matches!(self.body, BodyLength::None))
    }

    /// The target without scheme and authority.
    fn origin_form(&self) -> &str {
        split_absolute(self.target()).map_or(self.target(), |(_, rest)| rest)
    }
}

impl ResponseHead {
    /// Parses the head at the start of `buf`; otherwise as [`RequestHead::parse`]. A 1xx head is returned like any
    /// other: unless it is 101, the caller parses on behind it.
    pub fn parse(buf: &[u8], limits: &HeadLimits) -> Result<Option<(Self, usize)>, HttpError> {
        Self::parse_from(&mut HeadSearch::default(), buf, limits)
    }

    /// As [`ResponseHead::parse`], continuing a search. `buf` holds all bytes since the search began.
    pub fn parse_from(
        search: &mut HeadSearch,
        buf: &[u8],
        limits: &HeadLimits,
    ) -> Result<Option<(Self, usize)>, HttpError> {
        let Some(range) = search.find(buf, Kind::Response, limits)? else { return Ok(None) };
        let head = unfold(&buf[range.start..range.end]);
        let mut headers = vec![httparse::EMPTY_HEADER; range.header_count()];
        let mut response = httparse::Response::new(&mut headers);
        match response.parse(&head) {
            Ok(httparse::Status::Complete(len)) if len == head.len() => {}
            Ok(_) => return Err(HttpError::StatusLine),
            Err(error) => return Err(from_httparse(error, &head, HttpError::StatusLine)),
        }
        let (Some(status), Some(minor)) = (response.code, response.version) else {
            return Err(HttpError::StatusLine);
        };
        let fields = Fields::new(head.clone(), response.headers);
        // httparse gives "" for a reason with obs-text; the line itself has it behind `HTTP/1.1 200 `.
        let line = head.split(|&b| b == b'\r').next().unwrap_or_default();
        let reason = range_in(&head, line.get("HTTP/1.1 200 ".len()..).unwrap_or_default());
        let version = Version::from_minor(minor);
        Ok(Some((Self { head: Head { bytes: head, version, fields }, reason, status }, range.end)))
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase; may be empty, may be no UTF-8.
    pub fn reason(&self) -> &[u8] {
        slice(&self.head.bytes, &self.reason)
    }

    /// How the body of this response to a request with `method` is delimited.
    pub fn body_length(&self, method: &str) -> Result<BodyLength, HttpError> {
        framing::of_response(method, self.status, self.version(), self.fields())
    }
}

impl Version {
    /// As it stands in a start line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        }
    }

    fn from_minor(minor: u8) -> Self {
        if minor == 0 { Self::Http10 } else { Self::Http11 }
    }
}

impl HeadRange {
    /// Every line but the first and the empty one.
    fn header_count(&self) -> usize {
        self.lines.saturating_sub(1)
    }
}

/// RFC 9112, 3.2: origin, absolute, authority (CONNECT only) or asterisk form (OPTIONS only).
fn check_target(method: &str, target: &str) -> Result<(), HttpError> {
    // RFC 3986, 2: a URI is ASCII. What proxies and servers make of other bytes differs: so caches are poisoned.
    if !target.is_ascii() {
        return Err(HttpError::Target);
    }
    let fits = match target.as_bytes() {
        [b'/', ..] => true,
        b"*" => method == "OPTIONS",
        _ if method == "CONNECT" => is_host(target.as_bytes()),
        _ => split_absolute(target).is_some_and(|(authority, _)| is_host(authority.as_bytes())),
    };
    if fits { Ok(()) } else { Err(HttpError::Target) }
}

/// Authority and the rest of an absolute target (`http://host:port/path?query`); `None` for the other forms.
fn split_absolute(target: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = target.split_once("://")?;
    if scheme.is_empty() || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) {
        return None;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    Some(rest.split_at(end))
}

/// RFC 9112, 3.2: "A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that
/// lacks a Host header field and to any request message that contains more than one Host header field line or a Host
/// header field with an invalid field value."
fn check_host(version: Version, fields: &Fields, limits: &HeadLimits) -> Result<(), HttpError> {
    let mut hosts = fields.all("host");
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => Err(HttpError::DuplicateHost),
        (Some(host), None) if !host.is_empty() && !is_host(host) => Err(HttpError::InvalidHost),
        (None, None) if limits.require_host && version == Version::Http11 => Err(HttpError::MissingHost),
        _ => Ok(()),
    }
}

/// The bytes of `uri-host [":" port]` (RFC 3986, 3.2.2): names, addresses, `[::1]`; no user info, path or list.
fn is_host(host: &[u8]) -> bool {
    !host.is_empty() && host.iter().all(|b| b.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=:[]".contains(b))
}

/// RFC 9112, 5.2: "A user agent that receives an obs-fold in a response message that is not within a message/http
/// container MUST replace each received obs-fold with one or more SP octets".
fn unfold(head: &[u8]) -> Bytes {
    let mut head = BytesMut::from(head);
    for i in 2..head.len() {
        if matches!(head[i], b' ' | b'\t') && head[i - 2..i] == *b"\r\n" {
            head[i - 2..i].fill(b' ');
        }
    }
    head.freeze()
}

/// Gives httparse's complaint our name. `line` is the verdict on a first line.
fn from_httparse(error: httparse::Error, head: &[u8], line: HttpError) -> HttpError {
    match error {
        httparse::Error::HeaderName => HttpError::FieldName,
        httparse::Error::HeaderValue => HttpError::FieldValue,
        httparse::Error::TooManyHeaders => HttpError::TooManyHeaders,
        httparse::Error::Version if names_foreign_version(head) => HttpError::Version,
        httparse::Error::Version
        | httparse::Error::NewLine
        | httparse::Error::Status
        | httparse::Error::Token => line,
    }
}

/// `HTTP/2.0` is a version we do not speak, `HTTQ/1.1` is no version.
fn names_foreign_version(head: &[u8]) -> bool {
    let line = head.split(|&b| b == b'\r').next().unwrap_or_default();
    line.split(|&b| b == b' ').any(|word| match word {
        b"HTTP/1.0" | b"HTTP/1.1" => false,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] => {
            major.is_ascii_digit() && minor.is_ascii_digit()
        }
        _ => false,
    })
}

fn slice<'a>(head: &'a Bytes, range: &Range<u32>) -> &'a [u8] {
    head.get(range.start as usize..range.end as usize).unwrap_or_default()
}

/// Method and target come from httparse as `str`, so they are UTF-8.
fn text<'a>(head: &'a Bytes, range: &Range<u32>) -> &'a str {
    std::str::from_utf8(slice(head, range)).unwrap_or_default()
}
