//! From `(Frame|string $data, int $opcode, int $flags)` to the frame to send, and from bytes to Frame objects.
//!
//! One place for `Frame::pack`, `Frame::unpack`, `Frame::__toString`, `WebSocket\Server::push` and every other sender:
//! they agree on what may be sent and on the warnings. It knows no connection; whether compression was negotiated is
//! the caller's to know.
//!
//! Differences from the original, on purpose: reserved opcodes, codes that may not appear on the wire and reasons that
//! are not UTF-8 are refused; a string sent with the close opcode is the reason of a Close with code 1000; masks are
//! random; `unpack` refuses whatever a connection would be failed for, and inflates at most [`INFLATED_BYTES_MAX`].

use std::cell::RefCell;
use std::fmt::Display;

use super::close_frame::{CLOSE_FRAME, CODE, REASON};
use super::frame::{DATA, FINISH, FLAGS, FRAME, OPCODE};
use crate::php::errors::{warn, warn_with};
use crate::protocol::close::{CloseReason, CloseRefused, REASON_BYTES_MAX};
use crate::protocol::deflate::{Deflate, DeflatePool};
use crate::protocol::error::ProtocolError;
use crate::protocol::extension::{DeflateConfig, DeflateParams};
use crate::protocol::frame::{CONTROL_BYTES_MAX, FrameHeader};
use crate::protocol::mask::{self, MaskKeys};
use crate::protocol::opcode::Opcode;
use crate::protocol::role::Role;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::zend::{FromArg, IntoValue, Object, Result, Str, Value};

/// `SWOOLE_WEBSOCKET_FLAG_FIN`: the last frame of its message.
pub const FLAG_FIN: i64 = 1;
/// `SWOOLE_WEBSOCKET_FLAG_COMPRESS`: compress, or was compressed.
pub const FLAG_COMPRESS: i64 = 1 << 1;
/// `SWOOLE_WEBSOCKET_FLAG_RSV1`.
pub const FLAG_RSV1: i64 = 1 << 2;
/// `SWOOLE_WEBSOCKET_FLAG_MASK`.
pub const FLAG_MASK: i64 = 1 << 5;

/// What one call wants to send.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// The frame's opcode.
    pub opcode: Opcode,
    /// The last frame of its message; always so for control frames.
    pub fin: bool,
    /// The caller asks for compression; only ever so for whole text and binary messages.
    pub compress: bool,
    /// The caller sets RSV1 by hand (the payload is compressed already).
    pub rsv1: bool,
    /// The caller asks for a mask. Servers ignore it: they must not mask.
    pub mask: bool,
    /// The payload: for a Close its code and reason.
    pub payload: Payload<'a>,
}

/// The bytes of a frame: the caller's own string wherever it is one.
#[derive(Debug)]
pub enum Payload<'a> {
    Given(&'a Str),
    Made(Str),
}

impl Payload<'_> {
    #[inline]
    pub fn string(&self) -> &Str {
        match self {
            Self::Given(text) => text,
            Self::Made(text) => text,
        }
    }

    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.string().as_bytes()
    }
}

impl<'a> Outgoing<'a> {
    /// Reads data, opcode and flags. A Frame object brings its own opcode and flags.
    ///
    /// None: refused, a warning was raised and the last error is 503.
    #[inline(always)]
    pub fn read(data: &'a Value, opcode: i64, flags: i64) -> Result<Option<Self>> {
        if let Some(frame) = data.as_object().filter(|object| object.is(&FRAME)) {
            return Self::from_frame(frame);
        }
        let Some(opcode) = known(opcode) else { return Ok(None) };
        let payload = match data.as_str() {
            Some(text) => Payload::Given(text),
            None => Payload::Made(data.to_str()?),
        };
        if opcode != Opcode::Close {
            return Ok(Self::new(opcode, flags, payload));
        }
        let body = close_body(1000, payload.as_bytes());
        Ok(body.and_then(|body| Self::new(opcode, flags, Payload::Made(body))))
    }

    /// Reads a Frame or CloseFrame object; properties that were unset count as empty.
    pub fn from_frame(frame: &Object) -> Result<Option<Self>> {
        let finish = frame.get(&FINISH);
        let mut flags = frame.get(&FLAGS).to_long();
        if !finish.is_null() {
            flags = if finish.to_bool() { flags | FLAG_FIN } else { flags & !FLAG_FIN };
        }
        let Some(opcode) = known(frame.get(&OPCODE).to_long()) else { return Ok(None) };
        if opcode != Opcode::Close {
            return Ok(Self::new(opcode, flags, Payload::Made(frame.get(&DATA).to_str()?)));
        }
        let body = if frame.is(&CLOSE_FRAME) {
            close_body(frame.get(&CODE).to_long(), frame.get(&REASON).to_str()?.as_bytes())
        } else {
            close_body(1000, frame.get(&DATA).to_str()?.as_bytes())
        };
        Ok(body.and_then(|body| Self::new(Opcode::Close, flags, Payload::Made(body))))
    }

    #[inline(always)]
    fn new(opcode: Opcode, flags: i64, payload: Payload<'a>) -> Option<Self> {
        let len = payload.as_bytes().len();
        if opcode.is_control() && len > CONTROL_BYTES_MAX {
            warn(format_args!("websocket control frame payload must not exceed {CONTROL_BYTES_MAX} bytes"));
            return None;
        }
        let fin = opcode.is_control() || flags & FLAG_FIN != 0;
        // RFC 7692, 6.1: "An endpoint MUST NOT set the "Per-Message Compressed" bit of control frames and non-first
        // fragments of a data message." A fragment alone cannot be compressed either.
        let first = matches!(opcode, Opcode::Text | Opcode::Binary);
        let compress = flags & FLAG_COMPRESS != 0 && fin && first && len > 0;
        let rsv1 = flags & FLAG_RSV1 != 0 && first;
        Some(Self { opcode, fin, compress, rsv1, mask: flags & FLAG_MASK != 0, payload })
    }

    /// The compressed payload and the masking key, as far as they are asked for.
    fn transform(&self) -> (Option<Vec<u8>>, Option<[u8; 4]>) {
        CODEC.with_borrow_mut(|codec| {
            let mut out = Vec::new();
            let done = self.compress
                && codec.deflate.compress_always(&mut codec.pool, self.payload.as_bytes(), &mut out);
            (done.then_some(out), self.mask.then(|| codec.keys.next_key()))
        })
    }

    /// The frame as bytes, compressed and masked as the flags say.
    pub fn encode(&self) -> Str {
        // Zend allocates outside of the borrow: running into memory_limit jumps away and would leave it borrowed.
        let (compressed, key) = if self.compress || self.mask { self.transform() } else { (None, None) };
        let payload = compressed.as_deref().unwrap_or(self.payload.as_bytes());
        let mut header = FrameHeader::new(self.opcode, payload.len() as u64);
        header.fin = self.fin;
        header.rsv1 = self.rsv1 || compressed.is_some();
        header.mask = key;
        let (head, len) = header.to_bytes();
        Str::join(&[&head[..len], payload], |bytes| {
            if let Some(key) = key {
                mask::mask(&mut bytes[len..], key, 0);
            }
        })
    }
}

/// `pack()` as methods have it: the frame as bytes, or an empty string after a warning.
pub fn pack(data: &Value, opcode: i64, flags: i64) -> Result<Str> {
    Ok(Outgoing::read(data, opcode, flags)?.map_or_else(Str::default, |frame| frame.encode()))
}

/// The first frame in `bytes` as an object; what follows it is ignored.
///
/// None: refused. The last error is 8507 when bytes are missing, else 508.
pub fn unpack(bytes: &[u8]) -> Result<Option<Object>> {
    let (header, start) = match FrameHeader::parse(bytes) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(refuse(ErrorCode::WEBSOCKET_INCOMPLETE_PACKET)),
        Err(_) => return Ok(refuse(ErrorCode::PROTOCOL_ERROR)),
    };
    let rest = &bytes[start..];
    let Some(payload) = usize::try_from(header.len).ok().and_then(|len| rest.get(..len)) else {
        return Ok(incomplete(start as u64 + header.len, bytes.len()));
    };
    // RFC 6455, 5.2: "If a nonzero value is received and none of the negotiated extensions defines the meaning of such a
    // nonzero value, the receiving endpoint MUST _Fail the WebSocket Connection_." For RSV1 see `Outgoing::new`.
    let rsv1_misplaced = header.rsv1 && !matches!(header.opcode, Opcode::Text | Opcode::Binary);
    if header.rsv2 || header.rsv3 || rsv1_misplaced {
        return Ok(refuse(ErrorCode::PROTOCOL_ERROR));
    }
    let mut flags = if header.fin { FLAG_FIN } else { 0 };
    flags |= if header.mask.is_some() { FLAG_MASK } else { 0 };
    flags |= if header.rsv1 { FLAG_RSV1 } else { 0 };
    let payload = match header.mask {
        Some(key) => Str::join(&[payload], |bytes| mask::mask(bytes, key, 0)),
        None => Str::new(payload),
    };
    if header.opcode == Opcode::Close {
        return match CloseReason::parse(payload.as_bytes()) {
            Ok(reason) => Ok(Some(close_frame(0, flags, &reason))),
            Err(_) => Ok(refuse(ErrorCode::PROTOCOL_ERROR)),
        };
    }
    // The first of several fragments cannot be inflated alone: it keeps its bytes, and RSV1 without COMPRESS says so.
    if !header.rsv1 || !header.fin {
        return Ok(Some(frame(0, header.opcode, flags, payload)));
    }
    match inflate(payload.as_bytes()) {
        Ok(inflated) => Ok(Some(frame(0, header.opcode, flags | FLAG_COMPRESS, inflated))),
        Err(error) => {
            warn_with(ErrorCode::PROTOCOL_ERROR, inflate_failed(error));
            Ok(None)
        }
    }
}

/// A received message as a Frame object.
#[inline]
pub fn frame(fd: i64, opcode: Opcode, flags: i64, data: impl IntoValue) -> Object {
    let opcode = Value::from(opcode as u8 as i64);
    let finish = Value::from(flags & FLAG_FIN != 0);
    Object::with_properties(&FRAME, [Value::from(fd), data.into_value(), opcode, Value::from(flags), finish])
}

/// A received Close as a CloseFrame object. Without a code in it, PHP sees 1000.
pub fn close_frame(fd: i64, flags: i64, reason: &CloseReason) -> Object {
    received_close(fd, flags, reason.code().unwrap_or(NO_CODE), reason.reason().as_bytes())
}

/// The same from its parts.
pub fn received_close(fd: i64, flags: i64, code: u16, reason: &[u8]) -> Object {
    let code = if code == NO_CODE { 1000 } else { code };
    Object::with_properties(
        &CLOSE_FRAME,
        [
            Value::from(fd),
            Value::from(""),
            Value::from(Opcode::Close as u8 as i64),
            Value::from(flags),
            Value::from(flags & FLAG_FIN != 0),
            Value::from(code),
            Value::from(reason),
        ],
    )
}

/// To be called in a child after fork: parent and child must not use the same masking keys.
pub fn after_fork() {
    CODEC.with_borrow_mut(|codec| codec.keys.renew());
}

/// The opcode of a call; None after a warning.
#[inline(always)]
fn known(opcode: i64) -> Option<Opcode> {
    let known = u8::try_from(opcode).ok().and_then(Opcode::from_u8);
    if known.is_none() {
        unknown(opcode);
    }
    known
}

#[cold]
fn unknown(opcode: i64) {
    match (0..=Opcode::Pong as i64).contains(&opcode) {
        true => warn(format_args!("opcode {opcode} is reserved")),
        false => warn(format_args!("opcode must be between 0 and {}", Opcode::Pong as u8)),
    }
}

/// Code and reason as the payload of a Close; None after a warning.
fn close_body(code: i64, reason: &[u8]) -> Option<Str> {
    let reason = close_reason(code, reason)?;
    let mut body = Vec::with_capacity(CONTROL_BYTES_MAX);
    reason.encode(&mut body);
    Some(Str::new(&body))
}

/// Code and reason as a script gives them, if they may be sent; None after a warning.
pub fn close_reason(code: i64, reason: &[u8]) -> Option<CloseReason> {
    // RFC 6455, 5.5.1: "the body MAY contain UTF-8-encoded data with value /reason/".
    let Ok(text) = std::str::from_utf8(reason) else {
        warn("the close reason must be UTF-8");
        return None;
    };
    let refused = match u16::try_from(code).map(|code| CloseReason::new(code, text)) {
        Ok(Ok(reason)) => return Some(reason),
        Ok(Err(CloseRefused::ReasonTooLong(_))) => {
            format!("the max length of close reason is {REASON_BYTES_MAX}")
        }
        _ => format!("close code {code} may not be sent"),
    };
    warn(refused);
    None
}

fn incomplete<T>(expected: u64, actual: usize) -> Option<T> {
    let code = ErrorCode::WEBSOCKET_INCOMPLETE_PACKET;
    let text = format!("incomplete packet, expected length is {expected}, actual length is {actual}");
    LOG.write_at(Level::Notice, "Frame::unpack", Some(code), &text);
    refuse(code)
}

fn refuse<T>(code: ErrorCode) -> Option<T> {
    last_error::set(code);
    None
}

fn inflate(payload: &[u8]) -> std::result::Result<Vec<u8>, ProtocolError> {
    CODEC.with_borrow_mut(|codec| {
        let mut out = Vec::new();
        let codec = &mut *codec;
        codec.deflate.decompress(&mut codec.pool, payload, true, &mut out, INFLATED_BYTES_MAX)?;
        Ok(out)
    })
}

fn inflate_failed(error: ProtocolError) -> impl Display {
    match error {
        ProtocolError::InflatedTooBig => {
            format!("inflate() failed, Error: more than {INFLATED_BYTES_MAX} bytes")
        }
        _ => "inflate() failed, Error: data error[-3]".into(),
    }
}

/// What packing keeps between calls: zlib contexts and random bytes. It is never borrowed across a call into PHP.
struct Codec {
    deflate: Deflate,
    pool: DeflatePool,
    keys: MaskKeys,
}

thread_local! {
    static CODEC: RefCell<Codec> = RefCell::new(Codec {
        deflate: Deflate::new(Role::Server, PLAIN_DEFLATE, &DeflateConfig { threshold: 0, ..DeflateConfig::default() }),
        pool: DeflatePool::new(),
        keys: MaskKeys::new(),
    });
}

/// Each frame by itself: nothing is negotiated here, so the largest window and no memory between frames.
const PLAIN_DEFLATE: DeflateParams = DeflateParams {
    server_no_context_takeover: true,
    client_no_context_takeover: true,
    server_max_window_bits: 15,
    client_max_window_bits: 15,
};

/// The default of `package_max_length`: what a connection accepts as one message, a packed frame may inflate to.
pub const INFLATED_BYTES_MAX: usize = 2 * 1024 * 1024;

/// RFC 6455, 7.4.1: stands for a Close without a code, and is never sent.
const NO_CODE: u16 = 1005;

/// The default opcode of every sending method.
pub const OPCODE_TEXT: i64 = Opcode::Text as i64;

/// Flags as an argument: any scalar counts, `true` is FIN (`push($fd, $data, $opcode, true)` is old code's `finish`).
#[derive(Clone, Copy, Debug)]
pub struct Flags(pub i64);

impl<'a> FromArg<'a> for Flags {
    fn from_arg(arg: crate::zend::Arg<'a>) -> Result<Self> {
        Ok(Self(arg.value().unref().to_long()))
    }
}
