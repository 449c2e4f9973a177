//! One connection's side of the talk: what it still has to write, and the check of what it reads.

use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice, Read, Write};
use std::time::Instant;

use flate2::{Decompress, FlushDecompress};
use mio::net::TcpStream;

use crate::Failure;
use crate::frames::FrameReader;
use crate::handshake::Agreed;
use crate::messages::Message;

pub struct Conversation {
    stream: TcpStream,
    reader: FrameReader,
    /// Position in the set of the next message to write and to hear; they wrap around.
    next_write: usize,
    next_read: usize,
    /// Messages decided on but not fully written, and how far the first of them is.
    unwritten: usize,
    written_of_first: usize,
    /// Bytes of the expected message that have arrived and agree.
    matched: usize,
    sent_at: VecDeque<Instant>,
    /// Everything that was read, headers included.
    pub wire_bytes: u64,
    inflater: Option<Inflater>,
}

impl Conversation {
    /// `offset` is where in the set this connection starts.
    pub fn new(stream: TcpStream, agreed: Agreed, offset: usize) -> Self {
        Self {
            stream,
            reader: FrameReader::default(),
            next_write: offset,
            next_read: offset,
            unwritten: 0,
            written_of_first: 0,
            matched: 0,
            sent_at: VecDeque::new(),
            wire_bytes: 0,
            inflater: agreed.deflate.then(|| Inflater::new(agreed.server_no_context_takeover)),
        }
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Decides to send `count` more messages; [`Conversation::write`] must follow.
    pub fn queue(&mut self, count: usize, now: Instant) {
        self.unwritten += count;
        self.sent_at.extend(std::iter::repeat_n(now, count));
    }

    /// When the oldest unanswered message was queued.
    pub fn answered(&mut self) -> Option<Instant> {
        self.sent_at.pop_front()
    }

    /// Writes as much as the socket takes, without copying: one slice for each frame.
    pub fn write(&mut self, messages: &[Message]) -> Result<(), Failure> {
        while self.unwritten > 0 {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = self.unwritten.min(SLICES);
            for (i, slice) in slices[..count].iter_mut().enumerate() {
                let frame = &messages[(self.next_write + i) % messages.len()].frame;
                *slice = IoSlice::new(if i == 0 { &frame[self.written_of_first..] } else { frame });
            }
            match self.stream.write_vectored(&slices[..count]) {
                Ok(n) => self.wrote(n, messages),
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("writing: {e}")),
            }
        }
        Ok(())
    }

    fn wrote(&mut self, mut n: usize, messages: &[Message]) {
        while n > 0 {
            let left = messages[self.next_write].frame.len() - self.written_of_first;
            if n < left {
                self.written_of_first += n;
                return;
            }
            n -= left;
            self.written_of_first = 0;
            self.unwritten -= 1;
            self.next_write = (self.next_write + 1) % messages.len();
        }
    }

    /// Reads until the socket is dry; returns how many messages arrived complete and correct.
    pub fn read(&mut self, buffer: &mut [u8], messages: &[Message]) -> Result<usize, Failure> {
        let mut complete = 0;
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err("the server hung up".into()),
                Ok(n) => {
                    self.wire_bytes += n as u64;
                    complete += self.compare(&buffer[..n], messages)?;
                    // Edge-triggered readiness comes again for bytes that arrive after a short read.
                    if n < buffer.len() {
                        return Ok(complete);
                    }
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => return Ok(complete),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(format!("reading: {e}")),
            }
        }
    }

    fn compare(&mut self, mut input: &[u8], messages: &[Message]) -> Result<usize, Failure> {
        let mut complete = 0;
        while let Some(piece) = self.reader.next(&mut input)? {
            let expected = &messages[self.next_read].payload;
            let inflated;
            let bytes = match (&mut self.inflater, piece.compressed) {
                (_, false) => piece.bytes,
                (Some(inflater), true) => {
                    inflated = inflater.inflate(piece.bytes, piece.last, expected.len())?;
                    &inflated[..]
                }
                (None, true) => return Err("a compressed message that was not agreed on".into()),
            };
            if expected.get(self.matched..self.matched + bytes.len()) != Some(bytes) {
                return Err("the server answered with other bytes than it was sent".into());
            }
            self.matched += bytes.len();
            if piece.last {
                if self.matched != expected.len() {
                    return Err("the server answered with fewer bytes than it was sent".into());
                }
                self.matched = 0;
                self.next_read = (self.next_read + 1) % messages.len();
                complete += 1;
            }
        }
        Ok(complete)
    }
}

/// The receiving half of permessage-deflate (RFC 7692, 7.2.2).
struct Inflater {
    context: Decompress,
    reset_each: bool,
}

impl Inflater {
    fn new(reset_each: bool) -> Self {
        Self { context: Decompress::new(false), reset_each }
    }

    fn inflate(&mut self, bytes: &[u8], last: bool, size_hint: usize) -> Result<Vec<u8>, Failure> {
        let mut out = Vec::with_capacity(size_hint + 64);
        self.feed(bytes, &mut out)?;
        if last {
            self.feed(&[0, 0, 0xff, 0xff], &mut out)?;
            if self.reset_each {
                self.context.reset(false);
            }
        }
        Ok(out)
    }

    fn feed(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Failure> {
        while !bytes.is_empty() {
            let before = self.context.total_in();
            self.context
                .decompress_vec(bytes, out, FlushDecompress::Sync)
                .map_err(|e| format!("the server's compressed message does not inflate: {e}"))?;
            let used = (self.context.total_in() - before) as usize;
            if used == 0 && out.len() < out.capacity() {
                return Err("the server's compressed message stops half-way".into());
            }
            bytes = &bytes[used..];
            out.reserve(1024);
        }
        Ok(())
    }
}

const SLICES: usize = 64;
