//! A request is sent, and its answer becomes properties.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::connect::{Missed, wait};
use super::settings::Settings;
use super::{
    BODY, COOKIES, Client, DOWNLOAD_FILE, DOWNLOAD_OFFSET, ERR_CODE, ERR_MSG, HEADERS, REQUEST_BODY,
    REQUEST_METHOD, REQUEST_TIMEOUT, SEND_FAILED, SERVER_RESET, SET_COOKIE_HEADERS, STATUS_CODE,
    UPLOAD_FILES, compose, fail,
};
use crate::client::exchange::Options;
use crate::client::{Exchange, Failure, Link, Request};
use crate::php::coroutine::deadline;
use crate::php::errors::{warn, warn_with};
use crate::protocol::http::query::form_decode;
use crate::protocol::http::{HeadLimits, ResponseHead, date, params};
use crate::server::error::ErrorCode;
use crate::zend::{Array, Callback, IntoValue, Object, Result, Str, Value};

/// An answer that is still to be fetched.
#[derive(Debug)]
pub struct Pending {
    exchange: Exchange,
    sink: Sink,
    keep_alive: bool,
}

/// Where a body goes.
#[derive(Debug)]
pub enum Sink {
    Memory(Vec<u8>),
    File(DownloadFile),
    /// `write_func`: each piece as it comes.
    Function(Callback),
}

/// A file that is opened when the first of the body is there: an answer that never comes costs nothing that stood in it.
#[derive(Debug)]
pub struct DownloadFile {
    path: PathBuf,
    offset: u64,
    file: Option<File>,
}

/// Sends the request that the properties describe and, unless it is put off, fetches the answer.
pub fn execute(client: &Client, this: &Object, path: &[u8]) -> Result<bool> {
    let _reading = client.bind_reading()?;
    let _writing = client.bind_writing()?;
    // What is left of an answer that was not read to its end must not be taken for that to another request.
    attempt(client, this, path).inspect_err(|_| client.hang_up(this))
}

fn attempt(client: &Client, this: &Object, path: &[u8]) -> Result<bool> {
    let settings = Settings::of(this);
    if client.pending.borrow().is_some() {
        fail(this, ErrorCode::new(nix::libc::EINPROGRESS), None);
        return Ok(false);
    }
    begin(this);
    let request = Rc::new(compose::request(client, this, path, &settings)?);
    let sink = sink(this, &settings)?;
    forget_request(this);
    let Some(mut sink) = sink else { return Ok(false) };
    let head = match request.head() {
        Ok(head) => head,
        Err(failure) => {
            warn(&failure);
            fail(this, Missed::Failure(failure).code(), Some(SEND_FAILED));
            return Ok(false);
        }
    };
    client.header_out.replace(Some(head.clone()));
    let keep_alive = settings.keep_alive() && !closes(&request);
    let mut kept = client.idle_link(this);
    loop {
        // A connection that was idle may be gone before our request is there; then it is sent once more.
        let again = kept.is_some() && request.is_idempotent();
        let link = match kept.take() {
            Some(link) => link,
            None => match client.connect(this, &settings)? {
                Some(link) => link,
                None => return Ok(false),
            },
        };
        let exchange = match send(link, &request, &head, &settings, sink.bytes_max())? {
            Ok(exchange) => exchange,
            Err(Missed::Failure(Failure::Io(_))) if again => {
                client.hang_up(this);
                continue;
            }
            Err(missed) => return client.give_up(this, &missed, SEND_FAILED),
        };
        if client.defer.get() {
            client.pending.replace(Some(Pending { exchange, sink, keep_alive }));
            return Ok(true);
        }
        match fetch(this, exchange, &mut sink, deadline(settings.read_timeout()))? {
            Err(Missed::Failure(Failure::Closed)) if again => client.hang_up(this),
            fetched => return finish(client, this, fetched, keep_alive),
        }
    }
}

/// `recv()` after a request that was only sent.
pub fn receive_deferred(client: &Client, this: &Object, seconds: f64) -> Result<bool> {
    let _reading = client.bind_reading()?;
    let Some(Pending { exchange, mut sink, keep_alive }) = client.pending.take() else {
        let connected = client.link.borrow().is_some();
        let code = if connected { ErrorCode::WRONG_OPERATION } else { ErrorCode::CLIENT_NO_CONNECTION };
        fail(this, code, None);
        return Ok(false);
    };
    let seconds = if seconds == 0.0 { Settings::of(this).read_timeout() } else { seconds };
    let fetched =
        fetch(this, exchange, &mut sink, deadline(seconds)).inspect_err(|_| client.hang_up(this))?;
    finish(client, this, fetched, keep_alive)
}

/// Forgets the last answer.
pub fn begin(this: &Object) {
    this.set(&ERR_CODE, 0);
    this.set(&ERR_MSG, "");
    this.set(&STATUS_CODE, 0);
    this.set(&HEADERS, Value::null());
    this.set(&SET_COOKIE_HEADERS, Value::null());
    this.set(&BODY, "");
}

/// What was said for one request is not said again with the next.
fn forget_request(this: &Object) {
    for slot in [&REQUEST_METHOD, &REQUEST_BODY, &UPLOAD_FILES, &DOWNLOAD_FILE] {
        this.set(slot, Value::null());
    }
    this.set(&DOWNLOAD_OFFSET, 0);
}

fn send(
    link: Rc<Link>,
    request: &Rc<Request>,
    head: &[u8],
    settings: &Settings,
    body_bytes_max: u64,
) -> Result<std::result::Result<Exchange, Missed>> {
    let options = Options { head: HeadLimits::default(), body_bytes_max, decode: settings.decode() };
    let exchange = Exchange::new(Rc::clone(&link), request.method.clone(), options);
    let (request, head) = (Rc::clone(request), head.to_vec());
    let sent = wait(async move { request.send(&head, &link).await }, deadline(settings.write_timeout()))?;
    Ok(sent.map(|()| exchange))
}

/// What follows an answer, or its absence.
fn finish(
    client: &Client,
    this: &Object,
    fetched: std::result::Result<bool, Missed>,
    keep_alive: bool,
) -> Result<bool> {
    match fetched {
        Ok(may_be_kept) => {
            if !may_be_kept || !keep_alive {
                client.hang_up(this);
            }
            Ok(true)
        }
        Err(missed) => client.give_up(this, &missed, status_of(&missed)),
    }
}

/// What stands in `$statusCode` for an answer that did not come.
pub fn status_of(missed: &Missed) -> i64 {
    if matches!(missed, Missed::Timeout) { REQUEST_TIMEOUT } else { SERVER_RESET }
}

/// Fetches an answer, and says whether the connection may be used again.
fn fetch(
    this: &Object,
    exchange: Exchange,
    sink: &mut Sink,
    until: Option<u64>,
) -> Result<std::result::Result<bool, Missed>> {
    match fetch_head(exchange, until)? {
        Ok((head, exchange)) => {
            show_head(this, &head);
            fetch_body(this, &head, exchange, sink, until)
        }
        Err(missed) => Ok(Err(missed)),
    }
}

/// The rest of [`fetch`].
pub fn fetch_body(
    this: &Object,
    head: &ResponseHead,
    mut exchange: Exchange,
    sink: &mut Sink,
    until: Option<u64>,
) -> Result<std::result::Result<bool, Missed>> {
    loop {
        let fetched = wait(
            async move {
                let mut piece = Vec::new();
                let done = exchange.piece(&mut piece).await?;
                Ok((exchange, piece, done))
            },
            until,
        )?;
        let (back, piece, done) = match fetched {
            Ok(fetched) => fetched,
            Err(missed) => return Ok(Err(missed)),
        };
        exchange = back;
        if !sink.take(this, piece)? {
            return Ok(Err(Missed::Canceled));
        }
        if done {
            break;
        }
    }
    if let Sink::Memory(body) = sink {
        this.set(&BODY, std::mem::take(body));
    }
    Ok(Ok(head.keep_alive() && !exchange.is_until_close()))
}

/// Waits for the head of an answer.
pub fn fetch_head(
    mut exchange: Exchange,
    until: Option<u64>,
) -> Result<std::result::Result<(ResponseHead, Exchange), Missed>> {
    wait(async move { Ok((exchange.head().await?, exchange)) }, until)
}

/// Status, headers and cookies of an answer.
pub fn show_head(this: &Object, head: &ResponseHead) {
    let lowercase = Settings::of(this).is_on("lowercase_header", true);
    let (mut headers, mut lines) = (Array::new(), Array::new());
    let mut cookies = this.get(&COOKIES).as_array().cloned().unwrap_or_default();
    for (name, value) in head.fields().iter() {
        let key = if lowercase { name.to_ascii_lowercase() } else { name.to_owned() };
        if name.eq_ignore_ascii_case("set-cookie") {
            lines.push(value);
            keep_cookie(&mut cookies, value);
        }
        let together = match headers.get(&key) {
            None => value.into_value(),
            Some(before) => {
                let mut values =
                    before.as_array().cloned().unwrap_or_else(|| [before.clone()].into_iter().collect());
                values.push(value);
                values.into_value()
            }
        };
        headers.set(&key, together);
    }
    this.set(&STATUS_CODE, head.status());
    this.set(&HEADERS, headers);
    if !lines.is_empty() {
        this.set(&SET_COOKIE_HEADERS, lines);
        this.set(&COOKIES, cookies);
    }
}

/// Puts the cookie of one `Set-Cookie` line into the jar, or takes it out when it has expired. Path and domain do not
/// matter: the jar belongs to one host.
fn keep_cookie(cookies: &mut Array, line: &[u8]) {
    let (pair, attributes) = params::split(line);
    let Some(at) = pair.iter().position(|&byte| byte == b'=') else { return };
    let (name, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
    let mut expired = false;
    for (attribute, value) in attributes {
        // RFC 6265, 5.3: "If the cookie-attribute-list contains an attribute with an attribute-name of "Max-Age"", it
        // wins over Expires.
        if attribute.eq_ignore_ascii_case(b"max-age") {
            expired = matches!(value.first(), Some(b'-')) || value.iter().all(|&digit| digit == b'0');
            break;
        }
        if attribute.eq_ignore_ascii_case(b"expires") {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
            // Cookies have dashes where other dates have blanks.
            let date: Vec<u8> = value.iter().map(|&byte| if byte == b'-' { b' ' } else { byte }).collect();
            expired = date::parse(&date, now).is_some_and(|at| at <= now);
        }
    }
    if expired {
        cookies.remove(&String::from_utf8_lossy(name));
    } else {
        cookies.set_bytes(name, form_decode(value).as_ref());
    }
}

/// RFC 9110, 7.6.1: whether the request says that the connection ends with it.
fn closes(request: &Request) -> bool {
    request.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case(b"connection") && value.trim_ascii().eq_ignore_ascii_case(b"close")
    })
}

/// Where the body is to go; None after a warning.
fn sink(this: &Object, settings: &Settings) -> Result<Option<Sink>> {
    let path = this.get(&DOWNLOAD_FILE);
    if !path.is_null() {
        let path = path.to_str()?;
        return Ok(match DownloadFile::new(&path, this.get(&DOWNLOAD_OFFSET).to_long()) {
            Ok(file) => Some(Sink::File(file)),
            Err(error) => {
                fail(this, cannot(&format!("open({path})"), &error), None);
                None
            }
        });
    }
    match settings.get("write_func") {
        Some(function) => Ok(Some(Sink::Function(Callback::new(&function)?))),
        None => Ok(Some(Sink::default())),
    }
}

impl DownloadFile {
    /// Fails where no such file could be written, and changes none.
    fn new(path: &Str, offset: i64) -> io::Result<Self> {
        let path = PathBuf::from(OsStr::from_bytes(path.as_bytes()));
        match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                folder.unwrap_or(Path::new(".")).metadata()?;
            }
            other => drop(other?),
        }
        Ok(Self { path, offset: u64::try_from(offset).unwrap_or(0), file: None })
    }

    fn write(&mut self, piece: &[u8]) -> std::result::Result<(), (String, io::Error)> {
        let file = match self.file.take() {
            Some(file) => file,
            None => self.open().map_err(|error| (format!("open({})", self.path.display()), error))?,
        };
        self.file.insert(file).write_all(piece).map_err(|error| ("write()".to_owned(), error))
    }

    fn open(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(self.offset == 0).open(&self.path)?;
        file.seek(SeekFrom::Start(self.offset))?;
        Ok(file)
    }
}

/// Warns that a call of the system has failed. Gives its code.
fn cannot(what: &str, error: &io::Error) -> ErrorCode {
    let code = ErrorCode::from(error);
    warn_with(code, format_args!("{what} failed, Error: {code}[{}]", code.code()));
    code
}

impl Default for Sink {
    fn default() -> Self {
        Self::Memory(Vec::new())
    }
}

impl Sink {
    /// How much it is given at most. What does not stay in memory needs no bound.
    fn bytes_max(&self) -> u64 {
        if matches!(self, Self::Memory(_)) { BODY_BYTES_MAX } else { u64::MAX }
    }

    /// False: it takes no more.
    fn take(&mut self, client: &Object, mut piece: Vec<u8>) -> Result<bool> {
        match self {
            Self::Memory(body) => body.append(&mut piece),
            Self::File(file) => {
                if let Err((what, error)) = file.write(&piece) {
                    cannot(&what, &error);
                    return Ok(false);
                }
            }
            Self::Function(function) if !piece.is_empty() => {
                let answer = function.call(&[client.into_value(), Value::from(piece)])?;
                return Ok(!answer.is_false());
            }
            Self::Function(_) => {}
        }
        Ok(true)
    }
}

/// Of a body in memory, which may come out of a few compressed bytes.
pub const BODY_BYTES_MAX: u64 = 1 << 30;
