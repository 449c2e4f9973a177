//! The header lines of a head: one shared buffer and a range per name and value. Values are bytes, never assumed UTF-8.

use std::ops::Range;

use bytes::Bytes;

/// Header lines in the order and spelling in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    head: Bytes,
    lines: Box<[Line]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: Range<u32>,
    value: Range<u32>,
}

impl Fields {
    /// Takes httparse's slices of `head` as ranges, so that the buffer can be shared without a lifetime.
    pub(super) fn new(head: Bytes, headers: &[httparse::Header<'_>]) -> Self {
        let lines = headers
            .iter()
            .map(|h| Line { name: range_in(&head, h.name.as_bytes()), value: range_in(&head, h.value) })
            .collect();
        Self { head, lines }
    }

    /// The first value of a name in any case.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// Every value of a name in any case, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.lines
            .iter()
            .filter(|line| self.slice(&line.name).eq_ignore_ascii_case(name.as_bytes()))
            .map(|line| self.slice(&line.value))
    }

    /// Every line in order, names as they were spelled. Names are ASCII tokens.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.lines.iter().map(|line| {
            let name = std::str::from_utf8(self.slice(&line.name)).unwrap_or_default();
            (name, self.slice(&line.value))
        })
    }

    /// The elements of a comma list over all lines of that name (RFC 9110, 5.6.1), empty ones left out.
    pub fn list<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.all(name).flat_map(elements)
    }

    /// Whether a comma list holds a token, in any case: `Connection: keep-alive, Upgrade`.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.list(name).any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
    }

    /// Header lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no header line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn slice(&self, range: &Range<u32>) -> &[u8] {
        self.head.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

/// The elements of one comma list. Quoted strings are not looked into: token lists have none.
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&b| b == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

/// RFC 9110, 5.6.2: what a header name, method or subprotocol is made of.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| is_token_byte(b))
}

pub(super) fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// Where `part`, a slice of `whole`, lies in it; empty when it lies elsewhere.
pub(super) fn range_in(whole: &[u8], part: &[u8]) -> Range<u32> {
    let start = (part.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize);
    match start.checked_add(part.len()) {
        Some(end) if end <= whole.len() => start as u32..end as u32,
        _ => 0..0,
    }
}
