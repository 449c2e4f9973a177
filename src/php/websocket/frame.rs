//! `Swoole\WebSocket\Frame`: one message, as onMessage gets it and push() takes it. What the bytes mean is `pack.rs`.

use super::pack::{self, FLAG_COMPRESS, FLAG_FIN, FLAG_MASK, FLAG_RSV1, OPCODE_TEXT, Outgoing};
use crate::protocol::opcode::Opcode;
use crate::serve::Message;
use crate::server::session::SessionId;
use crate::zend::{Call, Class, ClassEntry, IntoValue, Result, Slot, Str, Value};

/// The class.
pub static FRAME: Class = Class::new("Swoole\\WebSocket\\Frame");

/// Who sent it: a session of the server, or the descriptor of a client.
pub static FD: Slot = Slot::new();
/// The payload.
pub static DATA: Slot = Slot::new();
/// The opcode.
pub static OPCODE: Slot = Slot::new();
/// `SWOOLE_WEBSOCKET_FLAG_*`.
pub static FLAGS: Slot = Slot::new();
/// Whether it is the last frame of its message; null on a new frame means: as the flags say.
pub static FINISH: Slot = Slot::new();

/// Defines the class.
pub fn register() {
    FRAME
        .define()
        .implements(ClassEntry::stringable())
        .slot(&FD, "public $fd = 0")
        .slot(&DATA, "public $data = \"\"")
        .slot(&OPCODE, "public $opcode = 1")
        .slot(&FLAGS, "public $flags = 1")
        .slot(&FINISH, "public $finish = null")
        .method("__toString(): string", to_string)
        .method(PACK, pack)
        .method(UNPACK, unpack)
        .register();
}

fn to_string(call: &mut Call<'_>) -> Result<Str> {
    Ok(Outgoing::from_frame(call.this())?.map_or_else(Str::default, |frame| frame.encode()))
}

/// What `onMessage` gets: a Frame, or for a Close a CloseFrame. Clients mask, so the flags say so.
#[inline]
pub fn received(session: SessionId, message: &Message<'_>) -> Value {
    let &Message { opcode, compressed, payload, close_code } = message;
    if opcode == Opcode::Close {
        return pack::received_close(fd(session), flags(compressed), close_code, payload).into_value();
    }
    received_data(session, opcode, compressed, payload)
}

/// As [`received`], for anything but a Close.
#[inline]
pub fn received_data(session: SessionId, opcode: Opcode, compressed: bool, data: impl IntoValue) -> Value {
    pack::frame(fd(session), opcode, flags(compressed), data).into_value()
}

fn fd(session: SessionId) -> i64 {
    i64::try_from(session.as_u64()).unwrap_or(i64::MAX)
}

fn flags(compressed: bool) -> i64 {
    FLAG_FIN | FLAG_MASK | if compressed { FLAG_COMPRESS | FLAG_RSV1 } else { 0 }
}

/// `Frame::pack` and `WebSocket\Server::pack`.
pub fn pack(call: &mut Call<'_>) -> Result<Str> {
    let data: &Value = call.arg()?;
    let opcode = call.arg_or(OPCODE_TEXT)?;
    let flags = call.arg_or(FLAG_FIN)?;
    pack::pack(data, opcode, flags)
}

/// `Frame::unpack` and `WebSocket\Server::unpack`.
pub fn unpack(call: &mut Call<'_>) -> Result<Value> {
    Ok(Value::or_false(pack::unpack(call.arg()?)?))
}

/// The signature of [`pack`]. The data may be anything that converts to a string.
pub const PACK: &str = "static pack(Swoole\\WebSocket\\Frame|string $data, int $opcode = WEBSOCKET_OPCODE_TEXT, \
                        int $flags = SWOOLE_WEBSOCKET_FLAG_FIN): string";
/// The signature of [`unpack`]. The original declares no `false`, which it returns all the same; opcache believes the
/// declaration and then takes `=== false` for never true.
pub const UNPACK: &str = "static unpack(string $data): Swoole\\WebSocket\\Frame|false";
