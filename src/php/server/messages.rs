//! What workers say to each other: `sendMessage()`.

use super::event::Event;
use super::{Server, payload};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::class::ClassBuilder;
use crate::zend::{Call, Result, Value, error};

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
    let known = u16::try_from(to).ok().filter(|to| *to < worker.options().workers());
    let Some(to) = known else { return Ok(misused(format_args!("worker_id[{to}] is invalid"))) };
    let (flags, bytes) = payload::pack(message)?;
    let sent = worker.send_message(to, flags, bytes).is_ok();
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
