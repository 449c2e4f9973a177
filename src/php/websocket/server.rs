//! `Swoole\WebSocket\Server`: what a WebSocket server can do beyond HTTP.

use crate::php::http::server::HTTP_SERVER;
use crate::php::server::Server;
use crate::php::server::kept::Sent;
use crate::php::server::sessions::{Fd, refuse, send_or_wait};
use crate::php::websocket::frame::{self, PACK, UNPACK};
use crate::php::websocket::pack::{self, FLAG_FIN, OPCODE_TEXT, Outgoing};
use crate::protocol::connection::SendFlags;
use crate::protocol::opcode::Opcode;
use crate::serve::SendFailure;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Call, Class, Result, Value};

/// The class. Its objects carry the state of `Swoole\Server`.
pub static WEBSOCKET_SERVER: Class<Server> = Class::derived("Swoole\\WebSocket\\Server");

/// Defines the class.
pub fn register() {
    WEBSOCKET_SERVER
        .define()
        .extends(&HTTP_SERVER)
        .method("push(int $fd, Swoole\\WebSocket\\Frame|string $data, int $opcode = WEBSOCKET_OPCODE_TEXT, int $flags = SWOOLE_WEBSOCKET_FLAG_FIN): bool", push)
        .method("disconnect(int $fd, int $code = SWOOLE_WEBSOCKET_CLOSE_NORMAL, string $reason = \"\"): bool", disconnect)
        .method("ping(int $fd, string $data = \"\"): bool", ping)
        .method("isEstablished(int $fd): bool", is_established)
        .method(PACK, frame::pack)
        .method(UNPACK, frame::unpack)
        .register();
}

fn push(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let data: &Value = call.arg()?;
    let opcode = call.arg_or(OPCODE_TEXT)?;
    // `finish` of old was a bool; whatever comes is taken as a number, as 6.2.1 does.
    let flags = call.opt::<&Value>()?.map_or(FLAG_FIN, Value::to_long);
    send(server, fd, data, opcode, flags)
}

fn ping(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let data: Value = call.arg_or(Value::from(""))?;
    send(server, fd, &data, i64::from(Opcode::Ping as u8), FLAG_FIN)
}

#[inline(always)]
fn send(server: &Server, fd: Fd, data: &Value, opcode: i64, flags: i64) -> Result<bool> {
    if !server.is_running() {
        return Ok(server.not_running());
    }
    let Some(frame) = Outgoing::read(data, opcode, flags)? else {
        last_error::set(ErrorCode::WEBSOCKET_PACK_FAILED);
        return Ok(false);
    };
    let flags = SendFlags { fin: frame.fin, compress: frame.compress };
    let payload = Sent::new(frame.payload.string());
    send_or_wait(server, fd, |worker| worker.push(fd.session(), frame.opcode, payload.parcel(), flags))
}

fn disconnect(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let code: i64 = call.arg_or(1000)?;
    let reason: &[u8] = call.arg_or(b"".as_slice())?;
    let Some(worker) = server.running() else { return Ok(false) };
    let Some(reason) = pack::close_reason(code, reason) else {
        last_error::set(ErrorCode::WEBSOCKET_PACK_FAILED);
        return Ok(false);
    };
    let outcome = worker.disconnect(fd.session(), &reason);
    Ok(outcome.map_or_else(|_| refuse(fd, SendFailure::NotWebSocket), |()| true))
}

fn is_established(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let fd: Fd = call.arg()?;
    let established = server.with_worker(|worker| worker.is_established(fd.session()));
    Ok(established.unwrap_or_else(|| server.not_running()))
}
