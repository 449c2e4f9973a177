//! `Swoole\Http\Response`: status, headers, cookies and body, whole or in chunks. How they become bytes is `reply.rs`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::reply::{self, Reply, ReplyHead, Streaming};
use super::request::RequestOptions;
use super::response_elsewhere as elsewhere;
use super::response_fields::{self as fields, check_header};
use super::sendfile;
use crate::net::parcel::Parcel;
use crate::php::server::kept::Sent;
use crate::php::server::sessions::send_patiently;
use crate::protocol::extension::negotiate;
use crate::protocol::http::RequestHead;
use crate::serve::{Headers, SendFailure, Worker};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::session::SessionId;
use crate::zend::string::Str;
use crate::zend::{Array, Call, Class, IntoValue, Key, Kind, Native, Object, Result, Slot, Value, error};

pub use super::reply::CompressionOptions;

/// The class.
pub static RESPONSE: Class<Response> = Class::native("Swoole\\Http\\Response");

pub static FD: Slot = Slot::new();
pub static HEADER: Slot = Slot::new();
pub static COOKIE: Slot = Slot::new();
pub static TRAILER: Slot = Slot::new();

/// What the object keeps besides its arrays.
#[derive(Debug, Default)]
pub struct Response {
    target: RefCell<Option<Target>>,
    stage: Cell<Stage>,
    /// It answers a handshake that the script handles itself.
    upgrade: Cell<bool>,
    pub status: Cell<u16>,
    pub reason: RefCell<Vec<u8>>,
    /// Set when the head is sent and pieces of the body follow.
    streaming: Cell<Option<Streaming>>,
}

/// Where the response goes.
#[derive(Clone)]
pub struct Target {
    worker: Worker,
    session: SessionId,
    /// None for a response made by `create()`, which answers no request.
    head: Option<RequestHead>,
    options: Rc<RequestOptions>,
}

/// How far the response has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Never had a target, or gave it away: nothing can be sent.
    #[default]
    Detached,
    /// Headers may be set.
    Fresh,
    /// Headers may be set, and the server sends them itself.
    Handshake,
    /// The head is sent, chunks follow.
    Streaming,
    Ended,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.session)
    }
}

impl Native for Response {
    fn class() -> &'static Class<Self> {
        &RESPONSE
    }

    fn create() -> Self {
        Self::default()
    }
}

/// A response that nobody ended: the client must not wait for ever.
impl Drop for Response {
    fn drop(&mut self) {
        if let (Stage::Fresh | Stage::Streaming, Some(target)) =
            (self.stage.get(), self.target.get_mut().take())
        {
            match self.stage.get() {
                Stage::Fresh => fail(&target),
                _ => drop(target.worker.close(target.session, false)),
            }
        }
    }
}

/// The signature of a method that takes what a cookie is made of.
macro_rules! with_cookie {
    ($name:literal) => {
        concat!($name, "(Swoole\\Http\\Cookie|string $name_or_object, string $value = \"\", int $expires = 0, string $path = \"/\", string $domain = \"\", bool $secure = false, bool $httponly = false, string $samesite = \"\", string $priority = \"\", bool $partitioned = false): bool")
    };
}

/// Defines the class.
pub fn register() {
    RESPONSE
        .define()
        .slot(&FD, "public $fd = 0")
        .property("public $socket = null")
        .slot(&HEADER, "public $header = null")
        .slot(&COOKIE, "public $cookie = null")
        .slot(&TRAILER, "public $trailer = null")
        .method("initHeader(): bool", init_header)
        .method("isWritable(): bool", is_writable)
        .method(with_cookie!("cookie"), fields::cookie)
        .method(with_cookie!("setCookie"), fields::cookie)
        .method(with_cookie!("rawcookie"), fields::raw_cookie)
        .method(with_cookie!("setRawCookie"), fields::raw_cookie)
        .method("status(int $http_code, string $reason = \"\"): bool", fields::status)
        .method("setStatusCode(int $http_code, string $reason = \"\"): bool", fields::status)
        .method("header(string $key, array|string $value, bool $format = true): bool", fields::header)
        .method("setHeader(string $key, array|string $value, bool $format = true): bool", fields::header)
        .method("trailer(string $key, string $value): bool", fields::trailer)
        .method("write(string $content): bool", write_chunk)
        .method("end(?string $content = null): bool", end)
        .method("sendfile(string $filename, int $offset = 0, int $length = 0): bool", send_file)
        .method("redirect(string $location, int $http_code = 302): bool", redirect)
        .method("detach(): bool", detach)
        .method(
            "static create(object|array|int $server = -1, int $fd = -1): Swoole\\Http\\Response|false",
            create_for,
        )
        .method("close(): bool", close)
        .method("ping(string $data = \"\"): bool", elsewhere::http2)
        .method(
            "goaway(int $error_code = SWOOLE_HTTP2_ERROR_NO_ERROR, string $debug_data = \"\"): bool",
            elsewhere::http2,
        )
        .method("upgrade(): bool", elsewhere::upgrade)
        .method(
            "push(Swoole\\WebSocket\\Frame|string $data, int $opcode = SWOOLE_WEBSOCKET_OPCODE_TEXT, int $flags = SWOOLE_WEBSOCKET_FLAG_FIN): bool",
            elsewhere::websocket,
        )
        .method("recv(float $timeout = 0): Swoole\\WebSocket\\Frame|string|false", elsewhere::websocket)
        .method(
            "disconnect(int $code = SWOOLE_WEBSOCKET_CLOSE_NORMAL, string $reason = \"\"): bool",
            elsewhere::websocket,
        )
        .register();
}

/// The response to a request.
pub fn create(
    worker: &Worker,
    session: SessionId,
    head: &RequestHead,
    options: &Rc<RequestOptions>,
) -> Object {
    make(worker, session, Some(head.clone()), options, Stage::Fresh)
}

/// The response to a handshake that the script handles itself.
pub fn create_for_upgrade(
    worker: &Worker,
    session: SessionId,
    head: &RequestHead,
    options: &Rc<RequestOptions>,
) -> Object {
    let object = create(worker, session, head, options);
    if let Some(state) = object.state::<Response>() {
        state.upgrade.set(true);
    }
    object
}

/// A response that only collects headers for the 101.
pub fn create_for_handshake(worker: &Worker, session: SessionId, options: &Rc<RequestOptions>) -> Object {
    make(worker, session, None, options, Stage::Handshake)
}

fn make(
    worker: &Worker,
    session: SessionId,
    head: Option<RequestHead>,
    options: &Rc<RequestOptions>,
    stage: Stage,
) -> Object {
    let response = Response::default();
    response.target.replace(Some(Target {
        worker: worker.clone(),
        session,
        head,
        options: Rc::clone(options),
    }));
    response.stage.set(stage);
    let object = Object::of(response);
    object.set(&FD, session.as_u64());
    object
}

/// The headers and cookies that were set on a response for the handshake.
pub fn take_headers(object: &Object) -> (Headers, Headers) {
    if let Some(state) = object.state::<Response>() {
        state.stage.set(Stage::Ended);
    }
    (reply::headers(&object.get(&HEADER)), reply::cookies(&object.get(&COOKIE)))
}

/// Answers 500 for a callback that gave no answer. A response made by `create()` may have had nothing to answer.
fn fail(target: &Target) {
    if !target.worker.owes_response(target.session) {
        return;
    }
    let head = ReplyHead { status: 500, ..target.reply_head() };
    // The peer may be gone; there is nobody to tell.
    let _ = target.deliver_now(&reply::whole(&head, Parcel::EMPTY));
}

/// Answers a request on a server without `onRequest`.
pub fn refuse(worker: &Worker, session: SessionId) {
    // The peer may be gone; there is nobody to tell.
    let _ = worker.send(session, reply::NO_REQUEST_PAGE);
    let _ = worker.end_response(session, false);
}

/// Answers a request beyond `max_concurrency`.
pub fn refuse_overload(worker: &Worker, session: SessionId) {
    let _ = worker.send(session, reply::OVERLOADED);
    let _ = worker.end_response(session, false);
}

impl Response {
    /// The target, while headers can still be set or bytes be sent; else the last error says why not.
    pub fn open(&self, stages: &[Stage]) -> Option<Target> {
        if stages.contains(&self.stage.get()) {
            return self.target.borrow().clone();
        }
        last_error::set(ErrorCode::HTTP_CONTEXT_UNAVAILABLE);
        None
    }

    /// What the script has set, for a response whose head is not sent yet.
    fn reply_head<'a>(&self, target: &'a Target, this: &Object) -> ReplyHead<'a> {
        ReplyHead {
            status: match self.status.get() {
                0 => 200,
                status => status,
            },
            reason: self.reason.borrow().clone(),
            headers: reply::headers_with_gaps(&this.get(&HEADER)),
            cookies: reply::cookies(&this.get(&COOKIE)),
            ..target.reply_head()
        }
    }

    /// Sends the whole response, or the last chunk of one.
    fn finish(&self, this: &Object, body: Parcel<'_>) -> Result<bool> {
        let Some(target) = self.open(&[Stage::Fresh, Stage::Streaming]) else { return Ok(false) };
        self.stage.set(Stage::Ended);
        if let Some(streaming) = self.streaming.take() {
            return target.deliver(&streaming.last_piece(&body, &reply::headers(&this.get(&TRAILER))));
        }
        let head = self.reply_head(&target, this);
        if self.upgrade.get() {
            return finish_upgrade(&target, &head, &body);
        }
        target.deliver(&reply::whole(&head, body))
    }
}

/// Sends the answer to a handshake, and what we agree to of the extensions the client offered.
fn finish_upgrade(target: &Target, head: &ReplyHead<'_>, body: &[u8]) -> Result<bool> {
    let offers = target.head.as_ref().map(|head| head.headers("sec-websocket-extensions"));
    let config = target.worker.port(target.session).handshake.deflate.as_ref();
    let agreed = config.zip(offers).and_then(|(config, offers)| negotiate(offers, config));
    let extensions = agreed.as_ref().map(|(_, header)| header.as_str());
    let answer = reply::handshake(head, body, extensions);
    let sent = target.deliver(&answer)?;
    if answer.then != reply::Then::Upgrade {
        return Ok(sent);
    }
    Ok(sent && target.worker.upgrade(target.session, agreed.map(|(params, _)| params)).is_ok())
}

impl Target {
    /// A response on which nothing has been set.
    fn reply_head(&self) -> ReplyHead<'_> {
        let now = self.worker.now_us() / 1_000_000;
        ReplyHead::new(self.head.as_ref(), &self.options.compression, now)
    }

    /// Sends it; a coroutine may wait until there is room.
    fn deliver(&self, reply: &Reply<'_>) -> Result<bool> {
        let outcome = self.send(&reply.head, reply.body.parcel())?;
        Ok(self.delivered(outcome, reply.then))
    }

    fn send(&self, head: &[u8], body: Parcel<'_>) -> Result<std::result::Result<(), SendFailure>> {
        send_patiently(self.options.patience, &self.worker, self.session, || {
            self.worker.send_parts(self.session, head, body)
        })
    }

    /// Sends it now or never.
    fn deliver_now(&self, reply: &Reply<'_>) -> bool {
        let outcome = self.worker.send_parts(self.session, &reply.head, reply.body.parcel());
        self.delivered(outcome, reply.then)
    }

    fn delivered(&self, outcome: std::result::Result<(), SendFailure>, then: reply::Then) -> bool {
        let ended = match (outcome, then) {
            (Err(failure), _) => {
                // Whatever came next would be taken for what is missing. The session may be gone, which is as good.
                let _ = self.worker.close(self.session, false);
                Err(failure)
            }
            (Ok(()), reply::Then::End { keep_alive }) => self.worker.end_response(self.session, keep_alive),
            (Ok(()), reply::Then::More | reply::Then::Upgrade) => Ok(()),
        };
        if let Err(failure) = ended {
            last_error::set(match failure {
                SendFailure::Full => ErrorCode::OUTPUT_BUFFER_OVERFLOW,
                SendFailure::TooLong => ErrorCode::DATA_LENGTH_TOO_LARGE,
                _ => ErrorCode::SESSION_CLOSED,
            });
        }
        outcome.is_ok()
    }
}

fn init_header(_response: &Response, call: &mut Call<'_>) -> Result<bool> {
    for slot in [&HEADER, &COOKIE, &TRAILER] {
        if call.this().get(slot).is_null() {
            call.this().set(slot, Array::new());
        }
    }
    Ok(true)
}

fn is_writable(response: &Response, _call: &mut Call<'_>) -> Result<bool> {
    let target = response.target.borrow();
    let open = matches!(response.stage.get(), Stage::Fresh | Stage::Streaming);
    Ok(open && target.as_ref().is_some_and(|target| target.worker.exists(target.session)))
}

fn write_chunk(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let chunk: &[u8] = call.arg()?;
    let Some(target) = response.open(&[Stage::Fresh, Stage::Streaming]) else { return Ok(false) };
    if chunk.is_empty() {
        error::warning("the data sent must not be empty");
        last_error::set(ErrorCode::NO_PAYLOAD);
        return Ok(false);
    }
    response.stage.set(Stage::Streaming);
    if let Some(streaming) = response.streaming.get() {
        return target.deliver(&streaming.piece(chunk));
    }
    let (streaming, reply) = reply::first_piece(&response.reply_head(&target, call.this()), chunk);
    response.streaming.set(Some(streaming));
    target.deliver(&reply)
}

fn end(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let content: Option<&Str> = call.arg_or(None)?;
    let content = content.map(Sent::new);
    response.finish(call.this(), content.as_ref().map_or(Parcel::EMPTY, Sent::parcel))
}

fn send_file(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let name: &[u8] = call.arg()?;
    let offset: i64 = call.arg_or(0)?;
    let length: i64 = call.arg_or(0)?;
    if response.stage.get() == Stage::Streaming {
        error::warning("can't use sendfile when HTTP chunk is enabled");
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false);
    }
    let Some(target) = response.open(&[Stage::Fresh]) else { return Ok(false) };
    let Some(file) = sendfile::open(name, offset, length) else { return Ok(false) };
    let mut head = response.reply_head(&target, call.this());
    head.default_type(&sendfile::media_type(name));
    response.stage.set(Stage::Ended);
    let reply = reply::before_file(&head, file.length());
    if head.has_no_body() {
        return target.deliver(&reply);
    }
    let reply::Then::End { keep_alive } = reply.then else { return Ok(false) };
    let (worker, session) = (&target.worker, target.session);
    let sent = worker.send_file(session, &reply.head, file.file(), file.range(), keep_alive);
    if !sent {
        last_error::set(ErrorCode::SESSION_CLOSED);
    }
    Ok(sent)
}

fn redirect(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let location: &[u8] = call.arg()?;
    let code: i64 = call.arg_or(302)?;
    if response.open(&[Stage::Fresh]).is_none() || !check_header(b"Location", location) {
        return Ok(false);
    }
    response.status.set(u16::try_from(code).ok().filter(|code| (300..400).contains(code)).unwrap_or(302));
    let mut headers = call.this().get(&HEADER).as_array().cloned().unwrap_or_default();
    headers.set("Location", location);
    call.this().set(&HEADER, headers);
    response.finish(call.this(), Parcel::EMPTY)
}

fn detach(response: &Response, _call: &mut Call<'_>) -> Result<bool> {
    if response.open(&[Stage::Fresh]).is_none() {
        return Ok(false);
    }
    response.stage.set(Stage::Detached);
    if let Some(target) = response.target.borrow_mut().take() {
        DETACHED.with_borrow_mut(|detached| detached.insert(target.session, target));
    }
    Ok(true)
}

fn close(response: &Response, _call: &mut Call<'_>) -> Result<bool> {
    let Some(target) = response.open(&[Stage::Fresh, Stage::Streaming]) else { return Ok(false) };
    response.stage.set(Stage::Ended);
    Ok(target.worker.close(target.session, false).is_ok())
}

/// `create($fd)`, `create($server, $fd)`, `create([$server, $request], $fd)`: a response to a session that was detached.
fn create_for(call: &mut Call<'_>) -> Result<Value> {
    let first: Value = call.arg_or(Value::from(-1))?;
    let second: i64 = call.arg_or(-1)?;
    let fd = if first.kind() == Kind::Long { first.to_long() } else { second };
    let session = SessionId::new(u64::try_from(fd).unwrap_or(0));
    let Some(worker) = crate::php::server::worker().filter(|worker| worker.exists(session)) else {
        error::warning(format_args!("parameter $2 ({fd}) must be valid connection session_id"));
        last_error::set(ErrorCode::SESSION_INVALID_ID);
        return Ok(false.into_value());
    };
    let target = DETACHED.with_borrow_mut(|detached| detached.remove(&session));
    let object = match target {
        Some(Target { worker, session, head, options }) => {
            make(&worker, session, head, &options, Stage::Fresh)
        }
        None => make(&worker, session, None, &Rc::new(RequestOptions::plain()), Stage::Fresh),
    };
    Ok(object.into_value())
}

/// The session is over: nobody will answer its detached request.
pub fn forget(session: SessionId) {
    drop(
        DETACHED
            .with_borrow_mut(|detached| if detached.is_empty() { None } else { detached.remove(&session) }),
    );
}

thread_local! {
    /// Requests whose responses were detached, until `create()` asks for them.
    static DETACHED: RefCell<HashMap<SessionId, Target>> = RefCell::default();
}

/// The array's keys as header names; used by `reply`.
pub fn key_bytes(key: &Key) -> Vec<u8> {
    key.as_bytes().map_or_else(|| key.clone().into_value().to_long().to_string().into_bytes(), <[u8]>::to_vec)
}
