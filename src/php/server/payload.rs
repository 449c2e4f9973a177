//! PHP values that travel between processes: strings as they are, everything else serialized.

use crate::zend::{Callback, Result, Value};

/// The value was serialized; `SWOOLE_TASK_SERIALIZE`.
pub const SERIALIZED: u8 = 2;
/// The giver of the task waits for its result: `onFinish` is not called for it; `SWOOLE_TASK_COROUTINE`.
pub const WAITED: u8 = 32;

/// The bytes of a value, and the flag that says how to read them.
pub fn pack(value: &Value) -> Result<(u8, Vec<u8>)> {
    if let Some(bytes) = value.as_bytes() {
        return Ok((0, bytes.to_vec()));
    }
    let text = call("serialize", value.clone())?;
    Ok((SERIALIZED, text.as_bytes().unwrap_or_default().to_vec()))
}

/// The value of bytes from [`pack`].
pub fn unpack(flags: u8, bytes: &[u8]) -> Result<Value> {
    let text = Value::from(bytes);
    if flags & SERIALIZED == 0 { Ok(text) } else { call("unserialize", text) }
}

fn call(function: &str, argument: Value) -> Result<Value> {
    Callback::new(&Value::from(function))?.call(&[argument])
}
