//! From what a script set on a response to bytes: the order of headers, defaults, compression, chunks.

use super::response::key_bytes;
use crate::net::parcel::Parcel;
use crate::protocol::http::coding::{self, Coding};
use crate::protocol::http::status::reason_phrase;
use crate::protocol::http::{RequestHead, Version, body, date, write};
use crate::serve::Headers;
use crate::server::error::ErrorCode;
use crate::server::log::{LOG, Level};
use crate::zend::{Array, Value};

/// Bytes for the connection, and what becomes of it.
#[derive(Debug)]
pub struct Reply<'a> {
    pub head: Vec<u8>,
    pub body: Body<'a>,
    pub then: Then,
}

/// What follows the head.
#[derive(Debug)]
pub enum Body<'a> {
    /// What the script gave, or nothing.
    Given(Parcel<'a>),
    Made(Vec<u8>),
}

impl Body<'_> {
    const EMPTY: Self = Self::Given(Parcel::EMPTY);

    pub fn parcel(&self) -> Parcel<'_> {
        match self {
            Self::Given(parcel) => *parcel,
            Self::Made(bytes) => bytes.into(),
        }
    }
}

/// What follows when the bytes are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Chunks.
    More,
    /// The next request, or the end of the connection.
    End { keep_alive: bool },
    /// WebSocket.
    Upgrade,
}

/// A header and its lines; none at all means that the default of that name is not to be sent.
pub type Gaps = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Everything a head is made of.
#[derive(Debug)]
pub struct ReplyHead<'a> {
    pub status: u16,
    pub reason: Vec<u8>,
    pub headers: Gaps,
    pub cookies: Headers,
    pub version: Version,
    pub is_head: bool,
    pub keep_alive: bool,
    /// Every Accept-Encoding line of the request.
    pub accept_encoding: Vec<&'a [u8]>,
    pub compression: &'a CompressionOptions,
    /// Seconds since 1970.
    pub now: u64,
}

/// How a response whose head is sent goes on.
#[derive(Clone, Copy, Debug)]
pub struct Streaming {
    chunked: bool,
    /// Nothing of the content is sent.
    bodiless: bool,
    keep_alive: bool,
}

/// What the settings say about compressed bodies.
#[derive(Clone, Debug, Default)]
pub struct CompressionOptions {
    pub enabled: bool,
    pub level: u32,
    pub min_length: usize,
    /// Content types; all when empty.
    pub types: Vec<Vec<u8>>,
}

impl<'a> ReplyHead<'a> {
    /// A response on which nothing has been set.
    pub fn new(request: Option<&'a RequestHead>, compression: &'a CompressionOptions, now: u64) -> Self {
        Self {
            status: 200,
            reason: Vec::new(),
            headers: Gaps::new(),
            cookies: Headers::new(),
            version: request.map_or(Version::Http11, |head| head.version()),
            is_head: request.is_some_and(|head| head.method() == "HEAD"),
            keep_alive: request.is_some_and(|head| head.keep_alive()),
            accept_encoding: request.iter().flat_map(|head| head.headers("accept-encoding")).collect(),
            compression,
            now,
        }
    }

    /// Sets the content type unless the script did.
    pub fn default_type(&mut self, media_type: &str) {
        if !self.has("Content-Type") {
            self.headers.push((b"Content-Type".to_vec(), Some(media_type.as_bytes().to_vec())));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
    }

    fn value(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))?.1.as_deref()
    }

    /// RFC 9110, 6.4.1: responses that never have content.
    fn is_bodiless(&self) -> bool {
        matches!(self.sent_status(), 204 | 304)
    }

    /// The status as it goes out: 999 for what nobody knows by a name, and for interim ones, behind which a client waits
    /// for the response itself.
    fn sent_status(&self) -> u16 {
        let is_named = !self.reason.is_empty() || reason_phrase(self.status).is_some();
        if is_named && self.status >= 200 { self.status } else { 999 }
    }

    /// Whether the script's own Content-Length goes out: one that is true, or one that stands for a body which is not
    /// sent (RFC 9110, 8.6). Any other would have the client take the next response for a part of this one.
    fn keeps_length(&self, length: Option<u64>, coding: Coding) -> bool {
        let mut lines = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"Content-Length"));
        let (Some((_, Some(given))), None) = (lines.next(), lines.next()) else { return false };
        let stands_for_another = length == Some(0) && (self.is_head || self.sent_status() == 304);
        let given = std::str::from_utf8(given).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
        let given = given.and_then(|text| text.parse().ok());
        coding == Coding::Identity && given.is_some() && (given == length || stands_for_another)
    }

    /// Whether nothing follows the head, whatever the script says.
    pub fn has_no_body(&self) -> bool {
        self.is_head || self.is_bodiless()
    }

    /// RFC 9112, 6.1: "A server MUST NOT send a response containing Transfer-Encoding unless the corresponding request
    /// indicates HTTP/1.1 (or later minor revisions)." Older clients get bare bytes, and the end of the connection.
    fn chunks(&self) -> bool {
        self.version == Version::Http11
    }

    fn coding(&self, length: usize) -> Coding {
        let options = self.compression;
        if !options.enabled
            || length < options.min_length
            || self.has("Content-Encoding")
            || self.is_bodiless()
        {
            return Coding::Identity;
        }
        let media = self.value("Content-Type").unwrap_or(b"text/html");
        let media = media.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        if !options.types.is_empty() && !options.types.iter().any(|known| known.eq_ignore_ascii_case(media)) {
            return Coding::Identity;
        }
        coding::negotiate(self.accept_encoding.iter().copied(), CODINGS)
    }

    /// Writes the head up to its end. `length`: None for chunks.
    fn write(&self, length: Option<u64>, coding: Coding) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        let reason = match (self.reason.is_empty(), reason_phrase(self.sent_status())) {
            (false, _) => self.reason.as_slice(),
            (true, Some(known)) => known.as_bytes(),
            (true, None) => b"Unknown Status",
        };
        let status = self.sent_status();
        if write::status_line(&mut out, Version::Http11, status, Some(reason)).is_err() {
            // A reason with a line break in it: the code says enough.
            let _ = write::status_line(&mut out, Version::Http11, status, None);
        }
        let keeps_length = self.keeps_length(length, coding);
        if length.is_some() && !keeps_length && self.value("Content-Length").is_some() {
            let code = ErrorCode::HTTP_CONFLICT_HEADER.code();
            LOG.write(
                Level::Warning,
                &format!(
                    "(ERRNO {code}): 'Content-Length' will be ignored: what is sent is of another length"
                ),
            );
        }
        let skipped = |name: &[u8]| {
            name.eq_ignore_ascii_case(b"Content-Length") && !keeps_length
                || name.eq_ignore_ascii_case(b"Transfer-Encoding")
        };
        self.write_headers(&mut out, |name| !skipped(name));
        self.write_cookies(&mut out);
        self.write_defaults(&mut out, length.filter(|_| !keeps_length), length.is_none(), coding);
        write::end(&mut out);
        out
    }

    /// Writes the headers of the script.
    fn write_headers(&self, out: &mut Vec<u8>, wanted: impl Fn(&[u8]) -> bool) {
        for (name, value) in &self.headers {
            if let Some(value) = value
                && wanted(name)
            {
                field(out, name, value);
            }
        }
    }

    fn write_cookies(&self, out: &mut Vec<u8>) {
        for (name, value) in &self.cookies {
            field(out, name, value);
        }
    }

    fn write_server_and_date(&self, out: &mut Vec<u8>) {
        self.write_default(out, "Server", b"swoole-http-server");
        self.write_default(out, "Date", &date::imf_fixdate(self.now));
    }

    /// `length`: what is to be said of it. `in_pieces`: it is not known.
    fn write_defaults(&self, out: &mut Vec<u8>, length: Option<u64>, in_pieces: bool, coding: Coding) {
        self.write_server_and_date(out);
        let stays = self.keep_alive && (!in_pieces || self.chunks());
        self.write_default(out, "Connection", if stays { b"keep-alive" } else { b"close" });
        if self.is_bodiless() {
            return;
        }
        self.write_default(out, "Content-Type", b"text/html");
        if coding != Coding::Identity {
            field(out, b"Content-Encoding", coding.token().as_bytes());
            self.write_default(out, "Vary", b"Accept-Encoding");
        }
        if in_pieces && self.chunks() {
            field(out, b"Transfer-Encoding", b"chunked");
        }
        if let Some(length) = length {
            field(out, b"Content-Length", length.to_string().as_bytes());
        }
    }

    /// Writes a header unless the script set or suppressed it.
    fn write_default(&self, out: &mut Vec<u8>, name: &str, value: &[u8]) {
        if !self.has(name) {
            field(out, name.as_bytes(), value);
        }
    }
}

/// A response that is whole.
pub fn whole<'a>(head: &ReplyHead<'_>, content: Parcel<'a>) -> Reply<'a> {
    let mut coding = head.coding(content.len());
    let mut body = Body::Given(content);
    if coding != Coding::Identity {
        let level = u8::try_from(head.compression.level).unwrap_or(u8::MAX);
        let mut encoded = Vec::new();
        match coding::encode(coding, level, &content, &mut encoded) {
            true => body = Body::Made(encoded),
            false => coding = Coding::Identity,
        }
    }
    let bytes = head.write(Some(body.parcel().len() as u64), coding);
    if head.has_no_body() {
        body = Body::EMPTY;
    }
    Reply { head: bytes, body, then: Then::End { keep_alive: keeps_alive(head) } }
}

/// The head of a response whose body is a file of this length, which the caller sends.
pub fn before_file(head: &ReplyHead<'_>, length: u64) -> Reply<'static> {
    let bytes = head.write(Some(length), Coding::Identity);
    Reply { head: bytes, body: Body::EMPTY, then: Then::End { keep_alive: keeps_alive(head) } }
}

/// The head of a response in pieces, and its first one.
pub fn first_piece(head: &ReplyHead<'_>, content: &[u8]) -> (Streaming, Reply<'static>) {
    let streaming = Streaming {
        chunked: head.chunks(),
        bodiless: head.has_no_body(),
        keep_alive: keeps_alive(head) && head.chunks(),
    };
    let mut bytes = head.write(None, Coding::Identity);
    streaming.append(&mut bytes, content);
    (streaming, Reply { head: bytes, body: Body::EMPTY, then: Then::More })
}

impl Streaming {
    /// A later piece.
    pub fn piece(self, content: &[u8]) -> Reply<'static> {
        let mut bytes = Vec::with_capacity(content.len() + CHUNK_FRAME_BYTES);
        self.append(&mut bytes, content);
        Reply { head: bytes, body: Body::EMPTY, then: Then::More }
    }

    /// The end, with a last piece if there is more to say.
    pub fn last_piece(self, content: &[u8], trailers: &Headers) -> Reply<'static> {
        let mut bytes = Vec::new();
        if !content.is_empty() {
            self.append(&mut bytes, content);
        }
        if self.chunked && !self.bodiless {
            let trailers: Vec<_> = trailers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
            if body::write_last_chunk(&mut bytes, &trailers).is_err() {
                // Checked when they were set; without them the body still ends.
                let _ = body::write_last_chunk(&mut bytes, &[]);
            }
        }
        let then = Then::End { keep_alive: self.keep_alive };
        Reply { head: bytes, body: Body::EMPTY, then }
    }

    fn append(self, out: &mut Vec<u8>, content: &[u8]) {
        match (self.bodiless, self.chunked) {
            (true, _) => {}
            (false, true) => body::write_chunk(out, content),
            (false, false) => out.extend_from_slice(content),
        }
    }
}

/// The answer to a handshake that the script handles itself. Only a 101 leads to WebSocket; everything else is sent as
/// it stands, and the connection is closed.
pub fn handshake<'a>(head: &ReplyHead<'_>, content: &'a [u8], extensions: Option<&str>) -> Reply<'a> {
    if head.status != 101 {
        return Reply { then: Then::End { keep_alive: false }, ..whole(head, content.into()) };
    }
    let mut out = Vec::with_capacity(256);
    // 101 has a registered phrase.
    let _ = write::status_line(&mut out, Version::Http11, 101, None);
    head.write_headers(&mut out, |_| true);
    if let Some(extensions) = extensions {
        field(&mut out, b"Sec-WebSocket-Extensions", extensions.as_bytes());
    }
    head.write_cookies(&mut out);
    head.write_server_and_date(&mut out);
    write::end(&mut out);
    Reply { head: out, body: Body::EMPTY, then: Then::Upgrade }
}

/// The lines of a header array.
pub fn headers(array: &Value) -> Headers {
    headers_with_gaps(array).into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The lines of a header array, and the names that are to be left out.
pub fn headers_with_gaps(array: &Value) -> Gaps {
    let mut lines = Gaps::new();
    for (key, value) in array.as_array().into_iter().flat_map(Array::iter) {
        let name = key_bytes(&key);
        if let Some(values) = value.as_array() {
            lines.extend(values.values().map(|value| (name.clone(), Some(bytes(&value)))));
        } else {
            let value = bytes(&value);
            lines.push((name, (!value.is_empty()).then_some(value)));
        }
    }
    lines
}

/// The Set-Cookie lines of a cookie array.
pub fn cookies(array: &Value) -> Headers {
    let lines = array.as_array().into_iter().flat_map(Array::values);
    lines.map(|line| (b"Set-Cookie".to_vec(), bytes(&line))).collect()
}

/// `x-a-b` becomes `X-A-B`.
pub fn title_case(name: &[u8]) -> Vec<u8> {
    let mut start = true;
    name.iter()
        .map(|byte| {
            let cased = if start { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
            start = *byte == b'-';
            cased
        })
        .collect()
}

/// Whether the connection stays open behind the response; the script's own Connection header has the last word.
fn keeps_alive(head: &ReplyHead<'_>) -> bool {
    match head.value("Connection") {
        Some(chosen) => !chosen.eq_ignore_ascii_case(b"close"),
        None => head.keep_alive,
    }
}

fn field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    // Everything was checked when it was set; what slipped into the array past the methods is left out, not sent.
    let _ = write::field(out, name, value);
}

fn bytes(value: &Value) -> Vec<u8> {
    match value.as_bytes() {
        Some(bytes) => bytes.to_vec(),
        None if value.is_null() => Vec::new(),
        None => value.to_str().map_or_else(|_| Vec::new(), |text| text.as_bytes().to_vec()),
    }
}

/// The length of a chunk, its line breaks.
const CHUNK_FRAME_BYTES: usize = 20;

/// What we can encode, the best first.
const CODINGS: &[Coding] = &[Coding::Br, Coding::Gzip, Coding::Deflate];

/// As in the original, for requests beyond `max_concurrency`.
pub const OVERLOADED: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\r\n";

/// The page of the original for plain HTTP on a WebSocket server.
pub const NO_REQUEST_PAGE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\
    Content-Type: text/html; charset=UTF-8\r\nCache-Control: must-revalidate,no-cache,no-store\r\nContent-Length: 83\r\n\
    Server: swoole-http-server\r\n\r\n\
    <html><body><h2>HTTP 400 Bad Request</h2><hr><i>Powered by Swoole</i></body></html>";
