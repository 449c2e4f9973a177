//! Whether a client's copy is still good (RFC 9110, section 13): `If-None-Match`, `If-Modified-Since`, `If-Range`, and
//! whether it is the one the client means: `If-Match`, `If-Unmodified-Since`.

use super::date;
use super::fields::Fields;

/// What identifies the present state of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validators {
    /// With its quotes; strong unless it begins with `W/`.
    pub etag: String,
    /// Unix seconds.
    pub modified: u64,
}

impl Validators {
    /// From size and time of change. Both come from one `stat`, and a file is replaced more often than edited within
    /// the resolution of its clock, so the tag counts as strong.
    pub fn of_file(size: u64, modified: u64, modified_nanos: u32) -> Self {
        Self { etag: format!("\"{size:x}-{modified:x}-{modified_nanos:x}\""), modified }
    }

    /// Whether to answer 412 (RFC 9110, 13.2.2); comes before everything else.
    pub fn precondition_failed(&self, request: &Fields, now: u64) -> bool {
        // 13.1.4: "A recipient MUST ignore If-Unmodified-Since if the request contains an If-Match header field".
        if request.get("if-match").is_some() {
            return !request.list("if-match").any(|tag| tag == b"*" || self.is_exactly(tag));
        }
        let since = single(request, "if-unmodified-since").and_then(|value| date::parse(value, now));
        since.is_some_and(|since| self.modified > since)
    }

    /// Whether to answer GET or HEAD with 304 (RFC 9110, 13.2.2).
    pub fn not_modified(&self, request: &Fields, now: u64) -> bool {
        // 13.1.3: "A recipient MUST ignore If-Modified-Since if the request contains an If-None-Match header field".
        if request.get("if-none-match").is_some() {
            return request
                .list("if-none-match")
                .any(|tag| tag == b"*" || opaque(tag) == opaque(self.etag.as_bytes()));
        }
        // 13.1.3: "A recipient MUST ignore the If-Modified-Since header field if the received field value is not a valid
        // HTTP-date".
        match single(request, "if-modified-since").and_then(|value| date::parse(value, now)) {
            Some(since) => self.modified <= since,
            None => false,
        }
    }

    /// Whether a `Range` header counts (RFC 9110, 13.1.5): without `If-Range`, or when it names the present state. Tags
    /// are compared strongly, dates exactly.
    pub fn range_applies(&self, request: &Fields, now: u64) -> bool {
        match (request.get("if-range"), single(request, "if-range")) {
            (None, _) => true,
            (_, Some(tag)) if tag.starts_with(b"\"") || tag.starts_with(b"W/") => self.is_exactly(tag),
            (_, Some(value)) => date::parse(value, now) == Some(self.modified),
            (Some(_), None) => false,
        }
    }

    /// RFC 9110, 8.8.3.2: the strong comparison.
    fn is_exactly(&self, tag: &[u8]) -> bool {
        tag == self.etag.as_bytes() && !tag.starts_with(b"W/")
    }
}

/// The value of a header that comes exactly once.
fn single<'a>(request: &'a Fields, name: &str) -> Option<&'a [u8]> {
    let mut values = request.all(name);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// RFC 9110, 8.8.3.2: in a weak comparison `W/` does not count.
fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}
