//! The users' numbers that `bind()` has bound to sessions, in the memory of the session table.
//!
//! A word also says whose it is, so that nobody has to clear it for the next session of the slot.

use std::sync::atomic::{AtomicU64, Ordering};

use super::session::SessionId;

/// A view of the numbers, one word for each slot of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uids(pub &'static [AtomicU64]);

impl Uids {
    /// Binds a number, not 0, from any process; false when the session has one already.
    pub fn bind(self, slot: usize, session: SessionId, uid: u32) -> bool {
        let word = &self.0[slot];
        let before = word.load(Ordering::Relaxed);
        let bound = tag(session) | u64::from(uid);
        before & !UID_MASK != tag(session)
            && word.compare_exchange(before, bound, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// What is bound to the session; 0 is nothing.
    pub fn of(self, slot: usize, session: SessionId) -> u32 {
        let word = self.0[slot].load(Ordering::Relaxed);
        if word & !UID_MASK == tag(session) { word as u32 } else { 0 }
    }
}

/// The low half of a session's id.
const fn tag(session: SessionId) -> u64 {
    session.as_u64() << 32
}

const UID_MASK: u64 = 0xffff_ffff;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_bound_once_and_gone_with_its_session() {
        let uids = Uids(Vec::leak(vec![AtomicU64::new(0), AtomicU64::new(0)]));
        let (first, second) = (SessionId::new(1), SessionId::new(65));
        assert_eq!(uids.of(1, first), 0);
        assert!(uids.bind(1, first, u32::MAX));
        assert!(!uids.bind(1, first, 7));
        assert_eq!((uids.of(1, first), uids.of(1, second)), (u32::MAX, 0));
        assert!(uids.bind(1, second, 7));
        assert_eq!((uids.of(1, first), uids.of(1, second)), (0, 7));
    }
}
