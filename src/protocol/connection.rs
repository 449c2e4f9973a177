//! One WebSocket connection after its handshake, without a socket (RFC 6455, sections 5 to 8).
//!
//! Bytes go in, events and reply bytes come out; nothing waits and nothing knows the time. Both roles. The driver in
//! `net` owns the socket and calls, for what it has read:
//!
//! ```text
//! while let Some(event) = connection.receive(&mut input, &mut io) { ... }   // then write io.out
//! ```
//!
//! and [`Connection::eof`] when the peer's bytes end. An idle connection owns no buffer; a small frame that is whole
//! inside `input` is unmasked there and handed out without a copy.

mod event;
mod send;
mod short;
mod state;

use std::sync::Arc;

use bytes::buf::Limit;

pub use event::{Event, Io, Options, Payload, Pool};
pub use send::{SendFlags, SendRefused, may_follow};
pub use state::{Cut, End, Initiator, State};

pub use super::message::Limits;

use super::block::Block;
use super::close::CloseReason;
use super::deflate::Deflate;
use super::error::ProtocolError;
use super::frame::{FrameHeader, HEADER_BYTES_MAX, MASKED, RSV1, RSV2, RSV3};
use super::mask;
use super::message::Message;
use super::opcode::Opcode;
use super::role::Role;
use super::utf8;

/// A connection in one of its [`State`]s.
#[derive(Debug)]
pub struct Connection {
    role: Role,
    /// Our frames have masks: a client's, unless it was told otherwise.
    masks: bool,
    /// A fragmented message of ours is unfinished.
    sending: bool,
    /// Payloads below this go the short way; see `short.rs`.
    short_end: u8,
    state: State,
    reading: Reading,
    /// The peer's unfinished message.
    message: Option<Box<Message>>,
    /// The payload so far of a control frame that did not come in one piece.
    control: Vec<u8>,
    deflate: Option<Box<Deflate>>,
    options: Arc<Options>,
}

/// How far the current frame has come.
#[derive(Clone, Copy, Debug)]
enum Reading {
    /// The first bytes of its header; none between frames.
    Head { bytes: [u8; HEADER_BYTES_MAX], len: u8 },
    /// `taken` bytes of its payload.
    Payload { header: FrameHeader, taken: u64 },
}

impl Connection {
    /// An open connection. `deflate` is there when permessage-deflate was negotiated.
    pub fn new(role: Role, options: Arc<Options>, deflate: Option<Box<Deflate>>) -> Self {
        Self {
            role,
            masks: role == Role::Client,
            sending: false,
            short_end: Self::short_end(role, &options.limits),
            state: State::Open,
            reading: Reading::NOTHING,
            message: None,
            control: Vec::new(),
            deflate,
            options,
        }
    }

    /// Takes bytes of the peer off the front of `input` until there is an event. `None`: all of `input` is taken.
    ///
    /// Whatever the events, the caller must write what was appended to `io.out`.
    #[inline]
    pub fn receive<'a>(&mut self, input: &mut &'a mut [u8], io: &mut Io<'_>) -> Option<Event<'a>> {
        match self.receive_short(input) {
            Some(Ok(event)) => return Some(event),
            Some(Err(error)) => return Some(self.fail(error, io)),
            None => {}
        }
        self.receive_any(input, io)
    }

    /// As [`Connection::receive`], whatever comes.
    fn receive_any<'a>(&mut self, input: &mut &'a mut [u8], io: &mut Io<'_>) -> Option<Event<'a>> {
        while !input.is_empty() {
            if self.state.is_final() {
                // 5.5.1 and 7.1.7: what comes after a Close or a failure is not looked at.
                *input = &mut [];
                return None;
            }
            match self.receive_frame(input, io) {
                Ok(None) => {}
                Ok(Some(event)) => return Some(event),
                Err(error) => return Some(self.fail(error, io)),
            }
        }
        None
    }

    /// While the payload of a large frame is awaited: where the driver may read it to directly, which spares a copy.
    /// It hands the space to its socket's read and, before it brings any later bytes, calls
    /// [`payload_filled`](Self::payload_filled).
    #[inline]
    pub fn payload_space(&mut self) -> Option<Limit<&mut Vec<u8>>> {
        match self.reading {
            Reading::Head { .. } => None,
            Reading::Payload { header, taken } => self.space_for(header, taken),
        }
    }

    fn space_for(&mut self, header: FrameHeader, taken: u64) -> Option<Limit<&mut Vec<u8>>> {
        let left = header.len - taken;
        if self.state != State::Open || header.opcode.is_control() || left < DIRECT_BYTES_MIN {
            return None;
        }
        self.message.as_mut().filter(|message| !message.compressed).map(|message| message.space(left))
    }

    /// Takes the `count` bytes that were read into [`payload_space`](Self::payload_space). The event is a message or a
    /// failure. Whatever was decided about the connection since then, its bytes are counted.
    pub fn payload_filled(&mut self, count: usize, io: &mut Io<'_>) -> Option<Event<'static>> {
        let Reading::Payload { header, taken } = self.reading else { return None };
        let message = self.message.as_mut()?;
        let count = (count as u64).min(header.len - taken);
        let fresh = message.filled(count);
        if let Some(key) = header.mask {
            mask::mask(fresh, key, taken as usize);
        }
        let result = message.accept().and_then(|()| self.advance(header, taken + count));
        result.unwrap_or_else(|error| Some(self.fail(error, io)))
    }

    /// The peer's bytes have ended: how the connection ended with them. Also later answers are the same.
    pub fn eof(&mut self) -> End {
        let cut = match (self.state, self.reading, &self.message) {
            (State::Closing { .. }, ..) => Cut::AwaitingClose,
            (_, Reading::Payload { .. } | Reading::Head { len: 1.., .. }, _) => Cut::InsideFrame,
            (_, Reading::Head { .. }, Some(_)) => Cut::InsideMessage,
            (_, Reading::Head { .. }, None) => Cut::BetweenMessages,
        };
        if !self.state.is_final() {
            self.enter(State::Lost(cut));
        }
        match self.state {
            State::Closed { by, code } => End::Clean { by, code },
            State::Failed(error) => End::Failed(error),
            State::Lost(cut) => End::Abnormal(cut),
            State::Open | State::Closing { .. } => End::Abnormal(cut),
        }
    }

    /// Leaves masks out, for a server that is known to want it so; others close the connection (5.1).
    pub fn send_unmasked(&mut self) {
        self.masks = false;
    }

    pub fn state(&self) -> State {
        self.state
    }

    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether permessage-deflate was negotiated.
    pub fn is_deflating(&self) -> bool {
        self.deflate.is_some()
    }

    /// What is kept of a message or control frame that is not complete.
    #[inline]
    pub fn unfinished_bytes(&self) -> usize {
        self.message.as_ref().map_or(0, |message| message.bytes()) + self.control.len()
    }

    /// One header, as far as it is there, and as much of its payload.
    #[inline]
    fn receive_frame<'a>(
        &mut self,
        input: &mut &'a mut [u8],
        io: &mut Io<'_>,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        let (header, taken) = if let Reading::Head { len: 0, .. } = self.reading {
            match self.parse(input)? {
                Some((header, used)) => {
                    take(input, used as u64);
                    (header, 0)
                }
                None => return Ok(self.keep_head([0; HEADER_BYTES_MAX], 0, input)),
            }
        } else {
            match self.resume(input)? {
                Some(frame) => frame,
                None => return Ok(None),
            }
        };
        // From here on `reading` is between frames again, unless the frame turns out to be cut.
        let piece = take(input, header.len - taken);
        if let Some(key) = header.mask {
            mask::mask(piece, key, taken as usize);
        }
        let whole = piece.len() as u64 == header.len;
        if header.opcode.is_control() {
            return self.receive_control(header, taken, whole, piece, io);
        }
        if whole && header.fin && self.message.is_none() && self.state == State::Open {
            return self.receive_whole(header, piece, io.pool).map(Some);
        }
        self.receive_piece(header, taken, piece, io.pool)
    }

    /// The frame that earlier input began, and how much of its payload was taken. `None`: its header is still cut.
    fn resume(&mut self, input: &mut &mut [u8]) -> Result<Option<(FrameHeader, u64)>, ProtocolError> {
        match std::mem::replace(&mut self.reading, Reading::NOTHING) {
            Reading::Payload { header, taken } => Ok(Some((header, taken))),
            Reading::Head { mut bytes, len } => {
                let before = usize::from(len);
                let more = input.len().min(HEADER_BYTES_MAX - before);
                bytes[before..before + more].copy_from_slice(&input[..more]);
                let Some((header, used)) = self.parse(&bytes[..before + more])? else {
                    return Ok(self.keep_head(bytes, before, input));
                };
                take(input, (used - before) as u64);
                Ok(Some((header, 0)))
            }
        }
    }

    /// All of `input` is part of a header whose first bytes are `bytes[..before]`. Always `None`.
    #[cold]
    fn keep_head<T>(
        &mut self,
        mut bytes: [u8; HEADER_BYTES_MAX],
        before: usize,
        input: &mut &mut [u8],
    ) -> Option<T> {
        let len = before + input.len();
        bytes[before..len].copy_from_slice(input);
        self.reading = Reading::Head { bytes, len: len as u8 };
        *input = &mut [];
        None
    }

    /// Parses a header and checks what depends on the connection. Every error comes with the byte that proves it.
    // Always: a header that stays in registers is worth 20 ns per frame.
    #[inline(always)]
    fn parse(&self, bytes: &[u8]) -> Result<Option<(FrameHeader, usize)>, ProtocolError> {
        match FrameHeader::parse(bytes) {
            Ok(Some((header, used))) => {
                self.check_first(header.rsv1, header.rsv2 | header.rsv3, header.opcode)?;
                self.check_masked(header.mask.is_some())?;
                // While closing, payloads are dropped as they come.
                if !header.opcode.is_control() && self.state == State::Open {
                    self.options.limits.check(&header, self.message.as_deref())?;
                }
                Ok(Some((header, used)))
            }
            parsed => self.parse_part(bytes, parsed),
        }
    }

    /// The header is not whole, or wrong: goes through it byte by byte, so that the answer is the same however the bytes
    /// were cut.
    #[cold]
    fn parse_part(
        &self,
        bytes: &[u8],
        parsed: Result<Option<(FrameHeader, usize)>, ProtocolError>,
    ) -> Result<Option<(FrameHeader, usize)>, ProtocolError> {
        if let Some(first) = bytes.first() {
            if let Some(opcode) = Opcode::from_u8(first & 0xf) {
                self.check_first(first & RSV1 != 0, first & (RSV2 | RSV3) != 0, opcode)?;
            }
            FrameHeader::parse(&[*first])?;
        }
        if let Some(second) = bytes.get(1) {
            self.check_masked(second & MASKED != 0)?;
        }
        parsed
    }

    /// What the first byte says: reserved bits, and the order of frames.
    #[inline]
    fn check_first(&self, rsv1: bool, rsv2_or_3: bool, opcode: Opcode) -> Result<(), ProtocolError> {
        // 5.2: "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
        if rsv2_or_3 || (rsv1 && self.deflate.is_none()) {
            return Err(ProtocolError::ReservedBit);
        }
        match opcode {
            // RFC 7692, 6: the bit belongs to "the first frame of each message" and to no control frame.
            Opcode::Text | Opcode::Binary => {}
            _ if rsv1 => return Err(ProtocolError::CompressedControl),
            _ => {}
        }
        // 5.4: "the fragments of one message MUST NOT be interleaved between the fragments of another message".
        match (opcode, &self.message) {
            (Opcode::Continuation, None) => Err(ProtocolError::UnexpectedContinuation),
            (Opcode::Text | Opcode::Binary, Some(_)) => Err(ProtocolError::InterleavedMessage),
            _ => Ok(()),
        }
    }

    /// 5.1: a client masks every frame, a server none; the other end must close if not.
    #[inline]
    fn check_masked(&self, masked: bool) -> Result<(), ProtocolError> {
        match (self.role, masked) {
            (Role::Server, false) => Err(ProtocolError::UnmaskedFrame),
            (Role::Client, true) => Err(ProtocolError::MaskedFrame),
            _ => Ok(()),
        }
    }

    fn receive_control<'a>(
        &mut self,
        header: FrameHeader,
        taken: u64,
        whole: bool,
        piece: &'a mut [u8],
        io: &mut Io<'_>,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        let payload = if whole {
            Payload::Borrowed(piece)
        } else {
            self.control.extend_from_slice(piece);
            let taken = taken + piece.len() as u64;
            if taken < header.len {
                self.reading = Reading::Payload { header, taken };
                return Ok(None);
            }
            Payload::Owned(Block::from(&std::mem::take(&mut self.control)[..]))
        };
        let closing = self.state != State::Open;
        Ok(match header.opcode {
            Opcode::Close => Some(self.receive_close(&payload, io)?),
            Opcode::Ping => {
                // 5.5.2: "an endpoint MUST send a Pong frame in response, unless it already received a Close frame."
                if self.options.auto_pong {
                    self.append_pong(&payload, io);
                }
                (!closing).then_some(Event::Ping(payload))
            }
            _ => (!closing).then_some(Event::Pong(payload)),
        })
    }

    fn receive_close(&mut self, body: &[u8], io: &mut Io<'_>) -> Result<Event<'static>, ProtocolError> {
        let reason = CloseReason::parse(body)?;
        let closed = match self.state {
            State::Closing { code } => State::Closed { by: Initiator::Us, code },
            _ => {
                // 5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint
                // MUST send a Close frame in response. [It] typically echos the status code it received."
                self.append_close(&reason.without_text(), io);
                State::Closed { by: Initiator::Peer, code: reason.code_or_none() }
            }
        };
        self.enter(closed);
        Ok(Event::Close(reason))
    }

    /// A message in one frame that is wholly there.
    #[inline]
    fn receive_whole<'a>(
        &mut self,
        header: FrameHeader,
        piece: &'a mut [u8],
        pool: &mut Pool,
    ) -> Result<Event<'a>, ProtocolError> {
        let payload = match &mut self.deflate {
            Some(deflate) if header.rsv1 => {
                let mut message = Message::new(header.opcode, true, Block::default());
                message.push_compressed(deflate, &mut pool.deflate, piece, true, &self.options.limits)?;
                Payload::Owned(message.finish()?)
            }
            _ if header.opcode == Opcode::Text && !utf8::is_valid(piece) => {
                return Err(ProtocolError::InvalidUtf8);
            }
            _ => Payload::Borrowed(piece),
        };
        Ok(Event::Message { opcode: header.opcode, compressed: header.rsv1, payload })
    }

    /// Data that is not a whole message by itself: a fragment, or cut by the end of the input.
    fn receive_piece<'a>(
        &mut self,
        header: FrameHeader,
        taken: u64,
        piece: &[u8],
        pool: &mut Pool,
    ) -> Result<Option<Event<'a>>, ProtocolError> {
        let message = self.message.get_or_insert_with(|| {
            Box::new(Message::new(header.opcode, header.rsv1, pool.blocks.take(header.len)))
        });
        let taken = taken + piece.len() as u64;
        let left = header.len - taken;
        if self.state == State::Open {
            match (message.compressed, &mut self.deflate) {
                (true, Some(deflate)) => {
                    let last = header.fin && left == 0;
                    message.push_compressed(deflate, &mut pool.deflate, piece, last, &self.options.limits)?;
                }
                _ => message.push(piece, left)?,
            }
        }
        self.advance(header, taken)
    }

    /// `taken` bytes of the frame are in the message. Was that the rest of the frame, and of the message?
    fn advance<'a>(&mut self, header: FrameHeader, taken: u64) -> Result<Option<Event<'a>>, ProtocolError> {
        if taken < header.len {
            self.reading = Reading::Payload { header, taken };
            return Ok(None);
        }
        self.reading = Reading::NOTHING;
        if !header.fin {
            if let Some(message) = &mut self.message {
                message.end_frame(header.len);
            }
            return Ok(None);
        }
        let Some(message) = self.message.take() else { return Ok(None) };
        if self.state != State::Open {
            return Ok(None);
        }
        let (opcode, compressed) = (message.opcode, message.compressed);
        let payload = Payload::Owned(message.finish()?);
        Ok(Some(Event::Message { opcode, compressed, payload }))
    }

    /// RFC 6455, 7.1.7: tells the peer why, unless we have said our last word before, and is done with it.
    #[cold]
    fn fail(&mut self, error: ProtocolError, io: &mut Io<'_>) -> Event<'static> {
        if self.state == State::Open {
            self.append_close(&CloseReason::from(error), io);
        }
        self.enter(State::Failed(error));
        Event::Failed(error)
    }

    /// The only place where the state changes. Lets go of what the next state has no use for.
    fn enter(&mut self, next: State) {
        debug_assert!(self.state.leads_to(next), "{:?} -> {next:?}", self.state);
        self.state = next;
        match next {
            State::Open => {}
            // The order of frames is still checked, what they carry is dropped.
            State::Closing { .. } => {
                if let Some(message) = &mut self.message {
                    message.discard();
                }
            }
            State::Closed { .. } | State::Failed(_) | State::Lost(_) => {
                self.reading = Reading::NOTHING;
                self.message = None;
                self.control = Vec::new();
                self.deflate = None;
            }
        }
    }
}

impl Reading {
    const NOTHING: Self = Self::Head { bytes: [0; HEADER_BYTES_MAX], len: 0 };
}

/// Splits up to `len` bytes off the front.
#[inline]
fn take<'a>(input: &mut &'a mut [u8], len: u64) -> &'a mut [u8] {
    let len = usize::try_from(len).map_or(input.len(), |len| len.min(input.len()));
    let (taken, rest) = std::mem::take(input).split_at_mut(len);
    *input = rest;
    taken
}

/// Below this, one more read brings the rest of the payload and perhaps the frames behind it; above it, the read is
/// spent on this payload anyway.
const DIRECT_BYTES_MIN: u64 = 8 * 1024;
