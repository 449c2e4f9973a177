//! How many bytes wait for each connection, where sockets and the application are in different processes: on the way to
//! the reactor, in its outbox, and on the way to the worker. In shared memory, so that a sender can hold to the limits of
//! an outbox that it cannot see, and a reactor to those of a worker.

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
        slots * ENTRY
    }

    /// The numbers in `memory`, which is zeroed; its length is a power of two.
    pub const fn new(memory: &'static [AtomicU64]) -> Self {
        Self { words: memory }
    }

    /// A fresh connection owes nothing.
    pub fn open(&self, session: SessionId) {
        self.entry(session).iter().for_each(|word| word.store(0, Ordering::Relaxed));
    }

    /// The sender has sent a message of so many bytes on its way.
    pub fn sent(&self, session: SessionId, bytes: usize) {
        self.entry(session)[ON_THE_WAY].fetch_add((bytes + OVERHEAD) as u64, Ordering::Relaxed);
    }

    /// The reactor has got it.
    pub fn arrived(&self, session: SessionId, bytes: usize) {
        self.entry(session)[ON_THE_WAY].fetch_sub((bytes + OVERHEAD) as u64, Ordering::Relaxed);
    }

    /// The reactor's outbox holds so many bytes now.
    #[inline]
    pub fn set_queued(&self, session: SessionId, bytes: usize) {
        self.entry(session)[QUEUED].store(bytes as u64, Ordering::Relaxed);
    }

    /// Bytes that wait for the peer, wherever they are.
    pub fn waiting(&self, session: SessionId) -> usize {
        let entry = self.entry(session);
        count(entry[ON_THE_WAY].load(Ordering::Relaxed)) + entry[QUEUED].load(Ordering::Relaxed) as usize
    }

    /// The reactor sends so many of the connection's bytes to a worker. So many are on their way then.
    pub fn told(&self, session: SessionId, bytes: usize) -> usize {
        count(self.entry(session)[UNREAD].fetch_add(bytes as u64, Ordering::Relaxed)) + bytes
    }

    /// The worker has taken them. Whether no more than `limit` are left now, and more were before.
    pub fn took(&self, session: SessionId, bytes: usize, limit: usize) -> bool {
        let before = count(self.entry(session)[UNREAD].fetch_sub(bytes as u64, Ordering::Relaxed));
        before > limit && before.saturating_sub(bytes) <= limit
    }

    /// Bytes on their way to a worker.
    pub fn unread(&self, session: SessionId) -> usize {
        count(self.entry(session)[UNREAD].load(Ordering::Relaxed))
    }

    #[inline]
    fn entry(&self, session: SessionId) -> &[AtomicU64] {
        let first = (session.as_u64() as usize * ENTRY) & (self.words.len() - 1);
        &self.words[first..first + ENTRY]
    }
}

/// Who is late with a session that has ended can leave less than nothing behind.
fn count(word: u64) -> usize {
    word.cast_signed().max(0) as usize
}

/// Words of a connection; a power of two.
const ENTRY: usize = 4;
const ON_THE_WAY: usize = 0;
const QUEUED: usize = 1;
const UNREAD: usize = 2;
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
    fn a_worker_says_once_that_it_has_caught_up() {
        let (flow, session) = (flow(4), SessionId::new(7));
        assert_eq!((flow.told(session, 80), flow.told(session, 80)), (80, 160));
        assert!(flow.took(session, 80, 100));
        assert!(!flow.took(session, 80, 100));
        assert_eq!((flow.unread(session), flow.waiting(session)), (0, 0));
    }

    #[test]
    fn what_comes_too_late_does_not_turn_into_a_huge_number() {
        let flow = flow(4);
        flow.arrived(SessionId::new(1), 10);
        assert_eq!(flow.waiting(SessionId::new(1)), 0);
    }
}
