//! Content codings undone (RFC 9110, 8.4.1), piece by piece, with a bound on what may come out.
//!
//! The counterpart of `coding.rs`. Called by the client; a server takes bodies as they are.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};

use super::coding::Coding;
use super::error::HttpError;

/// Decodes one body.
pub struct Decoder(State);

enum State {
    Gzip(MultiGzDecoder<Bounded>),
    /// Not a byte of a deflate body has come: its first one tells whether it has zlib's frame.
    Deflate(Bounded),
    Inflate(Inflate),
    Br(Box<brotli::DecompressorWriter<Bounded>>),
}

impl Decoder {
    /// `None` for a body that is not encoded. Not more than `bytes_max` come out.
    pub fn new(coding: Coding, bytes_max: u64) -> Option<Self> {
        let out = Bounded { bytes: Vec::new(), room: bytes_max };
        Some(Self(match coding {
            Coding::Identity => return None,
            Coding::Gzip => State::Gzip(MultiGzDecoder::new(out)),
            Coding::Deflate => State::Deflate(out),
            Coding::Br => State::Br(Box::new(brotli::DecompressorWriter::new(out, BROTLI_BUFFER))),
        }))
    }

    /// Decodes the next piece and appends it to `out`.
    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<(), HttpError> {
        if let (State::Deflate(bound), Some(first)) = (&mut self.0, input.first()) {
            let bound = std::mem::take(bound);
            // RFC 9110, 8.4.1.2: 'Some non-conformant implementations send the "deflate" compressed data without the
            // zlib wrapper.' The wrapper's first byte names method 8 in its low half.
            let inflate = Decompress::new(first & 0x0f == 8);
            self.0 = State::Inflate(Inflate { inflate, out: bound, ended: false });
        }
        let written = match &mut self.0 {
            State::Gzip(decoder) => decoder.write_all(input),
            State::Inflate(decoder) => decoder.write(input),
            State::Br(decoder) => decoder.write_all(input),
            State::Deflate(_) => Ok(()),
        };
        self.take(out);
        written.map_err(complaint)
    }

    /// The body is over. An error: its coding was not.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), HttpError> {
        let finished = match &mut self.0 {
            State::Gzip(decoder) => decoder.try_finish(),
            State::Inflate(decoder) if !decoder.ended => Err(io::ErrorKind::UnexpectedEof.into()),
            State::Inflate(_) => Ok(()),
            State::Br(decoder) => decoder.close(),
            // An empty body has nothing to decode.
            State::Deflate(_) => Ok(()),
        };
        self.take(out);
        finished.map_err(complaint)
    }

    fn take(&mut self, out: &mut Vec<u8>) {
        let decoded = match &mut self.0 {
            State::Gzip(decoder) => decoder.get_mut(),
            State::Inflate(decoder) => &mut decoder.out,
            State::Br(decoder) => decoder.get_mut(),
            State::Deflate(bound) => bound,
        };
        out.append(&mut decoded.bytes);
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}

/// DEFLATE with or without zlib's frame. flate2's own writer does not tell a stream that was cut from a whole one.
struct Inflate {
    inflate: Decompress,
    out: Bounded,
    ended: bool,
}

impl Inflate {
    fn write(&mut self, mut input: &[u8]) -> io::Result<()> {
        let mut piece = [0; INFLATE_BUFFER];
        while !self.ended {
            let (taken, given) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(input, &mut piece, FlushDecompress::None)?;
            let taken = (self.inflate.total_in() - taken) as usize;
            let given = (self.inflate.total_out() - given) as usize;
            input = &input[taken..];
            self.out.write_all(&piece[..given])?;
            self.ended = status == Status::StreamEnd;
            if given < piece.len() && (input.is_empty() || taken + given == 0) {
                break;
            }
        }
        Ok(())
    }
}

/// Takes bytes as long as there is room: a little input may become a lot at once.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    room: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.room = self.room.checked_sub(bytes.len() as u64).ok_or(io::ErrorKind::StorageFull)?;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn complaint(error: io::Error) -> HttpError {
    match error.kind() {
        io::ErrorKind::StorageFull => HttpError::BodyTooLarge,
        _ => HttpError::ContentCoding,
    }
}

/// Inflated bytes between two looks at the bound.
const INFLATE_BUFFER: usize = 16 * 1024;

/// Brotli's own buffer for what it puts out.
const BROTLI_BUFFER: usize = 4 * 1024;
