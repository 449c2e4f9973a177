//! Bytes that a connection still owes its peer, and how many of them we are willing to hold.
//!
//! Plain data: the socket is the link's business. Empty outboxes own no memory.

use std::fmt;

use super::parcel::{Kept, Parcel};

/// What waits to be written on one connection. One word while nothing does.
#[derive(Debug, Default)]
pub struct Outbox(Option<Box<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    bytes: Vec<u8>,
    sent: usize,
    /// Comes behind `bytes`: what was queued last, where its owner keeps it.
    tail: Option<Tail>,
    /// Set between the high and the low watermark.
    high: bool,
    /// Somebody waits until there is room again.
    awaited: bool,
}

/// What is left to write of bytes that somebody keeps.
struct Tail {
    kept: Kept,
    sent: usize,
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

    /// Queues `head` and `payload`; the caller asked [`Outbox::admits`] first.
    pub fn append(&mut self, head: &[u8], payload: Parcel<'_>, limits: &OutboxLimits) -> Level {
        let queue = self.0.get_or_insert_default();
        queue.copy_tail();
        queue.bytes.extend_from_slice(head);
        match payload.keep() {
            Some(kept) => {
                let sent = (*kept).as_ref().len() - payload.len();
                queue.tail = Some(Tail { kept, sent });
            }
            None => queue.bytes.extend_from_slice(&payload),
        }
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

    /// What to write next; not always all that waits.
    pub fn pending(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |queue| queue.pending())
    }

    /// All that waits.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.as_ref().map_or_else(Vec::new, |queue| [&queue.bytes[queue.sent..], queue.tail()].concat())
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
        self.bytes.len() - self.sent + self.tail().len()
    }

    fn tail(&self) -> &[u8] {
        self.tail.as_ref().map_or(&[], Tail::left)
    }

    fn pending(&self) -> &[u8] {
        match &self.bytes[self.sent..] {
            [] => self.tail(),
            bytes => bytes,
        }
    }

    /// Something is to follow, so the tail is the end no longer.
    fn copy_tail(&mut self) {
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            self.sent = 0;
        }
        if let Some(tail) = self.tail.take() {
            self.bytes.extend_from_slice(tail.left());
        }
    }

    fn advance(&mut self, count: usize, limits: &OutboxLimits) -> Level {
        let of_bytes = count.min(self.bytes.len() - self.sent);
        self.sent += of_bytes;
        if let Some(tail) = &mut self.tail {
            tail.sent += count - of_bytes;
            self.tail.take_if(|tail| tail.left().is_empty());
        }
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

impl Tail {
    fn left(&self) -> &[u8] {
        (*self.kept).as_ref().get(self.sent..).unwrap_or_default()
    }
}

impl fmt::Debug for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.left().len())
    }
}

/// Written bytes are cut off in steps of this size, so that a slow reader's queue shrinks as it is read.
const COMPACT_BYTES: usize = 64 * 1024;
/// Larger buffers go back to the allocator after a burst.
pub const SPARE_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::parcel::{KEPT_BYTES_MIN, Owner};

    const LIMITS: OutboxLimits =
        OutboxLimits { connection_bytes_max: 100, high_watermark: 80, low_watermark: 10 };

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let mut outbox = Outbox::default();
        outbox.append(b"hello ", Parcel::EMPTY, &LIMITS);
        outbox.append(b"world", Parcel::EMPTY, &LIMITS);
        outbox.advance(3, &LIMITS);
        assert_eq!(outbox.pending(), b"lo world");
        outbox.append(b"!", Parcel::EMPTY, &LIMITS);
        outbox.advance(9, &LIMITS);
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_queue_admits_up_to_its_limit_and_not_one_byte_more() {
        let mut outbox = Outbox::default();
        outbox.append(&[0; 60], Parcel::EMPTY, &LIMITS);
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
        assert_eq!(outbox.append(&[0; 79], Parcel::EMPTY, &LIMITS), Level::Same);
        assert_eq!(outbox.append(&[0; 1], Parcel::EMPTY, &LIMITS), Level::Full);
        assert_eq!(outbox.append(&[0; 1], Parcel::EMPTY, &LIMITS), Level::Same);
        assert_eq!(outbox.advance(70, &LIMITS), Level::Same);
        assert_eq!(outbox.advance(1, &LIMITS), Level::Drained);
        assert_eq!(outbox.advance(10, &LIMITS), Level::Same);
    }

    #[test]
    fn a_waiter_hears_when_half_of_the_queue_is_free() {
        let mut outbox = Outbox::default();
        outbox.append(&[0; 70], Parcel::EMPTY, &LIMITS);
        outbox.await_room();
        assert_eq!(outbox.advance(19, &LIMITS), Level::Same);
        assert_eq!(outbox.advance(1, &LIMITS), Level::Room);
        assert_eq!(outbox.advance(1, &LIMITS), Level::Same);
    }

    #[test]
    fn a_large_queue_shrinks_while_it_is_read() {
        let limits = OutboxLimits { connection_bytes_max: 1 << 20, ..LIMITS };
        let mut outbox = Outbox::default();
        outbox.append(&vec![7; 1 << 20], Parcel::EMPTY, &limits);
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
        outbox.append(&[0; 100], Parcel::EMPTY, &LIMITS);
        assert!(outbox.release().is_none());
        outbox.advance(100, &LIMITS);
        assert_eq!(outbox.release().unwrap().len(), 0);
        outbox.append(&vec![0; SPARE_BYTES_MAX + 1], Parcel::EMPTY, &LIMITS);
        outbox.advance(SPARE_BYTES_MAX + 1, &LIMITS);
        assert!(outbox.release().is_none());
        assert!(outbox.0.is_none());
    }

    /// Bytes that know whether somebody keeps them.
    #[derive(Clone)]
    struct Book(std::rc::Rc<[u8]>);

    impl Book {
        fn of(len: usize) -> Self {
            Self((0..len).map(|at| at as u8).collect())
        }

        fn is_kept(&self) -> bool {
            std::rc::Rc::strong_count(&self.0) > 1
        }
    }

    impl AsRef<[u8]> for Book {
        fn as_ref(&self) -> &[u8] {
            &self.0
        }
    }

    impl Owner for Book {
        fn keep(&self) -> Option<Kept> {
            Some(Box::new(self.clone()))
        }
    }

    /// Writes all of it in steps of `size` bytes.
    fn write_all(outbox: &mut Outbox, size: usize) -> Vec<u8> {
        let mut written = Vec::new();
        while !outbox.is_empty() {
            let step = outbox.pending().len().min(size);
            written.extend_from_slice(&outbox.pending()[..step]);
            outbox.advance(step, &LIMITS);
        }
        written
    }

    #[test]
    fn a_large_payload_is_kept_until_it_is_written_and_no_longer() {
        let book = Book::of(KEPT_BYTES_MIN + 100);
        let mut outbox = Outbox::default();
        outbox.append(b"head", Parcel::of(&book).behind(50), &LIMITS);
        assert!(book.is_kept());
        assert_eq!(outbox.len(), 4 + book.0.len() - 50);
        assert_eq!(outbox.to_vec(), [b"head", &book.0[50..]].concat());
        assert_eq!(write_all(&mut outbox, 1000), [b"head", &book.0[50..]].concat());
        assert!(!book.is_kept());
        outbox.append(b"", Parcel::of(&book).behind(200), &LIMITS);
        assert!(!book.is_kept(), "little is copied");
        assert_eq!(outbox.discard(), KEPT_BYTES_MIN - 100);
    }

    #[test]
    fn what_follows_a_kept_payload_comes_behind_it() {
        for step in [1 << 30, 40_000, 77] {
            let (first, second) = (Book::of(2 * KEPT_BYTES_MIN), Book::of(3 * KEPT_BYTES_MIN));
            let mut outbox = Outbox::default();
            outbox.append(b"1", Parcel::of(&first), &LIMITS);
            outbox.advance(1001, &LIMITS);
            outbox.append(b"2", Parcel::of(&second), &LIMITS);
            assert!(!first.is_kept() && second.is_kept());
            outbox.append(b"3", Parcel::EMPTY, &LIMITS);
            let expected = [&first.0[1000..], b"2", &second.0, b"3"].concat();
            assert_eq!(outbox.to_vec(), expected);
            assert!(write_all(&mut outbox, step) == expected, "by {step}");
        }
    }

    #[test]
    fn what_is_discarded_is_kept_no_longer() {
        let book = Book::of(KEPT_BYTES_MIN);
        let mut outbox = Outbox::default();
        outbox.append(b"", Parcel::of(&book), &LIMITS);
        assert_eq!((book.is_kept(), outbox.discard(), book.is_kept()), (true, KEPT_BYTES_MIN, false));
    }
}
