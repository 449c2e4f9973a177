//! The methods of `Swoole\Server` about connections. A `$fd` may live on any worker.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use super::kept::Sent;
use super::{Server, datagrams};
use crate::coroutine::{Ticket, Wait, Wake};
use crate::php::http::sendfile;
use crate::protocol::connection::SendRefused;
use crate::serve::{SendFailure, Worker};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::session::{ClientInfo, SessionId};
use crate::server::settings::Settings;
use crate::zend::class::ClassBuilder;
use crate::zend::string::Str;
use crate::zend::{Arg, Array, Call, FromArg, IntoValue, Result, Value, error, world};

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class
        .method("send(string|int $fd, string $send_data, int $serverSocket = -1): bool", send)
        .method("sendwait(int $conn_fd, string $send_data): bool", send)
        .method("sendfile(int $conn_fd, string $filename, int $offset = 0, int $length = 0): bool", send_file)
        .method("exists(int $fd): bool", exists)
        .method("exist(int $fd): bool", exists)
        .method("protect(int $fd, bool $is_protected = true): bool", protect)
        .method("bind(int $fd, int $uid): bool", bind)
        .method("close(int $fd, bool $reset = false): bool", close)
        .method("confirm(int $fd): bool", resume)
        .method("pause(int $fd): bool", pause)
        .method("resume(int $fd): bool", resume)
        .method("heartbeat(bool $ifCloseConnection = true): array|false", heartbeat)
        .method(
            "getClientInfo(int $fd, int $reactor_id = -1, bool $ignoreError = false): array|false",
            client_info,
        )
        .method(
            "connection_info(int $fd, int $reactor_id = -1, bool $ignoreError = false): array|false",
            client_info,
        )
        .method("getClientList(int $start_fd = 0, int $find_count = 10): array|false", client_list)
        .method("connection_list(int $start_fd = 0, int $find_count = 10): array|false", client_list)
}

/// A `$fd`. Numbers that name no session (negative ones) are kept for the warning.
#[derive(Clone, Copy, Debug)]
pub struct Fd(pub i64);

impl Fd {
    /// The session; 0 is nobody's.
    #[inline]
    pub fn session(self) -> SessionId {
        SessionId::new(u64::try_from(self.0).unwrap_or(0))
    }
}

impl<'a> FromArg<'a> for Fd {
    #[inline]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        i64::from_arg(arg).map(Self)
    }
}

/// Tells why nothing was sent, in the words that scripts know; always false.
#[cold]
pub fn refuse(fd: Fd, failure: SendFailure) -> bool {
    let Fd(fd) = fd;
    let code = match failure {
        SendFailure::NotFound => {
            error::warning(format_args!("session#{fd} does not exists"));
            ErrorCode::SESSION_NOT_EXIST
        }
        SendFailure::NotWebSocket | SendFailure::Refused(SendRefused::Closed) => {
            error::warning(format_args!(
                "the connected client of connection[{fd}] is not a websocket client or closed"
            ));
            ErrorCode::WEBSOCKET_UNCONNECTED
        }
        SendFailure::Full => {
            error::warning(format_args!("connection#{fd} output buffer overflow"));
            ErrorCode::OUTPUT_BUFFER_OVERFLOW
        }
        SendFailure::TooLong => {
            error::warning(failure);
            ErrorCode::DATA_LENGTH_TOO_LARGE
        }
        SendFailure::TooSlow => ErrorCode::SESSION_CLOSED_BY_SERVER,
        SendFailure::Refused(refused) => {
            error::warning(refused);
            ErrorCode::WEBSOCKET_PACK_FAILED
        }
    };
    last_error::set(code);
    false
}

/// Whether and for how long a sender waits where there is no room.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// `send_yield`.
    yields: bool,
    /// `send_timeout`; None is for ever.
    timeout: Option<Duration>,
}

impl Patience {
    pub fn of(settings: &Settings) -> Self {
        Self { yields: settings.send_yield(), timeout: settings.session.send_timeout }
    }

    /// Whether whoever runs now may be suspended.
    pub fn may_wait(self) -> bool {
        self.yields && !world::is_outside()
    }
}

/// Sends by `attempt`, and where the outbox is full and `send_yield` is on, suspends the coroutine until there is room.
/// False after a warning that says why nothing was sent.
#[inline(always)]
pub fn send_or_wait(
    server: &Server,
    fd: Fd,
    attempt: impl Fn(&Worker) -> std::result::Result<(), SendFailure> + Copy,
) -> Result<bool> {
    match server.with_worker(attempt) {
        Some(Ok(())) => Ok(true),
        Some(Err(SendFailure::Full)) => wait_to_send(server, fd, attempt),
        Some(Err(failure)) => Ok(refuse(fd, failure)),
        None => Ok(server.not_running()),
    }
}

#[cold]
fn wait_to_send(
    server: &Server,
    fd: Fd,
    attempt: impl Fn(&Worker) -> std::result::Result<(), SendFailure> + Copy,
) -> Result<bool> {
    let Some(worker) = server.running() else { return Ok(false) };
    let patience = Patience::of(&server.settings.borrow());
    let outcome = send_patiently(patience, &worker, fd.session(), || attempt(&worker))?;
    Ok(outcome.map_or_else(|failure| refuse(fd, failure), |()| true))
}

/// Sends by `attempt`; while the outbox is full the coroutine may wait for room.
pub fn send_patiently(
    patience: Patience,
    worker: &Worker,
    session: SessionId,
    attempt: impl Fn() -> std::result::Result<(), SendFailure>,
) -> Result<std::result::Result<(), SendFailure>> {
    loop {
        let outcome = attempt();
        if !matches!(outcome, Err(SendFailure::Full)) {
            return Ok(outcome);
        }
        let scheduler = world::scheduler();
        let Some(ticket) = scheduler.ticket().filter(|_| patience.yields) else { return Ok(outcome) };
        if !worker.await_room(session) {
            continue;
        }
        SENDERS.with_borrow_mut(|senders| senders.entry(session).or_default().push(ticket));
        let until = patience.timeout.map(|timeout| scheduler.after(timeout));
        let wake = scheduler.suspend(Wait::Outside, until);
        world::settle()?;
        if !matches!(wake, Wake::Ready) {
            return Ok(outcome);
        }
    }
}

/// The outbox of a session has room, or the session is gone: its senders try again.
pub fn wake_senders(session: SessionId) {
    let tickets =
        SENDERS.with_borrow_mut(|senders| if senders.is_empty() { None } else { senders.remove(&session) });
    for ticket in tickets.into_iter().flatten() {
        world::scheduler().ready().push(ticket);
    }
}

thread_local! {
    /// Coroutines that wait until a session's outbox has room.
    static SENDERS: RefCell<HashMap<SessionId, Vec<Ticket>>> = RefCell::default();
}

fn send(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let target: &Value = call.arg()?;
    if let Some(path) = target.as_bytes().filter(|path| path.starts_with(b"/")) {
        return datagrams::send_to_path(server, path, call);
    }
    let fd = Fd(target.to_long());
    let bytes: &Str = call.arg()?;
    if bytes.is_empty() && server.running().is_some() {
        error::warning("data is empty");
        last_error::set(ErrorCode::NO_PAYLOAD);
        return Ok(false);
    }
    let bytes = Sent::new(bytes);
    send_or_wait(server, fd, |worker| worker.send(fd.session(), bytes.parcel()))
}

/// `sendfile()`: a file as it is, without any head.
fn send_file(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let name: &[u8] = call.arg()?;
    let offset: i64 = call.arg_or(0)?;
    let length: i64 = call.arg_or(0)?;
    let Some(worker) = server.running() else { return Ok(false) };
    let session = fd.session();
    if !worker.exists(session) {
        return Ok(refuse(fd, SendFailure::NotFound));
    }
    let Some(mut file) = sendfile::open(name, offset, length) else { return Ok(false) };
    let patience = Patience::of(&server.settings.borrow());
    if !patience.may_wait() {
        return Ok(worker.send_file_bytes(session, file.file(), file.range()));
    }
    file.send(|piece| {
        let sent = send_patiently(patience, &worker, session, || worker.send(session, piece))?;
        Ok(sent.map_or_else(|failure| refuse(fd, failure), |()| true))
    })
}

fn exists(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    Ok(server.running().is_some_and(|worker| worker.exists(fd.session())))
}

fn protect(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let protected: bool = call.arg_or(true)?;
    Ok(quietly(server, |worker| worker.protect(fd.session(), protected)))
}

/// Binds a user to a connection, once.
fn bind(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let (fd, uid): (Fd, i64) = (call.arg()?, call.arg()?);
    let Some(worker) = server.running() else { return Ok(false) };
    if !(i64::from(i32::MIN)..=i64::from(u32::MAX)).contains(&uid) {
        error::warning(format_args!("uid can not be greater than {} or less than {}", u32::MAX, i32::MIN));
        last_error::set(ErrorCode::PHP_FATAL_ERROR);
        return Ok(false);
    }
    // Negative numbers are the upper half.
    let uid = uid as u32;
    Ok(if uid == 0 { worker.exists(fd.session()) } else { worker.bind(fd.session(), uid) })
}

fn close(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let reset: bool = call.arg_or(false)?;
    Ok(quietly(server, |worker| worker.close(fd.session(), reset)))
}

fn pause(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    Ok(quietly(server, |worker| worker.pause(fd.session(), true)))
}

fn resume(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    Ok(quietly(server, |worker| worker.pause(fd.session(), false)))
}

/// For methods that answer an unknown `$fd` with false and the last error, without a warning.
fn quietly(server: &Server, act: impl FnOnce(&Worker) -> std::result::Result<(), SendFailure>) -> bool {
    let Some(worker) = server.running() else { return false };
    let done = act(&worker).is_ok();
    if !done {
        last_error::set(ErrorCode::SESSION_NOT_EXIST);
    }
    done
}

fn heartbeat(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let close: bool = call.arg_or(false)?;
    let Some(worker) = server.running() else { return Ok(false.into_value()) };
    let settings = server.settings.borrow();
    let (interval, idle) = (settings.session.heartbeat_check_interval, settings.session.heartbeat_idle_time);
    drop(settings);
    let (Some(_), Some(idle)) = (interval, idle) else { return Ok(false.into_value()) };
    let mut fds = Array::new();
    for session in sessions(&worker) {
        let Some(info) = worker.client_info(session).filter(|info| !info.protected) else { continue };
        if u128::from(worker.silence_us(&info)) > idle.as_micros() {
            fds.push(session.as_u64());
            if close {
                // It may have gone meanwhile, which is as good.
                let _ = worker.close(session, false);
            }
        }
    }
    Ok(fds.into_value())
}

fn client_info(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let fd: Fd = call.arg()?;
    let _reactor: i64 = call.arg_or(-1)?;
    let _ignore_error: bool = call.arg_or(false)?;
    let Some(worker) = server.running() else { return Ok(false.into_value()) };
    Ok(Value::or_false(worker.client_info(fd.session()).map(|info| describe(&worker, &info))))
}

/// The array of `getClientInfo()`, keys in the order of the original.
pub fn describe(worker: &Worker, info: &ClientInfo) -> Array {
    let seconds = |us: u64| us as f64 / 1e6;
    let heard_us = worker.heard_at_us(info).max(info.connected_us);
    let mut array = Array::new();
    if info.uid > 0 {
        array.set("uid", info.uid);
    }
    if info.worker > 0 && !worker.options().is_split() {
        array.set("worker_id", info.worker);
    }
    // Only on WebSocket connections, so that the documented isset() tells them apart.
    if info.status as u8 > 1 {
        array.set("websocket_status", i64::from(info.status as u8));
    }
    array.set("server_port", info.server_port);
    array.set("server_fd", info.descriptors.listener);
    array.set("socket_fd", info.descriptors.connection);
    array.set("socket_type", worker.options().ports[usize::from(info.port)].kind.number());
    array.set("remote_port", info.peer.port());
    array.set("remote_ip", info.peer.ip().to_string());
    array.set("reactor_id", worker.options().reactor_number(info.worker));
    array.set("connect_time", info.connected_us / 1_000_000);
    array.set("last_time", heard_us / 1_000_000);
    array.set("last_recv_time", seconds(heard_us));
    array.set("last_send_time", seconds(info.sent_us));
    // A worker that owns its sockets takes up what it reads at once.
    array.set("last_dispatch_time", seconds(heard_us));
    array.set("close_errno", 0i64);
    array.set("recv_queued_bytes", worker.unread_bytes(info.session));
    array.set("send_queued_bytes", worker.queued_bytes(info.session));
    array
}

fn client_list(server: &Server, call: &mut Call<'_>) -> Result<Value> {
    let start: Fd = call.arg_or(Fd(0))?;
    let count: i64 = call.arg_or(10)?;
    let Some(worker) = server.running() else { return Ok(false.into_value()) };
    let Ok(count) = usize::try_from(count.min(CLIENT_LIST_MAX)) else { return Ok(false.into_value()) };
    let position = if start.0 == 0 { Some(0) } else { worker.position_after(start.session()) };
    let Some(mut position) = position else { return Ok(false.into_value()) };
    let mut fds = Array::new();
    while fds.len() < count {
        let Some((next, session)) = worker.next_session(position) else { break };
        fds.push(session.as_u64());
        position = next;
    }
    Ok(if fds.is_empty() { false.into_value() } else { fds.into_value() })
}

/// Every session of the server, as of now.
fn sessions(worker: &Worker) -> Vec<SessionId> {
    let mut found = Vec::new();
    let mut position = 0;
    while let Some((next, session)) = worker.next_session(position) {
        found.push(session);
        position = next;
    }
    found
}

/// As in the original.
const CLIENT_LIST_MAX: i64 = 100;
