//! How many bytes wait for each connection, where the sender is in another process than the socket: on the way to the
//! reactor, and in its outbox. In shared memory, so that a sender can hold to the limits of an outbox that it cannot
//! see.

use std::sync::atomic::{AtomicU64, Ordering};

use super::session::SessionId;

/// A view of the numbers; cheap to copy. Sessions find theirs as they find their slots in the table.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    words: &'static [AtomicU64],
}

impl Flow {
    /// How many words of zeroed memory so many slots need.
    pub const fn words(slots: usize) -> usize {
        slots * PAIR
    }

    /// The numbers in `memory`, which is zeroed; its length is a power of two.
    pub const fn new(memory: &'static [AtomicU64]) -> Self {
        Self { words: memory }
    }

    /// A fresh connection owes nothing.
    pub fn open(&self, session: SessionId) {
        self.pair(session).iter().for_each(|word| word.store(0, Ordering::Relaxed));
    }

    /// The sender has sent a message of so many bytes on its way.
    pub fn sent(&self, session: SessionId, bytes: usize) {
        self.pair(session)[ON_THE_WAY].fetch_add((bytes + OVERHEAD) as u64, Ordering::Relaxed);
    }

    /// The reactor has got it.
    pub fn arrived(&self, session: SessionId, bytes: usize) {
        self.pair(session)[ON_THE_WAY].fetch_sub((bytes + OVERHEAD) as u64, Ordering::Relaxed);
    }

    /// The reactor's outbox holds so many bytes now.
    #[inline]
    pub fn set_queued(&self, session: SessionId, bytes: usize) {
        self.pair(session)[QUEUED].store(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes that wait for the peer, wherever they are.
    pub fn waiting(&self, session: SessionId) -> usize {
        let [on_the_way, queued] = self.pair(session) else { return 0 };
        // A sender that is late with a session that has ended can leave less than nothing behind.
        let on_the_way = on_the_way.load(Ordering::Relaxed).cast_signed().max(0);
        on_the_way as usize + queued.load(Ordering::Relaxed) as usize
    }

    #[inline]
    fn pair(&self, session: SessionId) -> &[AtomicU64] {
        let first = (session.as_u64() as usize * PAIR) & (self.words.len() - 1);
        &self.words[first..first + PAIR]
    }
}

const PAIR: usize = 2;
const ON_THE_WAY: usize = 0;
const QUEUED: usize = 1;
/// What framing adds at most, so that the outbox never holds more than was counted.
const OVERHEAD: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(slots: usize) -> Flow {
        let memory: Vec<AtomicU64> = (0..Flow::words(slots)).map(|_| AtomicU64::new(0)).collect();
        Flow::new(Vec::leak(memory))
    }

    #[test]
    fn bytes_are_counted_on_the_way_and_in_the_outbox() {
        let flow = flow(4);
        let session = SessionId::new(7);
        flow.sent(session, 100);
        assert_eq!(flow.waiting(session), 100 + OVERHEAD);
        flow.set_queued(session, 104);
        flow.arrived(session, 100);
        assert_eq!(flow.waiting(session), 104);
        assert_eq!(flow.waiting(SessionId::new(6)), 0);
        flow.open(SessionId::new(11));
        assert_eq!(flow.waiting(session), 0);
    }

    #[test]
    fn what_comes_too_late_does_not_turn_into_a_huge_number() {
        let flow = flow(4);
        flow.arrived(SessionId::new(1), 10);
        assert_eq!(flow.waiting(SessionId::new(1)), 0);
    }
}
