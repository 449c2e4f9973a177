//! What workers say to each other: `sendMessage()`, and what `onPipeMessage` gets.

use super::Server;
use super::event::Event;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::class::ClassBuilder;
use crate::zend::{Call, Callback, IntoValue, Kind, Result, Value, error};

/// Adds the methods of this file.
pub fn methods(class: ClassBuilder<Server>) -> ClassBuilder<Server> {
    class.method("sendMessage(mixed $message, int $dst_worker_id): bool", send_message)
}

fn send_message(server: &Server, call: &mut Call<'_>) -> Result<bool> {
    let message: &Value = call.arg()?;
    let to: i64 = call.arg()?;
    let Some(worker) = server.running() else { return Ok(false) };
    if !server.has(Event::PipeMessage) {
        return Ok(misused("onPipeMessage is null, can't use sendMessage"));
    }
    if to == i64::from(worker.id()) {
        return Ok(misused("can't send messages to self"));
    }
    let known = u16::try_from(to).ok().filter(|to| *to < worker.options().worker_num);
    let Some(to) = known else { return Ok(misused(format_args!("worker_id[{to}] is invalid"))) };
    let sent = worker.send_message(to, &pack(message)?).is_ok();
    if !sent {
        error::warning(format_args!("worker#{to} does not keep up with its messages"));
        last_error::set(ErrorCode::OUTPUT_BUFFER_OVERFLOW);
    }
    Ok(sent)
}

fn misused(text: impl std::fmt::Display) -> bool {
    error::warning(text);
    last_error::set(ErrorCode::PHP_FATAL_ERROR);
    false
}

/// Strings travel as they are, everything else is serialized.
fn pack(message: &Value) -> Result<Vec<u8>> {
    let message = message.unref();
    if message.kind() == Kind::String {
        return Ok(packed(PLAIN, message.as_bytes().unwrap_or_default()));
    }
    let serialized = Callback::new(&Value::from("serialize"))?.call(std::slice::from_ref(&message))?;
    Ok(packed(SERIALIZED, serialized.as_bytes().unwrap_or_default()))
}

fn packed(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind], bytes].concat()
}

/// The message again. Only bytes from [`pack`] of another worker of this server come here.
pub fn unpack(packed: &[u8]) -> Result<Value> {
    match packed {
        [SERIALIZED, bytes @ ..] => Callback::new(&Value::from("unserialize"))?.call(&[bytes.into_value()]),
        [_, bytes @ ..] => Ok(bytes.into_value()),
        [] => Ok(Value::default()),
    }
}

const PLAIN: u8 = 0;
const SERIALIZED: u8 = 1;
