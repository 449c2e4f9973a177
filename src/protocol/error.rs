//! Every way in which a WebSocket peer can break the protocol, and the one place that maps it to a close code.

use std::fmt;

/// What the peer did wrong after the handshake. The shell never chooses a close code: it asks [`ProtocolError::close_code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProtocolError {
    /// RFC 6455, 5.2: a reserved bit is set and no negotiated extension gives it a meaning.
    ReservedBit,
    /// RFC 6455, 5.2: opcodes 3-7 and 11-15 are reserved.
    ReservedOpcode(u8),
    /// RFC 6455, 5.1: "The server MUST close the connection upon receiving a frame that is not masked."
    UnmaskedFrame,
    /// RFC 6455, 5.1: "A client MUST close a connection if it detects a masked frame."
    MaskedFrame,
    /// RFC 6455, 5.2: "the minimal number of bytes MUST be used to encode the length".
    NonMinimalLength,
    /// RFC 6455, 5.2: the most significant bit of a 64-bit length must be 0.
    LengthTopBit,
    /// RFC 6455, 5.5: "All control frames MUST have a payload length of 125 bytes or less".
    ControlTooLong,
    /// RFC 6455, 5.5: control frames "MUST NOT be fragmented".
    FragmentedControl,
    /// RFC 6455, 5.4: a continuation without a message to continue.
    UnexpectedContinuation,
    /// RFC 6455, 5.4: a new data frame inside an unfinished message.
    InterleavedMessage,
    /// RFC 6455, 5.5.1: a close body of one byte cannot hold a code.
    CloseBodyTooShort,
    /// RFC 6455, 7.4: a code that may not appear on the wire.
    InvalidCloseCode(u16),
    /// RFC 6455, 8.1: text or a close reason that is not UTF-8.
    InvalidUtf8,
    /// RFC 7692, 6: a control frame or continuation that claims to be compressed.
    CompressedControl,
    /// RFC 7692, 7.2.2: the payload does not inflate.
    InvalidDeflate,
    /// A frame above the configured limit.
    FrameTooBig,
    /// A message above the configured limit.
    MessageTooBig,
    /// An inflated message above the configured limit.
    InflatedTooBig,
    /// A message in more fragments than the configured limit.
    TooManyFragments,
}

impl ProtocolError {
    /// The close code to send (RFC 6455, 7.4.1).
    pub const fn close_code(self) -> u16 {
        match self {
            Self::InvalidUtf8 | Self::InvalidDeflate => 1007,
            Self::FrameTooBig | Self::MessageTooBig | Self::InflatedTooBig | Self::TooManyFragments => 1009,
            _ => 1002,
        }
    }

    /// The reason to send beside the code: short, constant, and without any byte of the peer's.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ReservedBit => "reserved bit set",
            Self::ReservedOpcode(_) => "reserved opcode",
            Self::UnmaskedFrame => "unmasked frame from a client",
            Self::MaskedFrame => "masked frame from a server",
            Self::NonMinimalLength => "length not in its minimal form",
            Self::LengthTopBit => "length above 63 bits",
            Self::ControlTooLong => "control frame above 125 bytes",
            Self::FragmentedControl => "fragmented control frame",
            Self::UnexpectedContinuation => "continuation without a message",
            Self::InterleavedMessage => "new message inside a fragmented one",
            Self::CloseBodyTooShort => "close frame of one byte",
            Self::InvalidCloseCode(_) => "invalid close code",
            Self::InvalidUtf8 => "invalid utf-8",
            Self::CompressedControl => "compression bit on a frame that cannot have it",
            Self::InvalidDeflate => "invalid compressed data",
            Self::FrameTooBig => "frame too big",
            Self::MessageTooBig => "message too big",
            Self::InflatedTooBig => "inflated message too big",
            Self::TooManyFragments => "too many fragments",
        }
    }
}

impl fmt::Display for ProtocolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedOpcode(opcode) => write!(f, "{} {opcode}", self.reason()),
            Self::InvalidCloseCode(code) => write!(f, "{} {code}", self.reason()),
            _ => f.write_str(self.reason()),
        }
    }
}

impl std::error::Error for ProtocolError {}
