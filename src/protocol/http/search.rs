//! Finds the end of a head that arrives in pieces, looks at each byte once, and refuses early what cannot become one.
//!
//! It knows lines, not their meaning: `head.rs` hands the found range to httparse. Only CRLF ends a line here.

use super::error::HttpError;
use super::limits::{HeadLimits, METHOD_BYTES};

/// How far the search in one buffer has come. Start a fresh one for each head.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadSearch {
    /// Bytes before this are looked at.
    pos: usize,
    /// Where the first line begins, after empty lines.
    start: usize,
    line_start: usize,
    /// Complete lines, the first one included.
    lines: usize,
    /// Where the request target begins; 0 while unknown.
    target: usize,
}

/// Which first line is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    Response,
}

/// Where a complete head lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeadRange {
    pub start: usize,
    pub end: usize,
    pub lines: usize,
}

impl HeadSearch {
    /// Looks at the bytes that came since the last call. `buf` must begin where it began then.
    pub(super) fn find(
        &mut self,
        buf: &[u8],
        kind: Kind,
        limits: &HeadLimits,
    ) -> Result<Option<HeadRange>, HttpError> {
        let window = &buf[..buf.len().min(limits.head_bytes)];
        while let Some(rest) = window.get(self.pos..).filter(|rest| !rest.is_empty()) {
            self.check_fold(rest[0], kind)?;
            let run = plain_bytes(rest);
            self.pos += run;
            if kind == Kind::Request && self.lines == 0 {
                self.check_request_line(window, limits)?;
            }
            match rest.get(run..) {
                None | Some([] | [b'\r']) => break,
                Some([b'\r', b'\n', ..]) => {}
                Some([b'\r', ..]) => return Err(HttpError::BareCarriageReturn),
                Some([b'\n', ..]) => return Err(HttpError::BareLineFeed),
                Some(_) => return Err(HttpError::ControlByte),
            }
            let empty = self.pos == self.line_start;
            self.pos += 2;
            self.line_start = self.pos;
            match (empty, self.lines) {
                // RFC 9112, 2.2: "a server that is expecting to receive and parse a request-line SHOULD ignore at
                // least one empty line (CRLF) received prior to the request-line."
                (true, 0) => self.start = self.pos,
                (true, lines) => {
                    return Ok(Some(HeadRange { start: self.start, end: self.pos, lines }));
                }
                (false, lines) if lines > limits.header_count => return Err(HttpError::TooManyHeaders),
                (false, _) => self.lines += 1,
            }
        }
        match buf.len() >= limits.head_bytes {
            false => Ok(None),
            true if self.lines == 0 && kind == Kind::Request => Err(HttpError::TargetTooLong),
            true => Err(HttpError::HeadTooLarge),
        }
    }

    /// RFC 9112, 5.2: "A server that receives an obs-fold in a request message that is not within a message/http
    /// container MUST either reject the message [...] or replace". Replacing is left to the client role, which must.
    fn check_fold(&self, first: u8, kind: Kind) -> Result<(), HttpError> {
        let fold = self.lines > 0 && self.pos == self.line_start && matches!(first, b' ' | b'\t');
        match fold && (kind == Kind::Request || self.lines == 1) {
            true => Err(HttpError::ObsoleteFold),
            false => Ok(()),
        }
    }

    /// Refuses a method or target that is already too long, so that nobody has to send (and we hold) all of it.
    fn check_request_line(&mut self, window: &[u8], limits: &HeadLimits) -> Result<(), HttpError> {
        let line = &window[self.start..self.pos];
        if self.target == 0 {
            match line.iter().take(METHOD_BYTES + 1).position(|&b| b == b' ') {
                Some(space) => self.target = self.start + space + 1,
                None if line.len() > METHOD_BYTES => return Err(HttpError::MethodTooLong),
                None => return Ok(()),
            }
        }
        match self.pos - self.target > limits.target_bytes + " HTTP/1.1".len() {
            true => Err(HttpError::TargetTooLong),
            false => Ok(()),
        }
    }
}

/// How many bytes stand before the first control byte. Whole blocks are looked at without a branch per byte, which the
/// compiler turns into vector instructions.
fn plain_bytes(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(BLOCK);
    let plain =
        blocks.take_while(|block| !block.iter().fold(false, |found, &b| found | is_control(b))).count();
    let (_, rest) = bytes.split_at(plain * BLOCK);
    plain * BLOCK + rest.iter().position(|&b| is_control(b)).unwrap_or(rest.len())
}

/// HTAB is allowed in field values; every other control byte ends a run.
fn is_control(b: u8) -> bool {
    (b < b' ' && b != b'\t') || b == 0x7f
}

/// One vector register of the oldest 64-bit machines.
const BLOCK: usize = 16;
