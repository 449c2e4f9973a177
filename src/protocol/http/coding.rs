//! Content codings (RFC 9110, 8.4.1): which one a client wants, and the encoding of a whole body.
//!
//! Transfer codings are in [`super::body`]; which bodies are worth encoding (type, size, status) is the caller's business.
//! Called by the HTTP response.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::{fields, params};

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As it is; there is no `Content-Encoding` header then.
    Identity,
    Br,
    Gzip,
    Deflate,
}

impl Coding {
    /// The token of `Content-Encoding`.
    pub const fn token(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Br => "br",
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    /// The coding of a `Content-Encoding` header; `None` for several at once and for those we do not know.
    pub fn of(content_encoding: &[u8]) -> Option<Self> {
        [Self::Identity, Self::Br, Self::Gzip, Self::Deflate]
            .into_iter()
            .find(|coding| coding.is(content_encoding.trim_ascii()))
    }

    /// RFC 9110, 8.4.1: "All content codings are case-insensitive".
    fn is(self, name: &[u8]) -> bool {
        name.eq_ignore_ascii_case(self.token().as_bytes())
            // RFC 9110, 8.4.1.3: 'A recipient SHOULD consider "x-gzip" to be equivalent to "gzip".'
            || self == Self::Gzip && name.eq_ignore_ascii_case(b"x-gzip")
    }
}

/// Chooses the coding that the client likes best; of several, the first in `available`.
///
/// `accept_encoding` are the values of all `Accept-Encoding` lines, or their elements. Without any the answer is
/// [`Coding::Identity`]: the client has not said that it can decode, and RFC 9110, 12.5.3 does not ask us to encode. It
/// is the answer also when the client refuses all there is, identity included: a body that it may not like serves it
/// better than none. The caller has to send `Vary: Accept-Encoding` whatever the answer.
pub fn negotiate<'a>(accept_encoding: impl IntoIterator<Item = &'a [u8]>, available: &[Coding]) -> Coding {
    let mut wishes = Vec::new();
    for (name, params) in accept_encoding.into_iter().flat_map(fields::elements).map(params::split) {
        if let Some(weight) = weight(params) {
            wishes.push((name, weight));
        }
    }
    let wish = |coding: Coding| wishes.iter().find(|(name, _)| coding.is(name)).map(|(_, weight)| *weight);
    // RFC 9110, 12.5.3: 'The asterisk "*" symbol in an Accept-Encoding field matches any available content coding not
    // explicitly listed in the field.'
    let any = wishes.iter().find(|(name, _)| *name == b"*").map(|(_, weight)| *weight);

    // Identity, when nothing is said of it, is acceptable but asked for by nobody.
    let mut best = (Coding::Identity, wish(Coding::Identity).unwrap_or(0));
    for &coding in available {
        let weight = wish(coding).or(any).unwrap_or(0);
        // A wish for identity as strong as that for a coding goes to the coding: it was listed to be used.
        let stronger = if best.0 == Coding::Identity { weight >= best.1 } else { weight > best.1 };
        // "If the representation's content coding is one of the content codings listed in the field value, then it is
        // acceptable unless it is accompanied by a qvalue of 0."
        if weight > 0 && stronger {
            best = (coding, weight);
        }
    }
    best.0
}

/// RFC 9110, 12.4.2: the weight in thousandths, 1000 when there is none. `None` for one that breaks the grammar: what the
/// client wants of that coding is then unknown, and it counts as not listed.
fn weight(params: params::Params<'_>) -> Option<u16> {
    for (name, value) in params {
        if name.eq_ignore_ascii_case(b"q") {
            return match value.as_ref() {
                [digit @ (b'0' | b'1')] => Some(u16::from(digit - b'0') * 1000),
                [digit @ (b'0' | b'1'), b'.', decimals @ ..] if decimals.len() <= 3 => {
                    let mut weight = u16::from(digit - b'0') * 1000;
                    for (decimal, unit) in decimals.iter().zip([100, 10, 1]) {
                        weight += u16::from(char::from(*decimal).to_digit(10)? as u8) * unit;
                    }
                    (weight <= 1000).then_some(weight)
                }
                _ => None,
            };
        }
    }
    Some(1000)
}

/// Appends the encoded body. False: it would not be smaller; nothing was appended, and the caller sends it as it is,
/// without `Content-Encoding`.
///
/// `level` is brought into the range of the coding: 0 to 9, for brotli 0 to 11.
#[must_use]
pub fn encode(coding: Coding, level: u8, body: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut smaller = Smaller { room: body.len().saturating_sub(1), out };
    let done = match coding {
        Coding::Identity => return false,
        Coding::Gzip => gzip(level, body, &mut smaller),
        Coding::Deflate => zlib(level, body, &mut smaller),
        Coding::Br => brotli(level, body, &mut smaller),
    };
    if done.is_err() {
        out.truncate(start);
    }
    done.is_ok()
}

fn gzip(level: u8, body: &[u8], out: &mut Smaller<'_>) -> io::Result<()> {
    let mut encoder = GzEncoder::new(out, Compression::new(u32::from(level.min(9))));
    encoder.write_all(body)?;
    encoder.try_finish()
}

/// RFC 9110, 8.4.1.2: the coding named deflate is "a 'zlib' data format containing a 'deflate' compressed data stream".
/// Some servers send the stream bare; clients then have to guess.
fn zlib(level: u8, body: &[u8], out: &mut Smaller<'_>) -> io::Result<()> {
    let mut encoder = ZlibEncoder::new(out, Compression::new(u32::from(level.min(9))));
    encoder.write_all(body)?;
    encoder.try_finish()
}

fn brotli(level: u8, mut body: &[u8], out: &mut Smaller<'_>) -> io::Result<()> {
    // A window no larger than the body: the encoder's tables are made to its measure.
    let window_bits = body.len().max(1).ilog2() + 1;
    let params = BrotliEncoderParams {
        quality: i32::from(level.min(11)),
        lgwin: window_bits.clamp(BROTLI_WINDOW_BITS_MIN, BROTLI_WINDOW_BITS_MAX) as i32,
        size_hint: body.len(),
        ..BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut body, out, &params).map(|_| ())
}

/// Takes as many bytes as there is room for, and fails for good with the first that is too many.
struct Smaller<'a> {
    out: &'a mut Vec<u8>,
    room: usize,
}

impl Write for Smaller<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(room) = self.room.checked_sub(bytes.len()) else {
            self.room = 0;
            return Err(io::ErrorKind::StorageFull.into());
        };
        self.room = room;
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// RFC 7932, 9.1: the least window of brotli, 1 KiB.
const BROTLI_WINDOW_BITS_MIN: u32 = 10;

/// 4 MiB, brotli's own default: a client has to set aside as much.
const BROTLI_WINDOW_BITS_MAX: u32 = 22;
