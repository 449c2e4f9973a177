//! Every way in which an HTTP/1.1 message can be unacceptable, and the one place that maps it to a status.

use std::fmt;

/// What is wrong with a message. A server answers with [`HttpError::status`] and closes: after a framing error nobody
/// knows where the next message would begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// RFC 9112, 3: the request line is not `method SP target SP version`.
    RequestLine,
    /// RFC 9112, 4: the status line is not `version SP code SP [reason]`.
    StatusLine,
    /// RFC 9112, 3.2: the target has none of the four forms.
    Target,
    /// RFC 9112, 5.1: "A server MUST reject, with a response status code of 400 (Bad Request), any received request
    /// message that contains whitespace between a header field name and colon."
    FieldName,
    /// RFC 9110, 5.5: a byte that no field value may hold.
    FieldValue,
    /// RFC 9112, 2.2: a CR that no LF follows.
    BareCarriageReturn,
    /// RFC 9112, 2.2 lets us accept a lone LF; two readings of one message are how requests are smuggled.
    BareLineFeed,
    /// A control byte inside a head; what a TLS or binary client sends to a plain port.
    ControlByte,
    /// RFC 9112, 5.2: a field line that continues the one before it.
    ObsoleteFold,
    /// RFC 9112, 3.2: HTTP/1.1 without `Host`.
    MissingHost,
    /// RFC 9112, 3.2: more than one `Host` line.
    DuplicateHost,
    /// RFC 9112, 3.2: a `Host` that is no `uri-host [":" port]`.
    InvalidHost,
    /// RFC 9112, 6.1: `Transfer-Encoding` and `Content-Length` in one message.
    LengthAndEncoding,
    /// RFC 9112, 6.3: lengths that disagree.
    ConflictingLengths,
    /// RFC 9110, 8.6: a length that is not a run of digits.
    InvalidLength,
    /// RFC 9112, 6.3: a request whose final coding is not chunked has no end.
    ChunkedNotFinal,
    /// RFC 9112, 6.1: an HTTP/1.0 message cannot have a transfer coding.
    EncodingOnHttp10,
    /// RFC 9112, 7.1: bytes that are no chunk.
    Chunk,
    /// A chunk extension above the limit.
    ChunkExtensionTooLong,
    /// RFC 9112, 7.1.2: a trailer line that is no field line.
    Trailer,
    /// RFC 9112, 8: the connection ended inside a message.
    Incomplete,
    /// RFC 7578, 4.1: no usable boundary in `Content-Type`.
    Boundary,
    /// RFC 2046, 5.1.1: bytes that are no part.
    Multipart,
    /// More parts than the limit.
    TooManyParts,
    /// The header lines of one part above the limit.
    PartHeadTooLarge,
    /// A body above the limit.
    BodyTooLarge,
    /// RFC 9112, 3: "A server that receives a request-target longer than any URI it wishes to parse MUST respond with
    /// a 414 (URI Too Long) status code."
    TargetTooLong,
    /// RFC 9110, 10.1.1: an expectation other than `100-continue`.
    UnknownExpectation,
    /// RFC 6585, 5: the head as a whole is above the limit.
    HeadTooLarge,
    /// RFC 6585, 5: more header lines than the limit.
    TooManyHeaders,
    /// RFC 6585, 5: trailer lines above the limit.
    TrailersTooLarge,
    /// RFC 9112, 3: "A server that receives a method longer than any that it implements SHOULD respond with a 501".
    MethodTooLong,
    /// RFC 9110, 9.3.6: CONNECT asks a proxy for a tunnel, which a server of its own resources is not.
    Connect,
    /// RFC 9112, 6.1: "A server that receives a request message with a transfer coding it does not understand SHOULD
    /// respond with 501 (Not Implemented)."
    UnknownTransferCoding,
    /// RFC 9110, 8.4: a body that does not decode as its `Content-Encoding` says.
    ContentCoding,
    /// RFC 9110, 15.6.6: a version other than 1.0 and 1.1.
    Version,
}

impl HttpError {
    /// The status a server answers with.
    pub const fn status(self) -> u16 {
        match self {
            Self::BodyTooLarge | Self::TooManyParts => 413,
            Self::TargetTooLong => 414,
            Self::UnknownExpectation => 417,
            Self::HeadTooLarge | Self::TooManyHeaders | Self::TrailersTooLarge => 431,
            Self::MethodTooLong | Self::Connect | Self::UnknownTransferCoding => 501,
            Self::Version => 505,
            _ => 400,
        }
    }

    /// A short text without any byte of the peer's.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::RequestLine => "malformed request line",
            Self::StatusLine => "malformed status line",
            Self::Target => "malformed request target",
            Self::FieldName => "malformed header name",
            Self::FieldValue => "malformed header value",
            Self::BareCarriageReturn => "carriage return without line feed",
            Self::BareLineFeed => "line feed without carriage return",
            Self::ControlByte => "control byte in the head",
            Self::ObsoleteFold => "folded header line",
            Self::MissingHost => "host header missing",
            Self::DuplicateHost => "more than one host header",
            Self::InvalidHost => "malformed host header",
            Self::LengthAndEncoding => "both content-length and transfer-encoding",
            Self::ConflictingLengths => "content-length headers disagree",
            Self::InvalidLength => "malformed content-length",
            Self::ChunkedNotFinal => "final transfer coding is not chunked",
            Self::EncodingOnHttp10 => "transfer-encoding on HTTP/1.0",
            Self::Chunk => "malformed chunk",
            Self::ChunkExtensionTooLong => "chunk extension too long",
            Self::Trailer => "malformed trailer",
            Self::Incomplete => "message ended early",
            Self::Boundary => "multipart boundary missing or malformed",
            Self::Multipart => "malformed multipart body",
            Self::TooManyParts => "too many parts",
            Self::PartHeadTooLarge => "part headers too large",
            Self::BodyTooLarge => "body too large",
            Self::TargetTooLong => "request target too long",
            Self::UnknownExpectation => "unknown expectation",
            Self::HeadTooLarge => "head too large",
            Self::TooManyHeaders => "too many headers",
            Self::TrailersTooLarge => "trailers too large",
            Self::MethodTooLong => "method too long",
            Self::Connect => "no tunnels here",
            Self::UnknownTransferCoding => "unknown transfer coding",
            Self::ContentCoding => "malformed content coding",
            Self::Version => "unsupported HTTP version",
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for HttpError {}
