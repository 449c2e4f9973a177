//! permessage-deflate on the messages of one connection (RFC 7692, section 7.2).
//!
//! Payloads in, payloads out: frames, the RSV1 bit and negotiation are elsewhere ([`super::extension`]). Called by the
//! connection's state machine, and by `Frame::pack`/`unpack` with parameters without takeover.
//!
//! Contexts are large (a compressor of zlib's has 350 KiB, that of level 1 up to 80, an inflater 40), so who owns them
//! matters: with context takeover each connection keeps its own, without it a context is borrowed from the thread's
//! [`DeflatePool`] for the length of one message and an idle connection owns none.

mod compressor;
mod pool;
mod quick;
mod zlib;

use compressor::{Compressor, CompressorKey};
pub use pool::DeflatePool;
use zlib::Inflater;

use super::error::ProtocolError;
use super::extension::{DeflateConfig, DeflateParams, WINDOW_BITS_MIN};
use super::role::Role;

/// Both directions of one connection that negotiated permessage-deflate.
#[derive(Debug)]
pub struct Deflate {
    // Sending.
    send_takeover: bool,
    send_key: CompressorKey,
    send_threshold: usize,
    /// Kept while we take our context over: from the first compressed message on.
    compressor: Option<Box<Compressor>>,

    // Receiving.
    receive_takeover: bool,
    receive_bits: u8,
    /// Kept while the peer takes its context over; else present only inside a message.
    inflater: Option<Box<Inflater>>,
    /// Bytes have come since the message, or the DEFLATE stream inside it, began.
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
            send_key: CompressorKey { bits: send.1, level: config.level(), mem_level: config.mem_level() },
            send_threshold: config.threshold,
            compressor: None,
            receive_takeover: receive.0,
            receive_bits: receive.1,
            inflater: None,
            receive_open: false,
        }
    }

    /// Compresses one whole message and appends it to `out`, without the trailing 00 00 FF FF (RFC 7692, 7.2.1).
    ///
    /// True: send what was appended, with RSV1 set. False: nothing was appended; send the payload as it is, because
    /// it is below the threshold or would not become smaller.
    ///
    /// A message must not be dropped after it was compressed: with context takeover later messages refer to it.
    #[must_use]
    pub fn compress(&mut self, pool: &mut DeflatePool, payload: &[u8], out: &mut Vec<u8>) -> bool {
        // Only a client can have a window of 2^8, when its server asked for one. zlib cannot compress with it, but
        // the other end must read uncompressed messages too (RFC 7692, 6: RSV1 tells them apart).
        if payload.len() < self.send_threshold.max(1) || self.send_key.bits < WINDOW_BITS_MIN {
            return false;
        }
        self.compress_within(pool, payload, out, payload.len() - 1)
    }

    /// The same without asking whether it pays: for a caller who was told to compress. False only for
    /// what cannot be compressed: an empty payload, one above 1 GiB, or any with a window of 2^8.
    #[must_use]
    pub fn compress_always(&mut self, pool: &mut DeflatePool, payload: &[u8], out: &mut Vec<u8>) -> bool {
        !payload.is_empty()
            && self.send_key.bits >= WINDOW_BITS_MIN
            && self.compress_within(pool, payload, out, usize::MAX)
    }

    fn compress_within(
        &mut self,
        pool: &mut DeflatePool,
        payload: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> bool {
        let mut compressor = self.compressor.take().unwrap_or_else(|| pool.compressor(self.send_key));
        let smaller =
            compressor.compress(payload, self.send_key.bits, self.send_takeover, pool.scratch(), out, limit);
        if self.send_takeover {
            self.compressor = Some(compressor);
        } else {
            pool.put_compressor(self.send_key, compressor);
        }
        smaller
    }

    /// Inflates the next piece of a compressed message and appends it to `out`, which holds the message so far.
    ///
    /// Pieces may be cut anywhere; `fin` goes with the last one, which may be empty. `out` never grows above `limit`
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
            None if self.receive_takeover => pool.new_inflater(self.receive_bits),
            None => pool.inflater(),
        };
        let result =
            self.inflate(&mut inflater, pool.scratch(), chunk, out, limit).and_then(|()| match fin {
                true => self.finish(&mut inflater, pool.scratch()),
                false => Ok(()),
            });
        // Without takeover the context goes back even after an error: a peer must not cost us one per mistake.
        if self.receive_takeover || !fin && result.is_ok() {
            self.inflater = Some(inflater);
        } else {
            pool.put_inflater(inflater);
        }
        result
    }

    /// Hands the contexts back when the connection ends, whatever state it is in.
    pub fn release(&mut self, pool: &mut DeflatePool) {
        if let Some(compressor) = self.compressor.take() {
            pool.put_compressor(self.send_key, compressor);
        }
        if let Some(inflater) = self.inflater.take() {
            pool.put_inflater(inflater);
        }
        self.receive_open = false;
    }

    /// Whether a zlib context belongs to this connection right now.
    pub fn owns_context(&self) -> bool {
        self.compressor.is_some() || self.inflater.is_some()
    }

    fn inflate(
        &mut self,
        inflater: &mut Inflater,
        scratch: &mut [u8],
        mut input: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), ProtocolError> {
        self.receive_open |= !input.is_empty();
        loop {
            // One byte more than is allowed tells "at the limit" from "above it".
            let left = limit.saturating_sub(out.len());
            let space = scratch.len().min(left.saturating_add(1));
            let step = inflater.step(input, &mut scratch[..space])?;
            if step.produced > left {
                return Err(ProtocolError::InflatedTooBig);
            }
            out.extend_from_slice(&scratch[..step.produced]);
            input = &input[step.consumed..];
            if step.ended {
                // RFC 7692, 7.2.3.4: a block may have BFINAL set. What follows is a new DEFLATE stream, and in
                // RFC 1951 references do not reach back across the end of one.
                inflater.reset();
                self.receive_open = !input.is_empty();
            }
            if input.is_empty() && (step.ended || step.produced < space) {
                return Ok(());
            }
            // With input and room left zlib goes on; if it does not, it never will.
            if step.consumed == 0 && step.produced == 0 {
                return Err(ProtocolError::InvalidDeflate);
            }
        }
    }

    /// RFC 7692, 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message."
    ///
    /// One more empty block behind them proves that the message ended where a block ends: a cut or garbled message
    /// takes these bytes for data and gives itself away by output, by an error, or by not ending.
    ///
    /// Nothing is open when the message had no byte at all or ended with a final block. Both leave nothing for the
    /// four octets to complete, and peers send both.
    fn finish(&mut self, inflater: &mut Inflater, scratch: &mut [u8]) -> Result<(), ProtocolError> {
        if !std::mem::take(&mut self.receive_open) {
            return Ok(());
        }
        // A final block is the stronger proof but costs the window, which a takeover needs.
        let tail = if self.receive_takeover { &TAIL_THEN_EMPTY } else { &TAIL_THEN_FINAL };
        let step = inflater.step(tail, scratch)?;
        if step.produced != 0 || step.consumed != tail.len() || step.ended == self.receive_takeover {
            return Err(ProtocolError::InvalidDeflate);
        }
        Ok(())
    }
}

/// The four octets and an empty stored block.
const TAIL_THEN_EMPTY: [u8; 9] = [0x00, 0x00, 0xff, 0xff, 0x00, 0x00, 0x00, 0xff, 0xff];

/// The four octets and an empty stored block with BFINAL.
const TAIL_THEN_FINAL: [u8; 9] = [0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff];
