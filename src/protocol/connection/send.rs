//! The sending half of a connection: frames into [`Io::out`].

use std::fmt;

use super::{Connection, Io, State};
use crate::protocol::close::CloseReason;
use crate::protocol::frame::{CONTROL_BYTES_MAX, FrameHeader};
use crate::protocol::mask::{self, MaskKeys};
use crate::protocol::opcode::Opcode;

/// How to send a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendFlags {
    /// The frame ends its message.
    pub fin: bool,
    /// Compress the message if that was negotiated, it is unfragmented and it gets smaller.
    pub compress: bool,
}

impl SendFlags {
    /// A whole message, as it is.
    pub const WHOLE: Self = Self { fin: true, compress: false };
}

/// Why a frame cannot be sent. Nothing was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendRefused {
    /// We have sent a Close (RFC 6455, 5.5.1: "MUST NOT send any more data frames after sending a Close frame"), or the
    /// connection is over.
    Closed,
    /// 5.5: a control frame carries 125 bytes at most.
    ControlTooLong,
    /// 5.5: control frames must not be fragmented.
    FragmentedControl,
    /// Continuation, but no unfinished message of ours.
    NothingToContinue,
    /// 5.4: a new message while one of ours is unfinished.
    UnfinishedMessage,
    /// A Close goes through [`Connection::close`], which checks its code.
    NotThisWay,
}

impl Connection {
    /// Appends one frame. Fragments are sent by `fin: false` and then [`Opcode::Continuation`].
    pub fn send(
        &mut self,
        opcode: Opcode,
        payload: &[u8],
        flags: SendFlags,
        io: &mut Io<'_>,
    ) -> Result<(), SendRefused> {
        let header = self.head(opcode, payload.len(), flags.fin, io.keys)?;
        if flags.compress && self.send_compressed(header, payload, io) {
            return Ok(());
        }
        header.encode_with(payload, io.out);
        Ok(())
    }

    /// Registers a frame and returns its header only, for a driver that writes header and payload in one vectored write
    /// without copying the payload. The payload has to follow, masked if the header has a key.
    pub fn head(
        &mut self,
        opcode: Opcode,
        len: usize,
        fin: bool,
        keys: &mut MaskKeys,
    ) -> Result<FrameHeader, SendRefused> {
        self.may_send(opcode, len, fin)?;
        if !opcode.is_control() {
            self.sending = !fin;
        }
        Ok(FrameHeader { fin, mask: self.key(keys), ..FrameHeader::new(opcode, len as u64) })
    }

    pub fn ping(&mut self, payload: &[u8], io: &mut Io<'_>) -> Result<(), SendRefused> {
        self.send(Opcode::Ping, payload, SendFlags::WHOLE, io)
    }

    /// Also without a ping before it (5.5.3: "serves as a unidirectional heartbeat").
    pub fn pong(&mut self, payload: &[u8], io: &mut Io<'_>) -> Result<(), SendRefused> {
        self.send(Opcode::Pong, payload, SendFlags::WHOLE, io)
    }

    /// Begins the closing handshake: appends a Close, and from here on drops what the peer still sends until its own.
    /// The caller limits how long that may take.
    pub fn close(&mut self, reason: &CloseReason, io: &mut Io<'_>) -> Result<(), SendRefused> {
        if self.state != State::Open {
            return Err(SendRefused::Closed);
        }
        self.append_close(reason, io);
        self.enter(State::Closing { code: reason.code_or_none() });
        Ok(())
    }

    /// Whether a whole message may be sent now: true between the messages of an open connection. A driver may then also
    /// append a frame that it has encoded for many connections.
    pub fn is_ready_for_message(&self) -> bool {
        self.state == State::Open && !self.sending
    }

    /// Whether a message of ours lacks its last frame.
    pub fn is_amid_message(&self) -> bool {
        self.sending
    }

    pub(super) fn append_pong(&self, payload: &[u8], io: &mut Io<'_>) {
        let mask = self.key(io.keys);
        FrameHeader { mask, ..FrameHeader::new(Opcode::Pong, 0) }.encode_with(payload, io.out);
    }

    pub(super) fn append_close(&self, reason: &CloseReason, io: &mut Io<'_>) {
        let mut body = Vec::with_capacity(CONTROL_BYTES_MAX);
        reason.encode(&mut body);
        let mask = self.key(io.keys);
        FrameHeader { mask, ..FrameHeader::new(Opcode::Close, 0) }.encode_with(&body, io.out);
    }

    fn may_send(&self, opcode: Opcode, len: usize, fin: bool) -> Result<(), SendRefused> {
        if self.state != State::Open {
            return Err(SendRefused::Closed);
        }
        may_follow(self.sending, opcode, len, fin)
    }

    /// Appends the whole message compressed. False when that is not possible or not worth it: nothing was appended.
    fn send_compressed(&mut self, header: FrameHeader, payload: &[u8], io: &mut Io<'_>) -> bool {
        let Some(deflate) = &mut self.deflate else { return false };
        if !header.fin || !matches!(header.opcode, Opcode::Text | Opcode::Binary) {
            return false;
        }
        // The header is as long as that of the plain payload would be, or shorter.
        let start = io.out.len();
        let head_max = header.header_len();
        io.out.resize(start + head_max, 0);
        if !deflate.compress(&mut io.pool.deflate, payload, io.out) {
            io.out.truncate(start);
            return false;
        }
        let body = start + head_max;
        let len = io.out.len() - body;
        // RFC 7692, 7.2.1: "set the RSV1 bit [...] of the first frame".
        let header = FrameHeader { rsv1: true, len: len as u64, ..header };
        let (bytes, head) = header.to_bytes();
        if let Some(key) = header.mask {
            mask::mask(&mut io.out[body..], key, 0);
        }
        io.out[start..start + head].copy_from_slice(&bytes[..head]);
        if head < head_max {
            io.out.copy_within(body.., start + head);
            io.out.truncate(start + head + len);
        }
        true
    }

    /// RFC 6455, 5.1: "a client MUST mask all frames", "A server MUST NOT mask any frames".
    #[inline]
    fn key(&self, keys: &mut MaskKeys) -> Option<[u8; 4]> {
        self.masks.then(|| keys.next_key())
    }
}

/// Whether a frame may be sent on an open connection, `amid` a message that lacks its last frame or not.
pub fn may_follow(amid: bool, opcode: Opcode, len: usize, fin: bool) -> Result<(), SendRefused> {
    match opcode {
        Opcode::Close => Err(SendRefused::NotThisWay),
        Opcode::Ping | Opcode::Pong if !fin => Err(SendRefused::FragmentedControl),
        Opcode::Ping | Opcode::Pong if len > CONTROL_BYTES_MAX => Err(SendRefused::ControlTooLong),
        Opcode::Continuation if !amid => Err(SendRefused::NothingToContinue),
        Opcode::Text | Opcode::Binary if amid => Err(SendRefused::UnfinishedMessage),
        _ => Ok(()),
    }
}

impl fmt::Display for SendRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the connection is closing or closed",
            Self::ControlTooLong => "a control frame carries 125 bytes at most",
            Self::FragmentedControl => "a control frame cannot be fragmented",
            Self::NothingToContinue => "there is no unfinished message to continue",
            Self::UnfinishedMessage => "a fragmented message is unfinished",
            Self::NotThisWay => "a close frame is sent by closing the connection",
        })
    }
}

impl std::error::Error for SendRefused {}
