//! Writes heads. Whatever the caller passes, no name or value can end its line early: that is an error which names it.

use std::fmt;

use super::fields::is_token;
use super::head::Version;
use super::status::reason_phrase;

/// A header that would break the head it is written into. Nothing of it has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// The name (its bytes escaped) is no token.
    Name(String),
    /// The value of the named header holds CR, LF, NUL or another control byte.
    Value(String),
    /// The method, target or reason phrase of the first line would break it.
    StartLine(&'static str),
}

/// Writes `HTTP/1.1 200 OK`. The phrase is the registered one unless given; unregistered codes have an empty one.
pub fn status_line(
    out: &mut Vec<u8>,
    version: Version,
    status: u16,
    reason: Option<&[u8]>,
) -> Result<(), FieldError> {
    let reason = reason.unwrap_or_else(|| reason_phrase(status).unwrap_or_default().as_bytes());
    // RFC 9112, 4: the code is three digits.
    if !(100..1000).contains(&status) {
        return Err(FieldError::StartLine("status"));
    }
    if breaks_line(reason) {
        return Err(FieldError::StartLine("reason"));
    }
    out.extend_from_slice(version.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(status.to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(reason);
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// Writes `GET /path HTTP/1.1`.
pub fn request_line(out: &mut Vec<u8>, method: &str, target: &[u8]) -> Result<(), FieldError> {
    if !is_token(method.as_bytes()) {
        return Err(FieldError::StartLine("method"));
    }
    if target.is_empty() || target.iter().any(|&b| b <= b' ' || b == 0x7f) {
        return Err(FieldError::StartLine("target"));
    }
    out.extend_from_slice(method.as_bytes());
    out.push(b' ');
    out.extend_from_slice(target);
    out.extend_from_slice(b" HTTP/1.1\r\n");
    Ok(())
}

/// Writes `Name: value`.
pub fn field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) -> Result<(), FieldError> {
    check_field(name, value)?;
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// Writes the empty line that ends a head.
pub fn end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// Whether [`field`] would write this.
pub fn check_field(name: &[u8], value: &[u8]) -> Result<(), FieldError> {
    if !is_token(name) {
        return Err(FieldError::Name(name.escape_ascii().to_string()));
    }
    if breaks_line(value) {
        return Err(FieldError::Value(String::from_utf8_lossy(name).into_owned()));
    }
    Ok(())
}

/// RFC 9110, 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous", and other control
/// bytes but the tab are none that a value has.
fn breaks_line(value: &[u8]) -> bool {
    value.iter().any(|b| b.is_ascii_control() && *b != b'\t')
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "header name \"{name}\" is not a token"),
            Self::Value(name) => {
                write!(f, "value of header {name} holds a line break or another control byte")
            }
            Self::StartLine(part) => write!(f, "{part} does not fit the first line"),
        }
    }
}

impl std::error::Error for FieldError {}
