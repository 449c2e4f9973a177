//! `Swoole\Coroutine\Http\Client` (alias `Co\Http\Client`): one connection that asks for pages, or speaks WebSocket.
//!
//! | file | what |
//! |---|---|
//! | `settings` | the options of `set()` |
//! | `compose` | properties and arguments become a request |
//! | `upload` | `addFile()` and `addData()` |
//! | `connect` | the connection, who uses it, waiting for it |
//! | `exchange` | a request is sent, its answer becomes properties |
//! | `websocket` | `upgrade()`, `push()`, `recv()` and their kind |

mod compose;
mod connect;
mod exchange;
mod settings;
mod upload;
mod websocket;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use tokio_rustls::rustls::ClientConfig;

use crate::client::{Conversation, Link};
use crate::coroutine::Cid;
use crate::net::dial::Peer;
use crate::net::tls::client::ClientOptions;
use crate::php::coroutine::inside;
use crate::php::exceptions::HTTP_CLIENT_EXCEPTION;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Array, Call, Class, Native, Object, Result, Slot, Str, Value, error};

/// The class.
pub static HTTP_CLIENT: Class<Client> = Class::native("Swoole\\Coroutine\\Http\\Client");

static SOCKET: Slot = Slot::new();
static ERR_CODE: Slot = Slot::new();
static ERR_MSG: Slot = Slot::new();
static CONNECTED: Slot = Slot::new();
static HOST: Slot = Slot::new();
static PORT: Slot = Slot::new();
static SSL: Slot = Slot::new();
static SETTING: Slot = Slot::new();
static REQUEST_METHOD: Slot = Slot::new();
static REQUEST_HEADERS: Slot = Slot::new();
static REQUEST_BODY: Slot = Slot::new();
static UPLOAD_FILES: Slot = Slot::new();
static DOWNLOAD_FILE: Slot = Slot::new();
static DOWNLOAD_OFFSET: Slot = Slot::new();
static STATUS_CODE: Slot = Slot::new();
static HEADERS: Slot = Slot::new();
static SET_COOKIE_HEADERS: Slot = Slot::new();
static COOKIES: Slot = Slot::new();
static BODY: Slot = Slot::new();

/// The state of a client object. Everything a script can see is in its properties.
#[derive(Debug, Default)]
pub struct Client {
    peer: RefCell<Option<Peer>>,
    link: RefCell<Option<Rc<Link>>>,
    conversation: RefCell<Option<Rc<Conversation>>>,
    /// An answer that `recv()` is to fetch.
    pending: RefCell<Option<exchange::Pending>>,
    defer: Cell<bool>,
    authorization: RefCell<Option<Vec<u8>>>,
    header_out: RefCell<Option<Vec<u8>>>,
    /// Made once for the same options: it also remembers sessions.
    tls: RefCell<Option<(ClientOptions, Arc<ClientConfig>)>>,
    /// Who waits for the peer, and who writes.
    reading: Cell<Option<Cid>>,
    writing: Cell<Option<Cid>>,
    /// Pings that the script pushed by itself: it wants to see their pongs.
    pings: Cell<u32>,
}

impl Native for Client {
    fn class() -> &'static Class<Self> {
        &HTTP_CLIENT
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the class.
pub fn register() {
    HTTP_CLIENT
        .define()
        .not_serializable()
        .slot(&SOCKET, "public $socket = null")
        .slot(&ERR_CODE, "public $errCode = 0")
        .slot(&ERR_MSG, "public $errMsg = \"\"")
        .slot(&CONNECTED, "public $connected = false")
        .slot(&HOST, "public $host = \"\"")
        .slot(&PORT, "public $port = 0")
        .slot(&SSL, "public $ssl = false")
        .slot(&SETTING, "public $setting = null")
        .slot(&REQUEST_METHOD, "public $requestMethod = null")
        .slot(&REQUEST_HEADERS, "public $requestHeaders = null")
        .slot(&REQUEST_BODY, "public $requestBody = null")
        .slot(&UPLOAD_FILES, "public $uploadFiles = null")
        .slot(&DOWNLOAD_FILE, "public $downloadFile = null")
        .slot(&DOWNLOAD_OFFSET, "public $downloadOffset = 0")
        .slot(&STATUS_CODE, "public $statusCode = 0")
        .slot(&HEADERS, "public $headers = null")
        .slot(&SET_COOKIE_HEADERS, "public $set_cookie_headers = null")
        .slot(&COOKIES, "public $cookies = null")
        .slot(&BODY, "public $body = \"\"")
        .method("__construct(string $host, int $port = 0, bool $ssl = false)", construct)
        .method("__destruct()", |_: &mut Call<'_>| Ok(()))
        .method("set(array $settings): bool", set)
        .method("getDefer(): bool", |client: &Client, _: &mut Call<'_>| Ok(client.defer.get()))
        .method("setDefer(bool $defer = true): bool", set_defer)
        .method("setMethod(string $method): bool", set_method)
        .method("setHeaders(array $headers): bool", set_headers)
        .method("setBasicAuth(string $username, string $password): void", compose::set_basic_auth)
        .method("setCookies(array $cookies): bool", set_cookies)
        .method("setData(array|string $data): bool", set_data)
        .method("addFile(string $path, string $name, ?string $type = null, ?string $filename = null, int $offset = 0, int $length = 0): bool", upload::add_file)
        .method("addData(string $path, string $name, ?string $type = null, ?string $filename = null): bool", upload::add_data)
        .method("execute(string $path): bool", execute)
        .method("getpeername(): array|false", connect::peer_name)
        .method("getsockname(): array|false", connect::own_name)
        .method("get(string $path): bool", get)
        .method("post(string $path, mixed $data): bool", post)
        .method("download(string $path, string $file, int $offset = 0): bool", download)
        .method("getBody(): string|false", |call: &mut Call<'_>| Ok(call.this().get(&BODY)))
        .method("getHeaders(): array|false|null", |call: &mut Call<'_>| Ok(call.this().get(&HEADERS)))
        .method("getCookies(): array|false|null", |call: &mut Call<'_>| Ok(call.this().get(&COOKIES)))
        .method("getStatusCode(): int|false", |call: &mut Call<'_>| Ok(call.this().get(&STATUS_CODE)))
        .method("getHeaderOut(): string|false", header_out)
        .method("getPeerCert(): string|false", connect::peer_certificate)
        .method("upgrade(string $path): bool", websocket::upgrade)
        .method("push(mixed $data, int $opcode = SWOOLE_WEBSOCKET_OPCODE_TEXT, int $flags = SWOOLE_WEBSOCKET_FLAG_FIN): bool", websocket::push)
        .method("recv(float $timeout = 0): Swoole\\WebSocket\\Frame|string|bool", recv)
        .method("close(): bool", close)
        .method("ping(string $data = \"\"): bool", websocket::ping)
        .method("disconnect(int $code = SWOOLE_WEBSOCKET_CLOSE_NORMAL, string $reason = \"\"): bool", websocket::disconnect)
        .register();
}

fn construct(client: &Client, call: &mut Call<'_>) -> Result {
    let host: &Str = call.arg()?;
    let port: i64 = call.arg_or(0)?;
    let ssl: bool = call.arg_or(false)?;
    let invalid = |text| error::throw(&HTTP_CLIENT_EXCEPTION, text, ErrorCode::INVALID_PARAMS.code().into());
    if host.is_empty() {
        return Err(invalid("host is empty"));
    }
    let default = if ssl { HTTPS_PORT } else { HTTP_PORT };
    let Ok(number) = u16::try_from(if port == 0 { i64::from(default) } else { port }) else {
        return Err(invalid("the port must be between 0 and 65535"));
    };
    let Ok(name) = std::str::from_utf8(host.as_bytes()) else {
        return Err(invalid("the host must be UTF-8"));
    };
    client.peer.replace(Some(Peer::new(name, number)));
    let this = call.this();
    this.set(&HOST, host.clone());
    this.set(&PORT, number);
    this.set(&SSL, ssl);
    Ok(())
}

fn set(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let settings: &Array = call.arg()?;
    if settings.is_empty() {
        return Ok(false);
    }
    let mut merged = call.this().get(&SETTING).as_array().cloned().unwrap_or_default();
    for (key, value) in settings.iter() {
        merged.set_key(&key, value.unref());
    }
    if let Some(defer) = merged.get("defer") {
        client.defer.set(defer.to_bool());
    }
    call.this().set(&SETTING, merged);
    Ok(true)
}

fn set_defer(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    client.defer.set(call.arg_or(true)?);
    Ok(true)
}

fn set_method(call: &mut Call<'_>) -> Result<bool> {
    let method: Str = call.arg()?;
    call.this().set(&REQUEST_METHOD, method);
    Ok(true)
}

fn set_headers(call: &mut Call<'_>) -> Result<bool> {
    let headers: &Array = call.arg()?;
    call.this().set(&REQUEST_HEADERS, headers);
    Ok(true)
}

fn set_cookies(call: &mut Call<'_>) -> Result<bool> {
    let cookies: &Array = call.arg()?;
    call.this().set(&COOKIES, cookies);
    Ok(true)
}

fn set_data(call: &mut Call<'_>) -> Result<bool> {
    let data: compose::Data = call.arg()?;
    call.this().set(&REQUEST_BODY, data.0);
    Ok(true)
}

fn get(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    call.this().set(&REQUEST_METHOD, "GET");
    execute(client, call)
}

fn post(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let path: &[u8] = call.arg()?;
    let data: &Value = call.arg()?;
    let body = if data.as_array().is_some() { data.unref() } else { Value::from(data.to_str()?.as_bytes()) };
    call.this().set(&REQUEST_METHOD, "POST");
    call.this().set(&REQUEST_BODY, body);
    inside()?;
    exchange::execute(client, call.this(), path)
}

fn download(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let path: &[u8] = call.arg()?;
    let file: Str = call.arg()?;
    let offset: i64 = call.arg_or(0)?;
    call.this().set(&DOWNLOAD_FILE, file);
    call.this().set(&DOWNLOAD_OFFSET, offset);
    inside()?;
    exchange::execute(client, call.this(), path)
}

fn execute(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    let path: &[u8] = call.arg()?;
    inside()?;
    exchange::execute(client, call.this(), path)
}

/// A message of the conversation, or the answer that was put off by `setDefer()`.
fn recv(client: &Client, call: &mut Call<'_>) -> Result<Value> {
    let seconds: f64 = call.arg_or(0.0)?;
    inside()?;
    if client.conversation.borrow().is_some() {
        return websocket::recv(client, call.this(), seconds);
    }
    exchange::receive_deferred(client, call.this(), seconds).map(Value::from)
}

fn header_out(client: &Client, _: &mut Call<'_>) -> Result<Value> {
    Ok(Value::or_false(client.header_out.borrow().as_deref()))
}

fn close(client: &Client, call: &mut Call<'_>) -> Result<bool> {
    if client.link.borrow().is_none() {
        fail(call.this(), ErrorCode::CLIENT_NO_CONNECTION, None);
        return Ok(false);
    }
    client.hang_up(call.this());
    Ok(true)
}

impl Client {
    /// Ends the connection and says why.
    fn give_up(&self, this: &Object, missed: &connect::Missed, status: i64) -> Result<bool> {
        self.hang_up(this);
        fail(this, missed.code(), Some(status));
        Ok(false)
    }

    /// Ends the connection; whoever waits for the peer is told.
    fn hang_up(&self, this: &Object) {
        self.pending.take();
        self.conversation.take();
        self.pings.set(0);
        if let Some(link) = self.link.take() {
            link.close();
        }
        this.set(&CONNECTED, false);
    }
}

/// Leaves an error behind: in the properties, and as the last one. A `status` stands for the answer that did not come.
fn fail(this: &Object, code: ErrorCode, status: Option<i64>) {
    last_error::set(code);
    this.set(&ERR_CODE, code.code());
    this.set(&ERR_MSG, code.to_string());
    if let Some(status) = status {
        this.set(&STATUS_CODE, status);
    }
}

/// `SWOOLE_HTTP_CLIENT_ESTATUS_CONNECT_FAILED` and its kind.
const CONNECT_FAILED: i64 = -1;
const REQUEST_TIMEOUT: i64 = -2;
const SERVER_RESET: i64 = -3;
const SEND_FAILED: i64 = -4;

const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;
