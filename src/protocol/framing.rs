//! Packets in a stream of bytes: where one ends and the next begins, by an end mark or by a length in its head.
//!
//! Bytes in, packets out. Used by clients (`recvPacket()`) and meant for raw TCP ports.

use std::fmt;

/// How packets are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each packet ends with a mark. The mark is part of the packet.
    Eof { mark: Vec<u8>, cut: Cut },
    /// A field in each packet's head tells its length.
    Length(LengthField),
    /// The length of an MQTT packet: behind its first byte, seven bits in each byte.
    Mqtt,
    /// A request of the Redis protocol: an array of strings and numbers.
    Redis,
}

/// What an end mark ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Each mark ends a packet.
    Every,
    /// Only a mark at the very end of what has come: several packets may come together.
    Last,
}

/// Where a packet says how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthField {
    pub kind: LengthKind,
    /// Where the field begins.
    pub offset: usize,
    /// Where what it counts begins.
    pub body_offset: usize,
}

/// The form of a length field, by the letters of PHP's `pack()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthKind {
    bytes: usize,
    signed: bool,
    order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Big,
    Little,
    Native,
}

impl LengthKind {
    /// The form a letter stands for.
    pub fn from_letter(letter: u8) -> Option<Self> {
        let (bytes, signed, order) = match letter {
            b'c' => (1, true, Order::Native),
            b'C' => (1, false, Order::Native),
            b's' => (2, true, Order::Native),
            b'S' => (2, false, Order::Native),
            b'n' => (2, false, Order::Big),
            b'v' => (2, false, Order::Little),
            b'l' => (4, true, Order::Native),
            b'L' => (4, false, Order::Native),
            b'N' => (4, false, Order::Big),
            b'V' => (4, false, Order::Little),
            b'q' => (8, true, Order::Native),
            b'Q' => (8, false, Order::Native),
            b'J' => (8, false, Order::Big),
            b'P' => (8, false, Order::Little),
            _ => return None,
        };
        Some(Self { bytes, signed, order })
    }

    /// How many bytes the field has.
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// The number in a field of this form; `None` when it is negative.
    fn read(self, field: &[u8]) -> Option<u64> {
        let big = match self.order {
            Order::Big => true,
            Order::Little => false,
            Order::Native => cfg!(target_endian = "big"),
        };
        let shift = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        let number = if big { field.iter().fold(0, shift) } else { field.iter().rev().fold(0, shift) };
        let sign = 1 << (self.bytes * 8 - 1);
        (!self.signed || number & sign == 0).then_some(number)
    }
}

/// Why a stream cannot be cut into packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingError {
    /// A packet is, or must become, longer than the limit.
    TooLarge(u64),
    /// The length is negative or nothing.
    Malformed,
}

impl fmt::Display for FramingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(length) => write!(f, "the received packet length {length} is too large"),
            Self::Malformed => f.write_str("the received packet has a malformed length"),
        }
    }
}

impl std::error::Error for FramingError {}

/// What has come of a stream and is not handed out yet.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where the rest begins.
    start: usize,
    /// How far the rest has been looked through: it holds no end mark, or these elements of a Redis request.
    searched: usize,
    /// Elements of a Redis request that are still to come, once its head has been read.
    elements: Option<i64>,
}

impl Framer {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what has come.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.start > 0 && self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// What has come and is not handed out.
    pub fn rest(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Hands out up to `length` bytes, packet or not.
    pub fn take(&mut self, length: usize) -> Vec<u8> {
        let end = self.start + length.min(self.rest().len());
        let taken = self.buffer[self.start..end].to_vec();
        self.start = end;
        (self.searched, self.elements) = (0, None);
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
            self.buffer.shrink_to(BUFFER_KEPT);
        }
        taken
    }

    /// The next packet, if all of it has come. After an error nothing more can be cut.
    pub fn next(&mut self, framing: &Framing, limit: usize) -> Result<Option<Vec<u8>>, FramingError> {
        match framing {
            Framing::Eof { mark, cut } => self.by_mark(mark, *cut, limit),
            Framing::Length(field) => self.by_found_length(field.length_of(self.rest())?, limit),
            Framing::Mqtt => self.by_found_length(mqtt_length(self.rest())?, limit),
            Framing::Redis => self.redis(limit),
        }
    }

    fn by_found_length(
        &mut self,
        length: Option<u64>,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, FramingError> {
        length.map_or(Ok(None), |length| self.by_length(length, limit))
    }

    /// The next packet, when somebody else knows its length.
    pub fn by_length(&mut self, length: u64, limit: usize) -> Result<Option<Vec<u8>>, FramingError> {
        let fits = usize::try_from(length).ok().filter(|&length| length <= limit);
        let Some(length) = fits else { return Err(FramingError::TooLarge(length)) };
        if length == 0 {
            return Err(FramingError::Malformed);
        }
        Ok((self.rest().len() >= length).then(|| self.take(length)))
    }

    fn by_mark(&mut self, mark: &[u8], cut: Cut, limit: usize) -> Result<Option<Vec<u8>>, FramingError> {
        let rest = self.rest();
        let end = match cut {
            Cut::Every => find(&rest[self.searched..], mark).map(|at| self.searched + at + mark.len()),
            Cut::Last => (!mark.is_empty() && rest.ends_with(mark)).then_some(rest.len()),
        };
        let length = end.unwrap_or(rest.len());
        if length > limit {
            return Err(FramingError::TooLarge(length as u64));
        }
        self.searched = rest.len().saturating_sub(mark.len().saturating_sub(1));
        Ok(end.map(|end| self.take(end)))
    }
}

/// A line of the Redis protocol: a mark and a number.
struct RedisLine {
    mark: u8,
    number: i64,
    /// Its bytes, end and all.
    len: usize,
}

impl Framer {
    /// The next Redis request. Elements are looked at once, however they come.
    fn redis(&mut self, limit: usize) -> Result<Option<Vec<u8>>, FramingError> {
        while self.elements != Some(0) {
            let Some(line) = RedisLine::parse(&self.rest()[self.searched..])? else { return Ok(None) };
            let (left, behind) = match (self.elements, line.mark) {
                // No elements, or null instead of an array: nothing follows.
                (None, b'*') => (line.number.max(0), 0),
                (Some(left), b':') => (left - 1, 0),
                // Null instead of a string.
                (Some(left), b'$') if line.number < 0 => (left - 1, 0),
                (Some(left), b'$') => (left - 1, line.number.cast_unsigned() + LINE_END.len() as u64),
                _ => return Err(FramingError::Malformed),
            };
            let end = (self.searched as u64).saturating_add(line.len as u64).saturating_add(behind);
            if end > limit as u64 {
                return Err(FramingError::TooLarge(end));
            }
            let end = end as usize;
            let Some(element) = self.rest().get(..end) else { return Ok(None) };
            if !element.ends_with(LINE_END) {
                return Err(FramingError::Malformed);
            }
            self.searched = end;
            self.elements = Some(left);
        }
        Ok(Some(self.take(self.searched)))
    }
}

impl RedisLine {
    /// The line that begins `bytes`; `None` when its end has not come yet.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, FramingError> {
        let seen = &bytes[..bytes.len().min(REDIS_LINE_BYTES_MAX)];
        let Some(end) = find(seen, LINE_END) else {
            return if seen.len() == REDIS_LINE_BYTES_MAX { Err(FramingError::Malformed) } else { Ok(None) };
        };
        let (mark, digits) = seen[..end].split_first().ok_or(FramingError::Malformed)?;
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        Ok(Some(Self {
            mark: *mark,
            number: number.ok_or(FramingError::Malformed)?,
            len: end + LINE_END.len(),
        }))
    }
}

impl LengthField {
    /// The length of the packet that begins `bytes`, head and all; `None` when its head has not come yet.
    fn length_of(&self, bytes: &[u8]) -> Result<Option<u64>, FramingError> {
        let end = self.offset.saturating_add(self.kind.bytes);
        let Some(field) = bytes.get(self.offset..end) else { return Ok(None) };
        let body = self.kind.read(field).ok_or(FramingError::Malformed)?;
        Ok(Some(body.saturating_add(self.body_offset as u64)))
    }
}

/// The length of the MQTT packet that begins `bytes`.
fn mqtt_length(bytes: &[u8]) -> Result<Option<u64>, FramingError> {
    let mut length = 0;
    for (index, byte) in bytes.iter().skip(1).take(MQTT_LENGTH_BYTES_MAX).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some(length + index as u64 + 2));
        }
    }
    if bytes.len() > MQTT_LENGTH_BYTES_MAX { Err(FramingError::Malformed) } else { Ok(None) }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    (!mark.is_empty()).then(|| bytes.windows(mark.len()).position(|window| window == mark)).flatten()
}

/// MQTT 3.1.1, 2.2.3: the length has one to four bytes.
const MQTT_LENGTH_BYTES_MAX: usize = 4;
const LINE_END: &[u8] = b"\r\n";
/// A mark, the longest number with its sign, and the end.
const REDIS_LINE_BYTES_MAX: usize = 24;
/// What an empty buffer keeps for the next packet.
const BUFFER_KEPT: usize = 64 * 1024;
