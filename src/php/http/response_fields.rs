//! The methods of `Http\Response` that set what its head is made of: status, headers, cookies, trailers.

use super::cookie::SetCookie;
use super::cookie_class::{self, NameOrCookie};
use super::reply;
use super::response::{COOKIE, HEADER, Response, Stage, TRAILER};
use crate::protocol::http::{FieldError, write};
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Array, Call, IntoValue, Kind, Object, Result, Value, error};

pub fn cookie(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    set_cookie(response, call, true)
}

pub fn raw_cookie(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    set_cookie(response, call, false)
}

fn set_cookie(response: &Response, call: &mut Call<'_>, encode: bool) -> Result<bool> {
    let name = match call.arg()? {
        NameOrCookie::Name(name) => name,
        NameOrCookie::Cookie(cookie) => {
            if response.open(&[Stage::Fresh, Stage::Handshake]).is_none() {
                return Ok(false);
            }
            return Ok(keep_cookie(call.this(), cookie.line()));
        }
    };
    let mut cookie = SetCookie { name, ..SetCookie::default() };
    cookie.value = call.arg_or(b"".as_slice())?;
    cookie.expires = call.arg_or(0)?;
    // The documented default "/" is not sent unless it was passed.
    cookie.path = call.arg_or(b"".as_slice())?;
    cookie.domain = call.arg_or(b"".as_slice())?;
    cookie.secure = call.arg_or(false)?;
    cookie.http_only = call.arg_or(false)?;
    cookie.same_site = call.arg_or(b"".as_slice())?;
    cookie.priority = call.arg_or(b"".as_slice())?;
    cookie.partitioned = call.arg_or(false)?;
    if response.open(&[Stage::Fresh, Stage::Handshake]).is_none() {
        return Ok(false);
    }
    Ok(keep_cookie(call.this(), cookie_class::line(&cookie, encode)))
}

/// Adds a line to those of the response; false for none.
fn keep_cookie(this: &Object, line: Option<Vec<u8>>) -> bool {
    let Some(line) = line else { return false };
    let mut lines = this.get(&COOKIE).as_array().cloned().unwrap_or_default();
    lines.push(line);
    this.set(&COOKIE, lines);
    true
}

pub fn status(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let code: i64 = call.arg()?;
    let reason: &[u8] = call.arg_or(b"".as_slice())?;
    if response.open(&[Stage::Fresh, Stage::Handshake]).is_none() {
        return Ok(false);
    }
    // What cannot be a status at all (RFC 9112, 4: three digits) is sent as 999, like every unknown one.
    response
        .status
        .set(u16::try_from(code).ok().filter(|code| *code == 0 || (100..1000).contains(code)).unwrap_or(999));
    response.reason.replace(reason.to_vec());
    Ok(true)
}

pub fn header(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let key: &[u8] = call.arg()?;
    let value: &Value = call.arg()?;
    let format: bool = call.arg_or(true)?;
    if response.open(&[Stage::Fresh, Stage::Handshake]).is_none() {
        return Ok(false);
    }
    if key.is_empty() || key.len() >= KEY_BYTES_MAX {
        error::warning("header key is too long");
        last_error::set(ErrorCode::INVALID_PARAMS);
        return Ok(false);
    }
    let key = if format { reply::title_case(key) } else { key.to_vec() };
    let Some(value) = header_value(&key, value)? else { return Ok(false) };
    let mut headers = call.this().get(&HEADER).as_array().cloned().unwrap_or_default();
    headers.set_bytes(&key, value);
    call.this().set(&HEADER, headers);
    Ok(true)
}

/// The value to keep: a string, an array of them, or null, which suppresses a default header. White space at its end is no
/// part of it (RFC 9110, 5.5).
fn header_value(key: &[u8], value: &Value) -> Result<Option<Value>> {
    if value.is_null() {
        return Ok(check_header(key, b"").then(Value::null));
    }
    let value = value.unref();
    if value.kind() == Kind::Array {
        let mut lines = Array::new();
        for line in value.as_array().into_iter().flat_map(Array::values) {
            if line.is_null() {
                continue;
            }
            let line = line.to_str()?;
            let line = line.as_bytes().trim_ascii_end();
            if !check_header(key, line) {
                return Ok(None);
            }
            lines.push(line);
        }
        return Ok(Some(lines.into_value()));
    }
    let text = value.to_str()?;
    let text = text.as_bytes().trim_ascii_end();
    Ok(check_header(key, text).then(|| text.into_value()))
}

/// RFC 9110, 5.5: CR, LF and NUL in a value are "invalid and dangerous". Nothing with them or another control byte is ever kept.
pub fn check_header(name: &[u8], value: &[u8]) -> bool {
    let Err(refused) = write::check_field(name, value) else { return true };
    match refused {
        FieldError::Value(_) if value.iter().any(|byte| matches!(byte, b'\r' | b'\n')) => {
            error::warning("Header may not contain more than a single header, new line detected");
        }
        FieldError::Value(_) if value.contains(&0) => error::warning("Header may not contain NUL bytes"),
        FieldError::Name(name) if name.contains("\\n") || name.contains("\\r") => {
            error::warning("Header may not contain more than a single header, new line detected");
        }
        other => error::warning(other),
    }
    last_error::set(ErrorCode::INVALID_PARAMS);
    false
}

pub fn trailer(response: &Response, call: &mut Call<'_>) -> Result<bool> {
    let key: &[u8] = call.arg()?;
    let value: &[u8] = call.arg()?;
    if response.open(&[Stage::Fresh, Stage::Streaming]).is_none() || !check_header(key, value) {
        return Ok(false);
    }
    let mut trailers = call.this().get(&TRAILER).as_array().cloned().unwrap_or_default();
    trailers.set_bytes(&reply::title_case(key), value);
    call.this().set(&TRAILER, trailers);
    Ok(true)
}

/// As in the original.
const KEY_BYTES_MAX: usize = 128;
