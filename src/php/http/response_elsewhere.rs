//! The methods of `Http\Response` that mean something on another connection only: HTTP/2, or WebSocket in the server of
//! coroutines. Here they say so and return false, as in 6.2.1.

use super::response::{FD, Response};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Call, Result, Value, error};

/// `upgrade()`: the server answers handshakes by itself.
pub fn upgrade(_response: &Response, _call: &mut Call<'_>) -> Result<bool> {
    error::warning("async server dose not support protocol upgrade");
    last_error::set(ErrorCode::PHP_FATAL_ERROR);
    Ok(false)
}

/// `push()`, `recv()` and `disconnect()`: on this server they are methods of the server.
pub fn websocket(_response: &Response, call: &mut Call<'_>) -> Result<Value> {
    refuse(call, "websocket").map(Value::from)
}

/// `ping()` and `goaway()`.
pub fn http2(_response: &Response, call: &mut Call<'_>) -> Result<bool> {
    refuse(call, "HTTP2")
}

fn refuse(call: &mut Call<'_>, wanted: &str) -> Result<bool> {
    let fd = call.this().get(&FD).to_long();
    error::warning(format_args!("fd[{fd}] is not a {wanted} conncetion"));
    last_error::set(ErrorCode::PHP_FATAL_ERROR);
    Ok(false)
}
