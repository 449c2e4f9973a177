//! The body of a Close frame (RFC 6455, 5.5.1 and 7.4): a code and a reason, or nothing.
//!
//! Who closed is not said here but by the state of the connection. Called by `connection` and by PHP's `disconnect` and
//! `CloseFrame`.

use std::fmt;

use super::error::ProtocolError;
use super::frame::CONTROL_BYTES_MAX;

/// Why a connection is being closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloseReason {
    /// `None` when the frame had no body; an application is then told 1005.
    code: Option<u16>,
    reason: String,
}

impl CloseReason {
    /// A close without a body.
    pub const EMPTY: Self = Self { code: None, reason: String::new() };

    /// A code and a reason that may be sent.
    pub fn new(code: u16, reason: &str) -> Result<Self, CloseRefused> {
        if !is_valid_on_wire(code) {
            return Err(CloseRefused::Code(code));
        }
        if reason.len() > REASON_BYTES_MAX {
            return Err(CloseRefused::ReasonTooLong(reason.len()));
        }
        Ok(Self { code: Some(code), reason: reason.to_owned() })
    }

    /// Reads the unmasked body of a Close frame.
    pub fn parse(body: &[u8]) -> Result<Self, ProtocolError> {
        let (code, reason) = match body {
            [] => return Ok(Self::EMPTY),
            // 5.5.1: "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer".
            [_] => return Err(ProtocolError::CloseBodyTooShort),
            [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        };
        if !is_valid_on_wire(code) {
            return Err(ProtocolError::InvalidCloseCode(code));
        }
        // 7.1.6: the reason is "UTF-8-encoded data".
        let reason = std::str::from_utf8(reason).map_err(|_| ProtocolError::InvalidUtf8)?;
        Ok(Self { code: Some(code), reason: reason.to_owned() })
    }

    /// Appends the body of the Close frame, unmasked. It is at most 125 bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let Some(code) = self.code else { return };
        out.extend_from_slice(&code.to_be_bytes());
        out.extend_from_slice(self.reason.as_bytes());
    }

    /// The same code alone, as an answer to a Close that had it.
    pub fn without_text(&self) -> Self {
        Self { code: self.code, reason: String::new() }
    }

    /// The code on the wire, if any.
    pub const fn code(&self) -> Option<u16> {
        self.code
    }

    /// The code to tell an application: 1005 stands for "none was sent" (7.4.1) and is never on the wire.
    pub fn code_or_none(&self) -> u16 {
        self.code.unwrap_or(NO_STATUS)
    }

    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl From<ProtocolError> for CloseReason {
    /// What to tell a peer that broke the protocol.
    fn from(error: ProtocolError) -> Self {
        Self { code: Some(error.close_code()), reason: error.reason().to_owned() }
    }
}

/// RFC 6455, 7.4 and the IANA registry: whether a Close frame may carry `code`.
///
/// 1005, 1006 and 1015 are "reserved [...] and MUST NOT be set as a status code in a Close control frame"; 0-999 are "not
/// used"; 1004 and 1016-2999 are reserved and undefined; 3000-4999 are for libraries and applications.
pub const fn is_valid_on_wire(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Why a close may not be sent as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseRefused {
    /// The code may not appear on the wire.
    Code(u16),
    /// The reason has this many bytes.
    ReasonTooLong(usize),
}

impl fmt::Display for CloseRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "close code {code} may not be sent"),
            Self::ReasonTooLong(len) => {
                write!(f, "close reason of {len} bytes is longer than {REASON_BYTES_MAX}")
            }
        }
    }
}

impl std::error::Error for CloseRefused {}

/// What a control frame holds, less the code.
pub const REASON_BYTES_MAX: usize = CONTROL_BYTES_MAX - 2;
/// RFC 6455, 7.4.1: "no status code was actually present".
pub const NO_STATUS: u16 = 1005;
/// RFC 6455, 7.4.1: "the connection was closed abnormally", without a Close frame.
pub const ABNORMAL: u16 = 1006;
