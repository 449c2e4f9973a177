//! Bytes that a connection still owes its peer, and how many of them we are willing to hold.
//!
//! Plain data: the socket is the link's business. Empty outboxes own no memory.

/// What waits to be written on one connection. One word while nothing does.
#[derive(Debug, Default)]
pub struct Outbox(Option<Box<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    sent: usize,
    /// Set between the high and the low watermark.
    high: bool,
    /// Somebody waits until there is room again.
    awaited: bool,
}

/// How much may wait. Named after the options they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxLimits {
    /// `socket_buffer_size`: bytes queued for one connection.
    pub connection_bytes_max: usize,
    /// `buffer_high_watermark`: `onBufferFull` at this many bytes.
    pub high_watermark: usize,
    /// `buffer_low_watermark`: `onBufferEmpty` at or below, after having been full.
    pub low_watermark: usize,
}

/// What a change of the queue means to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Same,
    /// Rose to the high watermark.
    Full,
    /// Fell to the low watermark after having been full.
    Drained,
    /// Somebody waited for room, and here it is.
    Room,
}

impl Outbox {
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that wait.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |queue| queue.len())
    }

    /// Whether `count` more bytes may wait here. A message for an empty outbox always may, however large: else it could
    /// never be sent at all.
    pub fn admits(&self, count: usize, limits: &OutboxLimits) -> bool {
        self.is_empty() || self.len().saturating_add(count) <= limits.connection_bytes_max
    }

    /// Queues bytes; the caller asked [`Outbox::admits`] first.
    pub fn append(&mut self, bytes: &[u8], limits: &OutboxLimits) -> Level {
        let queue = self.0.get_or_insert_default();
        if queue.sent > 0 && queue.len() == 0 {
            queue.bytes.clear();
            queue.sent = 0;
        }
        queue.bytes.extend_from_slice(bytes);
        if !queue.high && queue.len() >= limits.high_watermark {
            queue.high = true;
            return Level::Full;
        }
        Level::Same
    }

    /// Lends a buffer to an outbox without one.
    pub fn lend(&mut self, spare: impl FnOnce() -> Option<Vec<u8>>) {
        if self.0.is_none()
            && let Some(bytes) = spare()
        {
            self.0 = Some(Box::new(Queue { bytes, ..Queue::default() }));
        }
    }

    /// What to write next.
    pub fn pending(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |queue| &queue.bytes[queue.sent..])
    }

    /// Notes that the socket took `count` bytes of [`Outbox::pending`].
    pub fn advance(&mut self, count: usize, limits: &OutboxLimits) -> Level {
        self.0.as_mut().map_or(Level::Same, |queue| queue.advance(count, limits))
    }

    /// Asks for [`Level::Room`] (or [`Level::Drained`], if it comes first) once half of the queue is free again.
    pub fn await_room(&mut self) {
        self.0.get_or_insert_default().awaited = true;
    }

    /// Whether somebody has asked for room and has not been told of any.
    pub fn is_awaited(&self) -> bool {
        self.0.as_ref().is_some_and(|queue| queue.awaited)
    }

    /// Gives the buffer away once it is empty: nothing is kept for an idle connection.
    pub fn release(&mut self) -> Option<Vec<u8>> {
        if !self.is_empty() {
            return None;
        }
        let mut bytes = self.0.take()?.bytes;
        bytes.clear();
        (0 < bytes.capacity() && bytes.capacity() <= SPARE_BYTES_MAX).then_some(bytes)
    }

    /// Drops everything that waits, and says how much it was.
    pub fn discard(&mut self) -> usize {
        let dropped = self.len();
        self.0 = None;
        dropped
    }
}

impl Queue {
    fn len(&self) -> usize {
        self.bytes.len() - self.sent
    }

    fn advance(&mut self, count: usize, limits: &OutboxLimits) -> Level {
        self.sent = (self.sent + count).min(self.bytes.len());
        if self.sent >= COMPACT_BYTES && self.sent * 2 >= self.bytes.len() {
            self.bytes.drain(..self.sent);
            self.sent = 0;
            self.bytes.shrink_to(self.bytes.len() * 2);
        }
        let fell = self.high && self.len() <= limits.low_watermark;
        let room = self.awaited && self.len() * 2 <= limits.connection_bytes_max;
        self.high &= !fell;
        self.awaited &= !room;
        match (fell, room) {
            (true, _) => Level::Drained,
            (false, true) => Level::Room,
            (false, false) => Level::Same,
        }
    }
}

/// Written bytes are cut off in steps of this size, so that a slow reader's queue shrinks as it is read.
const COMPACT_BYTES: usize = 64 * 1024;
/// Larger buffers go back to the allocator after a burst.
pub const SPARE_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: OutboxLimits =
        OutboxLimits { connection_bytes_max: 100, high_watermark: 80, low_watermark: 10 };

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let mut outbox = Outbox::default();
        outbox.append(b"hello ", &LIMITS);
        outbox.append(b"world", &LIMITS);
        outbox.advance(3, &LIMITS);
        assert_eq!(outbox.pending(), b"lo world");
        outbox.append(b"!", &LIMITS);
        outbox.advance(9, &LIMITS);
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_queue_admits_up_to_its_limit_and_not_one_byte_more() {
        let mut outbox = Outbox::default();
        outbox.append(&[0; 60], &LIMITS);
        assert!(outbox.admits(40, &LIMITS));
        assert!(!outbox.admits(41, &LIMITS));
    }

    #[test]
    fn an_empty_queue_admits_one_message_of_any_size() {
        assert!(Outbox::default().admits(usize::MAX, &LIMITS));
    }

    #[test]
    fn watermarks_are_told_once_each_way() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.append(&[0; 79], &LIMITS), Level::Same);
        assert_eq!(outbox.append(&[0; 1], &LIMITS), Level::Full);
        assert_eq!(outbox.append(&[0; 1], &LIMITS), Level::Same);
        assert_eq!(outbox.advance(70, &LIMITS), Level::Same);
        assert_eq!(outbox.advance(1, &LIMITS), Level::Drained);
        assert_eq!(outbox.advance(10, &LIMITS), Level::Same);
    }

    #[test]
    fn a_waiter_hears_when_half_of_the_queue_is_free() {
        let mut outbox = Outbox::default();
        outbox.append(&[0; 70], &LIMITS);
        outbox.await_room();
        assert_eq!(outbox.advance(19, &LIMITS), Level::Same);
        assert_eq!(outbox.advance(1, &LIMITS), Level::Room);
        assert_eq!(outbox.advance(1, &LIMITS), Level::Same);
    }

    #[test]
    fn a_large_queue_shrinks_while_it_is_read() {
        let limits = OutboxLimits { connection_bytes_max: 1 << 20, ..LIMITS };
        let mut outbox = Outbox::default();
        outbox.append(&vec![7; 1 << 20], &limits);
        for _ in 0..15 {
            outbox.advance(64 * 1024, &limits);
        }
        assert_eq!(outbox.len(), 64 * 1024);
        let capacity = outbox.0.unwrap().bytes.capacity();
        assert!(capacity <= 256 * 1024, "{capacity}");
    }

    #[test]
    fn an_empty_outbox_gives_its_buffer_away_unless_it_is_large() {
        let mut outbox = Outbox::default();
        outbox.append(&[0; 100], &LIMITS);
        assert!(outbox.release().is_none());
        outbox.advance(100, &LIMITS);
        assert_eq!(outbox.release().unwrap().len(), 0);
        outbox.append(&vec![0; SPARE_BYTES_MAX + 1], &LIMITS);
        outbox.advance(SPARE_BYTES_MAX + 1, &LIMITS);
        assert!(outbox.release().is_none());
        assert!(outbox.0.is_none());
    }
}
