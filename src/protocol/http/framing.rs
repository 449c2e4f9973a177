//! Where a message ends: RFC 9112, section 6.3, for both roles, and the smuggling rules of section 11.2.

use super::error::HttpError;
use super::fields::Fields;
use super::head::Version;

/// How the body of a message is delimited. [`super::body::Body`] decodes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyLength {
    /// No body.
    None,
    /// `Content-Length`.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// A response that lasts until the connection ends.
    UntilClose,
}

/// The body of a request.
pub(super) fn of_request(version: Version, fields: &Fields) -> Result<BodyLength, HttpError> {
    match delimiter(version, fields)? {
        BodyLength::UntilClose => Ok(BodyLength::None),
        length => Ok(length),
    }
}

/// The body of the response with `status` to a request with `method`.
pub(super) fn of_response(
    method: &str,
    status: u16,
    version: Version,
    fields: &Fields,
) -> Result<BodyLength, HttpError> {
    // RFC 9112, 6.3: "Any response to a HEAD request and any response with a 1xx (Informational), 204 (No Content), or
    // 304 (Not Modified) status code is always terminated by the first empty line after the header fields"; "Any 2xx
    // (Successful) response to a CONNECT request implies that the connection will become a tunnel".
    let tunnel = method == "CONNECT" && (200..300).contains(&status);
    match method == "HEAD" || matches!(status, 100..=199 | 204 | 304) || tunnel {
        true => Ok(BodyLength::None),
        false => delimiter(version, fields),
    }
}

/// What the fields say. Without either field a request has no body and a response lasts until the connection ends.
fn delimiter(version: Version, fields: &Fields) -> Result<BodyLength, HttpError> {
    match (is_chunked(version, fields)?, content_length(fields)?) {
        // RFC 9112, 6.1: "A server MAY reject a request that contains both Content-Length and Transfer-Encoding"; 6.3:
        // "Such a message might indicate an attempt to perform request smuggling [...] or response splitting [...] and
        // ought to be handled as an error."
        (true, Some(_)) => Err(HttpError::LengthAndEncoding),
        (true, None) => Ok(BodyLength::Chunked),
        (false, Some(length)) => Ok(BodyLength::Length(length)),
        (false, None) => Ok(BodyLength::UntilClose),
    }
}

/// Whether `chunked` delimits the body. It is the only coding we take: HTTP/1.1 knows others, nobody sends them.
fn is_chunked(version: Version, fields: &Fields) -> Result<bool, HttpError> {
    const NAME: &str = "transfer-encoding";
    if fields.get(NAME).is_none() {
        return Ok(false);
    }
    // RFC 9112, 6.1: "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field
    // MUST treat the message as if the framing is faulty".
    if version == Version::Http10 {
        return Err(HttpError::EncodingOnHttp10);
    }
    let mut chunked = false;
    for coding in fields.list(NAME) {
        // RFC 9112, 6.3: "If a Transfer-Encoding header field is present in a request and the chunked transfer coding
        // is not the final encoding, the message body length cannot be determined reliably; the server MUST respond
        // with the 400 (Bad Request) status code and then close the connection." 6.1: "A sender MUST NOT apply the
        // chunked transfer coding more than once to a message body".
        if chunked {
            return Err(HttpError::ChunkedNotFinal);
        }
        if !coding.eq_ignore_ascii_case(b"chunked") {
            return Err(HttpError::UnknownTransferCoding);
        }
        chunked = true;
    }
    if chunked { Ok(true) } else { Err(HttpError::ChunkedNotFinal) }
}

/// RFC 9112, 6.3: an invalid length is an unrecoverable error, "unless the field value can be successfully parsed as a
/// comma-separated list [...], all values in the list are valid, and all values in the list are the same".
fn content_length(fields: &Fields) -> Result<Option<u64>, HttpError> {
    let mut length = None;
    for value in fields.all("content-length") {
        for element in value.split(|&b| b == b',') {
            let parsed = parse_length(element.trim_ascii())?;
            if length.is_some_and(|length| length != parsed) {
                return Err(HttpError::ConflictingLengths);
            }
            length = Some(parsed);
        }
    }
    Ok(length)
}

/// RFC 9110, 8.6: `1*DIGIT`, so no sign and no blank; "a recipient MUST anticipate potentially large decimal numerals".
fn parse_length(digits: &[u8]) -> Result<u64, HttpError> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(HttpError::InvalidLength);
    }
    digits
        .iter()
        .try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
        .ok_or(HttpError::BodyTooLarge)
}
