//! Parts of a file on request: the `Range` header (RFC 9110, section 14).

/// Bytes `start..end` of a representation; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    pub start: u64,
    pub end: u64,
}

/// What a `Range` header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ranges {
    /// Ignore the header and send everything with 200.
    Whole,
    /// One part is sent as it is with 206 and `Content-Range`, several as `multipart/byteranges`.
    Parts(Vec<ByteRange>),
    /// Answer 416 with [`unsatisfied`].
    Unsatisfiable,
}

/// Reads a `Range` header for a representation of `size` bytes. Only GET has ranges; an `If-Range` that does not match
/// makes the header void (`conditional.rs`).
pub fn parse(value: &[u8], size: u64) -> Ranges {
    // RFC 9110, 14.2: "A server MAY ignore the Range header field"; "An origin server MUST ignore a Range header field
    // that contains a range unit it does not understand."
    let Some(specs) = strip_unit(value) else { return Ranges::Whole };
    let mut parts = Vec::new();
    let mut wanted: u64 = 0;
    for (count, spec) in specs.split(|&b| b == b',').map(<[u8]>::trim_ascii).enumerate() {
        if count == RANGES_MAX {
            return Ranges::Whole;
        }
        match Spec::parse(spec) {
            None => return Ranges::Whole,
            Some(spec) => parts.extend(spec.within(size)),
        }
    }
    for part in &parts {
        wanted = wanted.saturating_add(part.end - part.start);
    }
    match parts.len() {
        0 => Ranges::Unsatisfiable,
        // RFC 9110, 14.2 allows to refuse "a ranges-specifier with more than two overlapping ranges or a set of many small
        // ranges [...] since these are indications of either a broken client or a deliberate denial-of-service attack".
        n if n > 1 && wanted > size => Ranges::Whole,
        _ => Ranges::Parts(parts),
    }
}

/// The `Content-Range` of a part.
pub fn content_range(part: ByteRange, size: u64) -> String {
    format!("bytes {}-{}/{size}", part.start, part.end - 1)
}

/// The `Content-Range` of a 416.
pub fn unsatisfied(size: u64) -> String {
    format!("bytes */{size}")
}

/// `bytes=` in any case.
fn strip_unit(value: &[u8]) -> Option<&[u8]> {
    let (unit, specs) = value.split_at_checked("bytes=".len())?;
    unit.eq_ignore_ascii_case(b"bytes=").then_some(specs)
}

#[derive(Clone, Copy)]
enum Spec {
    /// First and, if given, last position.
    From(u64, Option<u64>),
    /// That many bytes at the end.
    Suffix(u64),
}

impl Spec {
    /// RFC 9110, 14.1.1: `first-pos "-" [ last-pos ]` or `"-" suffix-length`; "An int-range is invalid if the last-pos
    /// value is present and less than first-pos."
    fn parse(text: &[u8]) -> Option<Self> {
        let dash = text.iter().position(|&b| b == b'-')?;
        let (first, last) = (&text[..dash], &text[dash + 1..]);
        match (first.is_empty(), last.is_empty()) {
            (true, true) => None,
            (true, false) => Some(Self::Suffix(position(last)?)),
            (false, true) => Some(Self::From(position(first)?, None)),
            (false, false) => {
                let (first, last) = (position(first)?, position(last)?);
                (first <= last).then_some(Self::From(first, Some(last)))
            }
        }
    }

    /// The part of `size` bytes that is meant; `None` when there is none.
    fn within(self, size: u64) -> Option<ByteRange> {
        let (start, end) = match self {
            Self::From(first, last) => (first, last.map_or(size, |last| last.saturating_add(1).min(size))),
            Self::Suffix(length) => (size - length.min(size), size),
        };
        (start < end).then_some(ByteRange { start, end })
    }
}

/// A run of digits; one too large for any file is as good as the largest.
fn position(digits: &[u8]) -> Option<u64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(
        digits.iter().fold(0u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0'))),
    )
}

/// Viewers of documents ask for a handful; each costs a part head and a seek.
pub const RANGES_MAX: usize = 16;
