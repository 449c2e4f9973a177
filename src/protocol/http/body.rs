//! Decodes the body of a message, whatever way it is delimited (RFC 9112, sections 6.3 and 7.1), and writes chunks.
//!
//! Where the body goes (memory, a file, a form parser) and content codings such as gzip are the caller's business.

use super::error::HttpError;
use super::fields::is_token_byte;
use super::framing::BodyLength;
use super::write::{self, FieldError};

/// A body being received.
#[derive(Clone, Debug)]
pub struct Body {
    state: State,
    /// Bytes that may still come before the body is too large.
    room: u64,
    /// Bytes of chunk extensions and trailers that may still come.
    extension_room: usize,
    trailer_room: usize,
}

/// ```text
/// Size -> Extension -> SizeLf -> Data -> DataCr -> DataLf -> Size
///    `--------------------^ `-> (size 0) LineStart -> TrailerName -> TrailerValue -> TrailerLf -> LineStart
///                                            `-> EndLf -> Done
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Done,
    Length(u64),
    UntilClose,
    Size { size: u64, digits: u8 },
    Extension { size: u64, blank: bool },
    SizeLf { size: u64 },
    Data(u64),
    DataCr,
    DataLf,
    LineStart,
    TrailerName,
    TrailerValue,
    TrailerLf,
    EndLf,
}

impl Body {
    /// A body of at most `bytes_max` bytes. One that announces more is refused here, before it is sent.
    pub fn new(length: BodyLength, bytes_max: u64) -> Result<Self, HttpError> {
        let state = match length {
            BodyLength::None | BodyLength::Length(0) => State::Done,
            BodyLength::Length(length) if length > bytes_max => return Err(HttpError::BodyTooLarge),
            BodyLength::Length(length) => State::Length(length),
            BodyLength::Chunked => State::Size { size: 0, digits: 0 },
            BodyLength::UntilClose => State::UntilClose,
        };
        Ok(Self {
            state,
            room: bytes_max,
            extension_room: CHUNK_EXTENSION_BYTES,
            trailer_room: TRAILER_BYTES,
        })
    }

    /// Takes what belongs to the body from the front of `input` and appends the payload to `out`. `true`: the body is
    /// complete, the rest of `input` is the next message. `false`: all input is taken, give more. After an error the
    /// connection cannot be used any further.
    pub fn decode(&mut self, input: &mut &[u8], out: &mut Vec<u8>) -> Result<bool, HttpError> {
        while self.state != State::Done {
            let Some((&first, rest)) = input.split_first() else { return Ok(false) };
            self.state = match self.state {
                State::Length(left) => match self.copy(left, input, out)? {
                    0 => State::Done,
                    left => State::Length(left),
                },
                State::Data(left) => match self.copy(left, input, out)? {
                    0 => State::DataCr,
                    left => State::Data(left),
                },
                State::UntilClose => {
                    self.copy(u64::MAX, input, out)?;
                    State::UntilClose
                }
                state => {
                    *input = rest;
                    self.step(state, first)?
                }
            };
        }
        Ok(true)
    }

    /// The connection ended. An error: the body was cut short.
    pub fn end(&mut self) -> Result<(), HttpError> {
        match self.state {
            State::Done | State::UntilClose => {
                self.state = State::Done;
                Ok(())
            }
            // RFC 9112, 8: "A message body that uses the chunked transfer coding is incomplete if the zero-sized chunk
            // that terminates the encoding has not been received. A message that uses a valid Content-Length is
            // incomplete if the size of the message body received (in octets) is less than the value given".
            _ => Err(HttpError::Incomplete),
        }
    }

    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Copies at most `left` bytes and returns what is left of them.
    fn copy(&mut self, left: u64, input: &mut &[u8], out: &mut Vec<u8>) -> Result<u64, HttpError> {
        let wanted = left.min(self.room).min(input.len() as u64);
        let (taken, rest) = input.split_at(wanted as usize);
        out.extend_from_slice(taken);
        *input = rest;
        self.room -= wanted;
        match self.room == 0 && left > wanted && !rest.is_empty() {
            true => Err(HttpError::BodyTooLarge),
            false => Ok(left - wanted),
        }
    }

    /// One byte of the chunked framing.
    fn step(&mut self, state: State, byte: u8) -> Result<State, HttpError> {
        Ok(match (state, byte) {
            (State::Size { size, digits }, byte) => self.step_size(size, digits, byte)?,
            (State::Extension { size, .. }, b'\r') => State::SizeLf { size },
            (State::Extension { size, blank }, byte) => {
                // RFC 9112, 7.1.1: "A server ought to limit the total length of chunk extensions received in a request
                // to an amount reasonable for the services provided".
                self.extension_room =
                    self.extension_room.checked_sub(1).ok_or(HttpError::ChunkExtensionTooLong)?;
                match byte {
                    b' ' | b'\t' => State::Extension { size, blank },
                    b';' => State::Extension { size, blank: false },
                    // Blanks may only lead to a semicolon.
                    _ if blank || is_control(byte) => return Err(HttpError::Chunk),
                    _ => State::Extension { size, blank },
                }
            }
            (State::SizeLf { size: 0 }, b'\n') => State::LineStart,
            (State::SizeLf { size }, b'\n') if size > self.room => return Err(HttpError::BodyTooLarge),
            (State::SizeLf { size }, b'\n') => State::Data(size),
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size { size: 0, digits: 0 },
            (State::EndLf, b'\n') => State::Done,
            (State::LineStart, b'\r') => State::EndLf,
            (State::LineStart | State::TrailerName | State::TrailerValue | State::TrailerLf, byte) => {
                self.step_trailer(state, byte)?
            }
            _ => return Err(HttpError::Chunk),
        })
    }

    /// RFC 9112, 7.1: `chunk-size = 1*HEXDIG`; "recipients MUST anticipate potentially large hexadecimal numerals and
    /// prevent parsing errors due to integer conversion overflows".
    fn step_size(&self, size: u64, digits: u8, byte: u8) -> Result<State, HttpError> {
        match (char::from(byte).to_digit(16), byte) {
            (Some(_), _) if digits == CHUNK_SIZE_DIGITS => Err(HttpError::Chunk),
            (Some(digit), _) => Ok(State::Size { size: size << 4 | u64::from(digit), digits: digits + 1 }),
            (None, _) if digits == 0 => Err(HttpError::Chunk),
            (None, b'\r') => Ok(State::SizeLf { size }),
            (None, b';') => Ok(State::Extension { size, blank: false }),
            (None, b' ' | b'\t') => Ok(State::Extension { size, blank: true }),
            (None, _) => Err(HttpError::Chunk),
        }
    }

    /// Trailers are checked and dropped: RFC 9112, 7.1.2: "A recipient that removes the chunked coding from a message
    /// MAY selectively retain or discard the received trailer fields."
    fn step_trailer(&mut self, state: State, byte: u8) -> Result<State, HttpError> {
        self.trailer_room = self.trailer_room.checked_sub(1).ok_or(HttpError::TrailersTooLarge)?;
        match (state, byte) {
            (State::LineStart | State::TrailerName, byte) if is_token_byte(byte) => Ok(State::TrailerName),
            (State::TrailerName, b':') => Ok(State::TrailerValue),
            (State::TrailerValue, b'\r') => Ok(State::TrailerLf),
            (State::TrailerValue, byte) if !is_control(byte) => Ok(State::TrailerValue),
            (State::TrailerLf, b'\n') => Ok(State::LineStart),
            _ => Err(HttpError::Trailer),
        }
    }
}

/// Appends `data` as one chunk. Nothing is written for no data: an empty chunk would end the body.
pub fn write_chunk(out: &mut Vec<u8>, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    out.reserve(data.len() + CHUNK_OVERHEAD);
    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// Appends the last chunk and the trailers, which end the body. On error nothing is appended.
pub fn write_last_chunk(out: &mut Vec<u8>, trailers: &[(&[u8], &[u8])]) -> Result<(), FieldError> {
    for (name, value) in trailers {
        write::check_field(name, value)?;
    }
    out.extend_from_slice(b"0\r\n");
    for (name, value) in trailers {
        write::field(out, name, value)?;
    }
    write::end(out);
    Ok(())
}

/// HTAB is a blank, not a control byte, in extensions and values.
fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7f
}

/// Digits of the largest `u64`. Leading zeros count.
const CHUNK_SIZE_DIGITS: u8 = 16;

/// The size line and the two line ends around a chunk.
const CHUNK_OVERHEAD: usize = CHUNK_SIZE_DIGITS as usize + 4;

/// Of a whole body: nobody sends extensions, and a limit per chunk would let one-byte chunks carry a multiple of it.
pub const CHUNK_EXTENSION_BYTES: usize = 16 * 1024;

/// Of a whole body. Checksums and timings need a few hundred bytes.
pub const TRAILER_BYTES: usize = 16 * 1024;
