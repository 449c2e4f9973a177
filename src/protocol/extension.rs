//! permessage-deflate at the opening handshake (RFC 7692, section 7.1): what is offered, what is agreed.
//!
//! Decisions only. It neither compresses (that is [`super::deflate`]) nor looks at any other header. The server side
//! of the handshake calls [`negotiate`], the client side [`offer`] and [`accept`].

mod grammar;

use std::fmt;

use grammar::{Extension, Param};

/// What both ends agreed on; [`super::deflate::Deflate`] is built from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateParams {
    /// The server forgets its window after each message.
    pub server_no_context_takeover: bool,
    /// The client forgets its window after each message.
    pub client_no_context_takeover: bool,
    /// The largest window the server compresses with, as a power of two (8 to 15).
    pub server_max_window_bits: u8,
    /// The largest window the client compresses with, as a power of two (8 to 15).
    pub client_max_window_bits: u8,
}

/// What this end is willing to do. Values out of range are brought into it where they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateConfig {
    /// Let the server keep its window between messages: better ratio, one compressor per connection.
    pub server_context_takeover: bool,
    /// Let the client keep its window between messages: better ratio, one inflater per connection on the server.
    pub client_context_takeover: bool,
    /// The largest window of the server to agree on, 9 to 15.
    pub server_max_window_bits: u8,
    /// The largest window of the client to agree on, 9 to 15.
    pub client_max_window_bits: u8,
    /// Effort of compression: 1 (fastest, no zlib) to 9 (smallest).
    pub level: u8,
    /// Memory of a compressor above level 1: 1 (least) to 9 (most).
    pub mem_level: u8,
    /// Messages shorter than this many bytes are sent as they are.
    pub threshold: usize,
}

impl Default for DeflateConfig {
    /// A server's default: no takeover on either side, so that an idle connection owns no zlib context.
    fn default() -> Self {
        Self {
            server_context_takeover: false,
            client_context_takeover: false,
            server_max_window_bits: WINDOW_BITS_MAX,
            client_max_window_bits: WINDOW_BITS_MAX,
            level: LEVEL_DEFAULT,
            mem_level: MEM_LEVEL_DEFAULT,
            threshold: THRESHOLD_DEFAULT,
        }
    }
}

impl DeflateConfig {
    /// [`Self::level`] within its range.
    pub fn level(&self) -> u8 {
        self.level.clamp(1, 9)
    }

    /// [`Self::mem_level`] within its range.
    pub fn mem_level(&self) -> u8 {
        self.mem_level.clamp(1, 9)
    }

    fn server_bits(&self) -> u8 {
        self.server_max_window_bits.clamp(WINDOW_BITS_MIN, WINDOW_BITS_MAX)
    }

    fn client_bits(&self) -> u8 {
        self.client_max_window_bits.clamp(WINDOW_BITS_MIN, WINDOW_BITS_MAX)
    }
}

/// Why the other end's `Sec-WebSocket-Extensions` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NegotiationError {
    /// The header does not follow the grammar of RFC 6455, 9.1.
    Malformed,
    /// The answer names an extension that was not offered.
    NotOffered,
    /// The answer accepts permessage-deflate twice.
    AcceptedTwice,
    /// A parameter that permessage-deflate does not define.
    UnknownParameter,
    /// A parameter given twice.
    DuplicateParameter,
    /// A parameter with a value it cannot have, or without one it must have.
    InvalidValue,
    /// The answer is weaker than what was asked for.
    NotAsOffered,
}

impl fmt::Display for NegotiationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "malformed Sec-WebSocket-Extensions",
            Self::NotOffered => "extension that was not offered",
            Self::AcceptedTwice => "permessage-deflate accepted twice",
            Self::UnknownParameter => "unknown parameter of permessage-deflate",
            Self::DuplicateParameter => "duplicate parameter of permessage-deflate",
            Self::InvalidValue => "invalid parameter value of permessage-deflate",
            Self::NotAsOffered => "permessage-deflate not as offered",
        })
    }
}

impl std::error::Error for NegotiationError {}

/// Server side: picks the first offer we can serve. Returns what was agreed and the value of the answering
/// `Sec-WebSocket-Extensions` header; `None` means: send no such header and compress nothing.
///
/// `values` are the values of all `Sec-WebSocket-Extensions` lines of the request, in order.
///
/// A malformed header counts as no offer at all: what it means cannot be known, and a connection without
/// compression is one that both ends understand. A caller that wants the letter of RFC 6455, 9.1 ("the recipient of
/// such malformed data MUST immediately _Fail the WebSocket Connection_") asks [`check`] first.
pub fn negotiate<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
    config: &DeflateConfig,
) -> Option<(DeflateParams, String)> {
    let extensions = grammar::parse(values).ok()?;
    // RFC 7692, 5.1: "the order of elements is important": the client's first choice comes first.
    // RFC 6455, 9.1 lets a server skip what it does not know.
    extensions
        .iter()
        .filter(|extension| extension.name == NAME.as_bytes())
        .find_map(|extension| answer(Offer::parse(extension).ok()?, config))
}

/// Whether the values of all `Sec-WebSocket-Extensions` lines follow the grammar.
pub fn check<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<(), NegotiationError> {
    grammar::parse(values).map(|_| ())
}

/// Client side: the value of the `Sec-WebSocket-Extensions` header to send.
pub fn offer(config: &DeflateConfig) -> String {
    let mut value = String::from(NAME);
    if !config.server_context_takeover {
        value.push_str("; server_no_context_takeover");
    }
    if !config.client_context_takeover {
        value.push_str("; client_no_context_takeover");
    }
    if config.server_bits() < WINDOW_BITS_MAX {
        push_bits(&mut value, "server_max_window_bits", config.server_bits());
    }
    // Sent always: without it a server may not limit our window (RFC 7692, 7.1.2.2).
    match config.client_bits() {
        WINDOW_BITS_MAX => value.push_str("; client_max_window_bits"),
        bits => push_bits(&mut value, "client_max_window_bits", bits),
    }
    value
}

/// Client side: reads the server's answer to our [`offer`]. `None`: the server does not compress.
///
/// On an error the caller must fail the connection (RFC 7692, 7.1: "A client MUST _Fail the WebSocket Connection_ if
/// the peer server accepted an extension negotiation offer for this extension with an extension negotiation response
/// meeting any of the following conditions").
pub fn accept<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
    config: &DeflateConfig,
) -> Result<Option<DeflateParams>, NegotiationError> {
    let extensions = grammar::parse(values)?;
    let Some((extension, others)) = extensions.split_first() else { return Ok(None) };
    if let Some(other) = others.first() {
        let again = extension.name == NAME.as_bytes() && other.name == NAME.as_bytes();
        return Err(if again { NegotiationError::AcceptedTwice } else { NegotiationError::NotOffered });
    }
    if extension.name != NAME.as_bytes() {
        return Err(NegotiationError::NotOffered);
    }
    let answer = Offer::parse(extension)?;
    // In an answer the bare `client_max_window_bits` has no meaning (RFC 7692, 7.1.2.2).
    let client_bits = match answer.client_max_window_bits {
        None => config.client_bits(),
        Some(Bits::Any) => return Err(NegotiationError::InvalidValue),
        Some(Bits::AtMost(bits)) => bits,
    };
    let server_bits = answer.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX);
    // RFC 7692, 7.1.1.1 and 7.1.2.1: a server that accepts the offer includes what was asked for, or less.
    if !config.server_context_takeover && !answer.server_no_context_takeover
        || server_bits > config.server_bits()
        || client_bits > config.client_bits()
    {
        return Err(NegotiationError::NotAsOffered);
    }
    Ok(Some(DeflateParams {
        server_no_context_takeover: answer.server_no_context_takeover,
        // We said that we would not take our context over, whatever the answer.
        client_no_context_takeover: answer.client_no_context_takeover || !config.client_context_takeover,
        server_max_window_bits: server_bits,
        client_max_window_bits: client_bits,
    }))
}

/// Our answer to one offer; `None` declines it.
fn answer(offer: Offer, config: &DeflateConfig) -> Option<(DeflateParams, String)> {
    let asked_bits = offer.server_max_window_bits.unwrap_or(WINDOW_BITS_MAX);
    // "A server declines an extension negotiation offer with this parameter if the server doesn't support it"
    // (RFC 7692, 7.1.2.1). No zlib compresses with a window of 256 bytes: it takes 512 without a word, and the
    // client could not inflate that.
    if asked_bits < WINDOW_BITS_MIN {
        return None;
    }
    let params = DeflateParams {
        server_no_context_takeover: offer.server_no_context_takeover || !config.server_context_takeover,
        client_no_context_takeover: offer.client_no_context_takeover || !config.client_context_takeover,
        server_max_window_bits: asked_bits.min(config.server_bits()),
        client_max_window_bits: match offer.client_max_window_bits {
            // "If a received extension negotiation offer doesn't have the "client_max_window_bits" extension
            // parameter, the corresponding extension negotiation response to the offer MUST NOT include" it (7.1.2.2).
            None => WINDOW_BITS_MAX,
            Some(Bits::Any) => config.client_bits(),
            Some(Bits::AtMost(bits)) => bits.min(config.client_bits()),
        },
    };
    let mut value = String::from(NAME);
    if params.server_no_context_takeover {
        value.push_str("; server_no_context_takeover");
    }
    if params.client_no_context_takeover {
        value.push_str("; client_no_context_takeover");
    }
    // An offer with this parameter is accepted by naming "the same or smaller value" (7.1.2.1).
    if offer.server_max_window_bits.is_some() || params.server_max_window_bits < WINDOW_BITS_MAX {
        push_bits(&mut value, "server_max_window_bits", params.server_max_window_bits);
    }
    if params.client_max_window_bits < WINDOW_BITS_MAX {
        push_bits(&mut value, "client_max_window_bits", params.client_max_window_bits);
    }
    Some((params, value))
}

fn push_bits(value: &mut String, name: &str, bits: u8) {
    value.push_str("; ");
    value.push_str(name);
    value.push('=');
    value.push_str(&bits.to_string());
}

/// The parameters of one permessage-deflate element, of an offer or of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Offer {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    client_max_window_bits: Option<Bits>,
}

/// A limit of the client's window, which an offer may leave to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bits {
    Any,
    AtMost(u8),
}

impl Offer {
    /// RFC 7692, 7: an element is declined if it has a parameter that is unknown, given twice or of an invalid value.
    fn parse(extension: &Extension<'_>) -> Result<Self, NegotiationError> {
        let mut offer = Self::default();
        for param in &extension.params {
            match param.name {
                b"server_no_context_takeover" => set_flag(&mut offer.server_no_context_takeover, param)?,
                b"client_no_context_takeover" => set_flag(&mut offer.client_no_context_takeover, param)?,
                b"server_max_window_bits" => match window_bits(param)? {
                    Bits::AtMost(bits) => set_once(&mut offer.server_max_window_bits, bits)?,
                    Bits::Any => return Err(NegotiationError::InvalidValue),
                },
                b"client_max_window_bits" => {
                    set_once(&mut offer.client_max_window_bits, window_bits(param)?)?
                }
                _ => return Err(NegotiationError::UnknownParameter),
            }
        }
        Ok(offer)
    }
}

/// RFC 7692, 7.1.1: the two takeover parameters have "no value".
fn set_flag(flag: &mut bool, param: &Param<'_>) -> Result<(), NegotiationError> {
    if param.value.is_some() {
        return Err(NegotiationError::InvalidValue);
    }
    if std::mem::replace(flag, true) { Err(NegotiationError::DuplicateParameter) } else { Ok(()) }
}

fn set_once<T>(slot: &mut Option<T>, value: T) -> Result<(), NegotiationError> {
    if slot.replace(value).is_some() { Err(NegotiationError::DuplicateParameter) } else { Ok(()) }
}

/// RFC 7692, 7.1.2: the value is "a decimal integer value without leading zeroes between 8 to 15, inclusive".
fn window_bits(param: &Param<'_>) -> Result<Bits, NegotiationError> {
    let Some(value) = &param.value else { return Ok(Bits::Any) };
    match value.as_ref() {
        b"8" => Ok(Bits::AtMost(8)),
        b"9" => Ok(Bits::AtMost(9)),
        [b'1', digit @ b'0'..=b'5'] => Ok(Bits::AtMost(10 + digit - b'0')),
        _ => Err(NegotiationError::InvalidValue),
    }
}

/// RFC 7692, 7: the registered extension token. Compared byte by byte, as the other end will compare our answer.
const NAME: &str = "permessage-deflate";

/// The smallest window zlib compresses with.
pub const WINDOW_BITS_MIN: u8 = 9;

/// The window of DEFLATE: 32 KiB, the default of RFC 7692, 7.1.2.
pub const WINDOW_BITS_MAX: u8 = 15;

/// The fastest level: an eighth of level 6's time for a quarter more bytes, at 1 KiB (benches/README.md).
pub const LEVEL_DEFAULT: u8 = 1;

/// zlib's own default.
pub const MEM_LEVEL_DEFAULT: u8 = 8;

/// Below this a compressed message saves fewer bytes than a frame header has.
pub const THRESHOLD_DEFAULT: usize = 64;
