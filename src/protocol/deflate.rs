//! permessage-deflate on the messages of one connection (RFC 7692, section 7.2).
//!
//! Payloads in, payloads out: frames, the RSV1 bit and negotiation are elsewhere ([`super::extension`]). Called by the
//! connection's state machine, and by `Frame::pack`/`unpack` with parameters without takeover.
//!
//! Contexts are large (a compressor has some 300 KiB), so who owns them matters: with context takeover each
//! connection keeps its own, without it a context is borrowed from the thread's [`DeflatePool`] for the length of one
//! message and an idle connection owns none.

mod pool;
#[cfg(test)]
mod tests;

use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};

use pool::CompressKey;
pub use pool::DeflatePool;

use super::error::ProtocolError;
use super::extension::{DeflateConfig, DeflateParams, WINDOW_BITS_MAX, WINDOW_BITS_MIN};
use super::role::Role;

/// Both directions of one connection that negotiated permessage-deflate.
#[derive(Debug)]
pub struct Deflate {
    // Sending.
    send_takeover: bool,
    send_threshold: usize,
    send_key: CompressKey,
    /// Ours while we take our context over; `None` before the first message and without takeover.
    compressor: Option<Box<Compress>>,

    // Receiving.
    receive_takeover: bool,
    receive_bits: u8,
    /// Ours while the peer takes its context over; else present only inside a message.
    inflater: Option<Box<Decompress>>,
    /// The peer's data has gone into an unfinished DEFLATE block sequence since the message or a final block began.
    receive_open: bool,
}

impl Deflate {
    /// The state of a new connection. Allocates nothing: contexts come with the first compressed message.
    pub fn new(role: Role, params: DeflateParams, config: &DeflateConfig) -> Self {
        let server = (!params.server_no_context_takeover, params.server_max_window_bits);
        let client = (!params.client_no_context_takeover, params.client_max_window_bits);
        let (send, receive) = match role {
            Role::Server => (server, client),
            Role::Client => (client, server),
        };
        Self {
            send_takeover: send.0,
            send_threshold: config.threshold,
            send_key: CompressKey { bits: send.1, level: config.level(), mem_level: config.mem_level() },
            compressor: None,
            receive_takeover: receive.0,
            receive_bits: receive.1,
            inflater: None,
            receive_open: false,
        }
    }

    /// Compresses one whole message and appends it to `out`, without the trailing 00 00 FF FF (RFC 7692, 7.2.1).
    ///
    /// True: send what was appended with RSV1 set. False: nothing was appended, send the payload as it is, because
    /// it is below the threshold or would not become smaller.
    ///
    /// A message must not be dropped after it was compressed: with context takeover later messages refer to it.
    #[must_use]
    pub fn compress(&mut self, pool: &mut DeflatePool, payload: &[u8], out: &mut Vec<u8>) -> bool {
        // A window of 2^8 exists only for a client whose server asked for it. zlib cannot compress with it, but
        // sending uncompressed is always allowed (RFC 7692, 6: the RSV1 bit is per message).
        if payload.len() < self.send_threshold.max(1) || self.send_key.bits < WINDOW_BITS_MIN {
            return false;
        }
        let mut compressor = self.compressor.take().unwrap_or_else(|| pool.compressor(self.send_key));
        let start = out.len();
        let smaller = compress_message(&mut compressor, pool.scratch(), payload, out);
        if !smaller {
            out.truncate(start);
        }
        if !self.send_takeover {
            pool.put_compressor(self.send_key, compressor);
            return smaller;
        }
        if !smaller {
            // The compressor has seen a message that the peer's window will not hold. Starting over keeps both in
            // step: an empty window refers to nothing that the peer lacks.
            compressor.reset();
        }
        self.compressor = Some(compressor);
        smaller
    }

    /// Inflates the next piece of a compressed message and appends it to `out`, which holds the message so far.
    ///
    /// Pieces may be cut anywhere; `fin` goes with the last one (which may be empty). `out` never grows above `limit`
    /// bytes. After an error the connection has to be failed: the state is of no further use.
    pub fn decompress(
        &mut self,
        pool: &mut DeflatePool,
        chunk: &[u8],
        fin: bool,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), ProtocolError> {
        let mut inflater = match self.inflater.take() {
            Some(inflater) => inflater,
            None if self.receive_takeover => self.own_inflater(),
            None => pool.inflater(),
        };
        self.inflate(&mut inflater, pool.scratch(), chunk, out, limit)?;
        if !fin {
            self.inflater = Some(inflater);
            return Ok(());
        }
        self.finish_message(&mut inflater, pool.scratch())?;
        if self.receive_takeover {
            self.inflater = Some(inflater);
        } else {
            pool.put_inflater(inflater);
        }
        Ok(())
    }

    fn inflate(
        &mut self,
        inflater: &mut Box<Decompress>,
        scratch: &mut [u8],
        mut input: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), ProtocolError> {
        loop {
            // One byte more than is allowed tells "exactly at the limit" from "above it".
            let space = scratch.len().min(limit.saturating_sub(out.len()).saturating_add(1));
            let step = step(inflater, input, &mut scratch[..space])?;
            self.receive_open |= step.consumed > 0;
            input = &input[step.consumed..];
            if step.produced > limit.saturating_sub(out.len()) {
                return Err(ProtocolError::InflatedTooBig);
            }
            out.extend_from_slice(&scratch[..step.produced]);
            if step.ended {
                self.start_over(inflater);
            } else if step.produced < space {
                // All of the input is in: with room left, zlib stops only for want of input.
                return if input.is_empty() { Ok(()) } else { Err(ProtocolError::InvalidDeflate) };
            }
            if input.is_empty() && step.ended {
                return Ok(());
            }
        }
    }

    /// RFC 7692, 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message."
    ///
    /// Another empty block behind it proves that the message ended where a block ends: a cut or garbled message takes
    /// these bytes for data, and says so by output, an error, or (when the block is final) by not ending.
    ///
    /// Nothing is open when the message had no byte at all, or ended with a final block: both leave nothing for the
    /// four octets to complete, and both are sent by peers.
    fn finish_message(&mut self, inflater: &mut Decompress, scratch: &mut [u8]) -> Result<(), ProtocolError> {
        if !std::mem::take(&mut self.receive_open) {
            return Ok(());
        }
        // A final block would cost the window, so only a connection without takeover can use it.
        let tail = if self.receive_takeover { &TAIL_THEN_EMPTY } else { &TAIL_THEN_FINAL };
        let step = step(inflater, tail, scratch)?;
        if step.produced != 0 || step.consumed != tail.len() || step.ended == self.receive_takeover {
            return Err(ProtocolError::InvalidDeflate);
        }
        Ok(())
    }

    /// After a block with BFINAL (RFC 7692, 7.2.3.4) the next block starts a new DEFLATE stream, and with it an empty
    /// window: in RFC 1951 references do not cross the end of a data set.
    fn start_over(&mut self, inflater: &mut Box<Decompress>) {
        self.receive_open = false;
        // A reset would widen the window.
        if self.receive_takeover && self.receive_bits < WINDOW_BITS_MAX {
            *inflater = self.own_inflater();
        } else {
            inflater.reset(false);
        }
    }

    /// An inflater that touches no more memory than the negotiated window needs.
    fn own_inflater(&self) -> Box<Decompress> {
        Box::new(Decompress::new_with_window_bits(false, self.receive_bits.max(WINDOW_BITS_MIN)))
    }
}

/// What one call of zlib's inflate did.
struct Step {
    consumed: usize,
    produced: usize,
    ended: bool,
}

fn step(inflater: &mut Decompress, input: &[u8], output: &mut [u8]) -> Result<Step, ProtocolError> {
    let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
    let status = inflater
        .decompress(input, output, FlushDecompress::None)
        .map_err(|_| ProtocolError::InvalidDeflate)?;
    Ok(Step {
        consumed: (inflater.total_in() - before_in) as usize,
        produced: (inflater.total_out() - before_out) as usize,
        ended: status == Status::StreamEnd,
    })
}

/// Appends the compressed message; false as soon as it is clear that it will not be smaller than the payload.
fn compress_message(
    compressor: &mut Compress,
    scratch: &mut [u8],
    payload: &[u8],
    out: &mut Vec<u8>,
) -> bool {
    let start = out.len();
    let mut input = payload;
    loop {
        let (before_in, before_out) = (compressor.total_in(), compressor.total_out());
        if compressor.compress(input, scratch, FlushCompress::Sync).is_err() {
            return false;
        }
        input = &input[(compressor.total_in() - before_in) as usize..];
        let produced = (compressor.total_out() - before_out) as usize;
        if out.len() - start + produced >= payload.len() + TAIL.len() {
            return false;
        }
        out.extend_from_slice(&scratch[..produced]);
        // zlib: "deflate() returns with avail_out > 0" when the flush is complete.
        if produced < scratch.len() {
            break;
        }
    }
    // RFC 7692, 7.2.1: "Remove 4 octets (that are 0x00 0x00 0xff 0xff) from the tail end."
    if !input.is_empty() || !out[start..].ends_with(&TAIL) {
        return false;
    }
    out.truncate(out.len() - TAIL.len());
    true
}

const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// [`TAIL`] and an empty stored block.
const TAIL_THEN_EMPTY: [u8; 9] = [0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff];

/// [`TAIL`] and an empty stored block with BFINAL.
const TAIL_THEN_FINAL: [u8; 9] = [0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff];
