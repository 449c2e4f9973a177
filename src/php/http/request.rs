//! `Swoole\Http\Request`: what the client sent, as arrays.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::upload::{self, Uploads};
use crate::php::server::sessions::Patience;
use crate::protocol::http::{HeadLimits, RequestHead, Version, query};
use crate::serve::{Request as Received, Worker};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::session::SessionId;
use crate::server::settings::Settings;
use crate::zend::{Array, Call, Class, IntoValue, Native, Object, Result, Slot, Str, Value, input};

/// The class.
pub static REQUEST: Class<Request> = Class::native("Swoole\\Http\\Request");

static FD: Slot = Slot::new();
static HEADER: Slot = Slot::new();
static SERVER: Slot = Slot::new();
static COOKIE: Slot = Slot::new();
static GET: Slot = Slot::new();
static FILES: Slot = Slot::new();
static POST: Slot = Slot::new();
static TMPFILES: Slot = Slot::new();

/// What the object keeps besides its arrays.
#[derive(Debug, Default)]
pub struct Request {
    received: RefCell<Option<Rc<Received>>>,
    /// Bytes that `parse()` waits to complete.
    partial: RefCell<Vec<u8>>,
    options: RefCell<Option<Rc<RequestOptions>>>,
    uploads: RefCell<Uploads>,
    complete: Cell<bool>,
}

/// What the settings say about requests.
#[derive(Clone, Debug)]
pub struct RequestOptions {
    pub parse_cookie: bool,
    pub parse_post: bool,
    pub parse_files: bool,
    pub upload_dir: Vec<u8>,
    pub compression: super::response::CompressionOptions,
    /// How long a response may wait for room.
    pub patience: Patience,
}

impl RequestOptions {
    pub fn new(settings: &Settings) -> Self {
        let http = &settings.http;
        Self {
            parse_cookie: http.parse_cookie,
            parse_post: http.parse_post,
            parse_files: http.parse_files,
            upload_dir: http.upload_tmp_dir.clone(),
            compression: super::response::CompressionOptions {
                enabled: http.compression,
                level: http.compression_level,
                min_length: http.compression_min_length,
                types: http.compression_types.clone(),
            },
            patience: Patience::of(settings),
        }
    }
}

impl RequestOptions {
    /// For responses that answer no request we saw.
    pub fn plain() -> Self {
        Self::new(&Settings::default())
    }
}

impl Native for Request {
    fn class() -> &'static Class<Self> {
        &REQUEST
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the class.
pub fn register() {
    REQUEST
        .define()
        .slot(&FD, "public $fd = 0")
        .property("public $streamId = 0")
        .slot(&HEADER, "public $header = null")
        .slot(&SERVER, "public $server = null")
        .slot(&COOKIE, "public $cookie = null")
        .slot(&GET, "public $get = null")
        .slot(&FILES, "public $files = null")
        .slot(&POST, "public $post = null")
        .slot(&TMPFILES, "public $tmpfiles = null")
        .method("getContent(): string|false", content)
        .method("rawContent(): string|false", content)
        .method("getData(): string|false", data)
        .method("static create(array $options = []): Swoole\\Http\\Request", create_empty)
        .method("parse(string $data): int|false", parse)
        .method("isCompleted(): bool", is_completed)
        .method("getMethod(): string|false", method)
        .register();
}

/// The object of a request that arrived.
pub fn create(
    worker: &Worker,
    session: SessionId,
    received: Received,
    options: &Rc<RequestOptions>,
) -> Result<Value> {
    let object = Object::of(Request::default());
    object.set(&FD, session.as_u64());
    fill(&object, received, options, Some((worker, session)))?;
    Ok(object.into_value())
}

fn fill(
    object: &Object,
    mut received: Received,
    options: &Rc<RequestOptions>,
    from: Option<(&Worker, SessionId)>,
) -> Result {
    let Some(state) = object.state::<Request>() else { return Ok(()) };
    let form = received.form.take();
    let head = &received.head;
    object.set(&HEADER, headers(head, options.parse_cookie));
    object.set(&SERVER, server_variables(head, from));
    if let Some(query) = head.query() {
        set_if(object, &GET, variables(query::pairs(query.as_bytes())));
    }
    if options.parse_cookie {
        set_if(object, &COOKIE, cookies(head));
    }
    let kind = head.header("content-type").unwrap_or_default();
    if is_type(kind, b"application/x-www-form-urlencoded") {
        if options.parse_post {
            set_if(object, &POST, variables(query::pairs(&received.body)));
        }
    } else if is_type(kind, b"multipart/form-data") {
        let form = match form {
            Some(form) => upload::arrange(form, options),
            None => upload::read(kind, &received.body, options),
        };
        set_if(object, &POST, form.post);
        set_if(object, &FILES, form.files);
        set_if(object, &TMPFILES, form.uploads.paths());
        state.uploads.replace(form.uploads);
    }
    state.received.replace(Some(Rc::new(received)));
    state.options.replace(Some(Rc::clone(options)));
    state.complete.set(true);
    Ok(())
}

/// Properties stay null until there is something in them.
fn set_if(object: &Object, slot: &Slot, array: Option<Array>) {
    if let Some(array) = array {
        object.set(slot, array);
    }
}

/// Names in lower case; a repeated header is an array of its values, but for those that must not repeat.
fn headers(head: &RequestHead, without_cookie: bool) -> Array {
    let mut array = Array::with_capacity(head.fields().len());
    for (name, value) in head.fields().iter() {
        let name = name.to_ascii_lowercase();
        if without_cookie && name == "cookie" {
            continue;
        }
        let value = input::text(value);
        if LAST_WINS.contains(&name.as_str()) {
            array.set(&name, value);
            continue;
        }
        match array.get(&name) {
            None => array.set(&name, value),
            Some(earlier) => {
                let mut all = match earlier.as_array() {
                    Some(all) => all.clone(),
                    None => Array::from_iter([earlier.clone()]),
                };
                drop(earlier);
                array.remove(&name);
                all.push(value);
                array.set(&name, all);
            }
        }
    }
    array
}

fn server_variables(head: &RequestHead, from: Option<(&Worker, SessionId)>) -> Array {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut array = Array::with_capacity(12);
    if let Some(query) = head.query() {
        array.set("query_string", query);
    }
    array.set("request_method", head.method());
    array.set("request_uri", head.path());
    array.set("path_info", query::percent_decode(head.path().as_bytes()).into_owned());
    array.set("request_time", now.as_secs());
    array.set("request_time_float", now.as_secs_f64());
    array.set(
        "server_protocol",
        match head.version() {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
        },
    );
    if let Some((worker, session)) = from
        && let Some(info) = worker.client_info(session)
    {
        array.set("server_port", info.server_port);
        array.set("remote_port", info.peer.port());
        array.set("server_addr", worker.local_ip(session).map_or_else(String::new, |ip| ip.to_string()));
        array.set("remote_addr", info.peer.ip().to_string());
    }
    array.set("master_time", now.as_secs());
    array
}

/// Pairs as PHP stores them; the surplus beyond `max_input_vars` is dropped, as PHP drops it.
fn variables<'a>(pairs: impl Iterator<Item = query::Pair<'a>>) -> Option<Array> {
    let mut array = Array::new();
    for (name, value) in pairs.take(input::variables_max()) {
        input::register_variable(&mut array, &name, value.into_owned());
    }
    (!array.is_empty()).then_some(array)
}

fn cookies(head: &RequestHead) -> Option<Array> {
    let mut array = Array::new();
    for line in head.headers("cookie") {
        for (name, value) in query::cookies(line).take(input::variables_max()) {
            array.set_bytes(&name, value.into_owned());
        }
    }
    (!array.is_empty()).then_some(array)
}

/// Whether a Content-Type is of this media type, whatever its parameters.
fn is_type(content_type: &[u8], wanted: &[u8]) -> bool {
    let media = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    media.trim_ascii().eq_ignore_ascii_case(wanted)
}

fn content(request: &Request, _call: &mut Call<'_>) -> Result<Value> {
    let received = request.received.borrow();
    Ok(known(received.as_deref().map(|received| Str::new(&received.body))))
}

fn data(request: &Request, _call: &mut Call<'_>) -> Result<Value> {
    let received = request.received.borrow();
    Ok(known(received.as_deref().map(|received| {
        let mut bytes = received.head.as_bytes().to_vec();
        bytes.extend_from_slice(&received.body);
        Str::new(&bytes)
    })))
}

fn method(request: &Request, _call: &mut Call<'_>) -> Result<Value> {
    let received = request.received.borrow();
    Ok(known(received.as_deref().map(|received| received.head.method().to_owned())))
}

fn known(value: Option<impl IntoValue>) -> Value {
    if value.is_none() {
        last_error::set(ErrorCode::HTTP_CONTEXT_UNAVAILABLE);
    }
    Value::or_false(value)
}

fn create_empty(call: &mut Call<'_>) -> Result<Object> {
    let given: Option<&Array> = call.opt()?;
    let flag = |name: &str, default: bool| {
        given.and_then(|array| array.get(name)).map_or(default, |value| value.to_bool())
    };
    let mut options = RequestOptions::plain();
    options.parse_cookie = flag("parse_cookie", true);
    options.parse_post = flag("parse_body", true) && flag("parse_post", true);
    options.parse_files = flag("parse_files", false);
    options.upload_dir = b"/tmp".to_vec();
    let object = Object::of(Request::default());
    if let Some(state) = object.state::<Request>() {
        state.options.replace(Some(Rc::new(options)));
    }
    Ok(object)
}

/// Takes more bytes of a request; returns how many it wanted. False when they are no request.
fn parse(request: &Request, call: &mut Call<'_>) -> Result<Value> {
    let bytes: &[u8] = call.arg()?;
    if request.complete.get() {
        return Ok(false.into_value());
    }
    let before = request.partial.borrow().len();
    request.partial.borrow_mut().extend_from_slice(bytes);
    let whole = parse_whole(&request.partial.borrow());
    match whole {
        Ok(None) => Ok(bytes.len().into_value()),
        Ok(Some((received, used))) => {
            let Some(options) = request.options.borrow().clone() else { return Ok(false.into_value()) };
            fill(call.this(), received, &options, None)?;
            Ok(used.saturating_sub(before).into_value())
        }
        Err(()) => Ok(false.into_value()),
    }
}

fn parse_whole(bytes: &[u8]) -> std::result::Result<Option<(Received, usize)>, ()> {
    use crate::protocol::http::body::Body;
    let Some((head, used)) = RequestHead::parse(bytes, &HeadLimits::default()).map_err(drop)? else {
        return Ok(None);
    };
    let mut decoder = Body::new(head.body_length(), BODY_BYTES_MAX).map_err(drop)?;
    let (mut rest, mut body) = (&bytes[used..], Vec::new());
    if !decoder.is_done() && !decoder.decode(&mut rest, &mut body).map_err(drop)? {
        return Ok(None);
    }
    let used = bytes.len() - rest.len();
    Ok(Some((Received::new(head, body), used)))
}

fn is_completed(request: &Request, _call: &mut Call<'_>) -> Result<bool> {
    Ok(request.complete.get())
}

/// Headers of which 6.2.1 shows the last value only.
const LAST_WINS: &[&str] = &[
    "host",
    "user-agent",
    "accept",
    "content-type",
    "content-length",
    "authorization",
    "connection",
    "accept-encoding",
];

/// For requests that a script parses itself: the default of `package_max_length`.
const BODY_BYTES_MAX: u64 = 2 << 20;
