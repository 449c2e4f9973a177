//! When to look at a connection again: one timer for a whole worker instead of one per connection.
//!
//! An entry is a hint, not a verdict: whoever owns the connection computes its real deadline when the hint comes due
//! and enters a new one. Activity therefore costs nothing here; it only moves a number in the link. The hints of
//! connections that have gone are swept out when they may be the half of all.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::server::session::SessionId;

/// Hints in the order in which they come due. Times are milliseconds of the worker's clock.
#[derive(Debug)]
pub struct Deadlines {
    heap: BinaryHeap<Reverse<(u32, u64)>>,
    /// With so many entries it is time to sweep.
    sweep_at: usize,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), sweep_at: KEPT_ENTRIES }
    }
}

impl Deadlines {
    /// Looks at `session` at or a little after `at_ms`. `is_alive` knows which sessions still want their hints.
    pub fn enter(&mut self, session: SessionId, at_ms: u64, is_alive: impl Fn(SessionId) -> bool) {
        if self.heap.len() >= self.sweep_at {
            self.heap.retain(|Reverse((_, session))| is_alive(SessionId::new(*session)));
            self.sweep_at = (self.heap.len() * 2).max(KEPT_ENTRIES);
            self.heap.shrink_to(self.sweep_at);
        }
        self.heap.push(Reverse((tick(at_ms), session.as_u64())));
    }

    /// When the next hint comes due.
    pub fn next_ms(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse((tick, _))| u64::from(*tick) * TICK_MS)
    }

    /// The next session whose hint is due.
    pub fn pop(&mut self, now_ms: u64) -> Option<SessionId> {
        if self.next_ms()? > now_ms {
            return None;
        }
        let Reverse((_, session)) = self.heap.pop()?;
        // A burst of connections must not leave its heap behind.
        if self.heap.capacity() > KEPT_ENTRIES && self.heap.len() * 4 < self.heap.capacity() {
            self.heap.shrink_to(self.heap.len() * 2);
        }
        Some(SessionId::new(session))
    }
}

/// Rounded up, so that a hint never comes early.
fn tick(at_ms: u64) -> u32 {
    u32::try_from(at_ms.div_ceil(TICK_MS)).unwrap_or(u32::MAX)
}

/// Deadlines within one tick share one wake-up. Far below what a heartbeat or a handshake limit can notice.
const TICK_MS: u64 = 50;
const KEPT_ENTRIES: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_come_due_in_order_and_never_early() {
        let mut deadlines = Deadlines::default();
        deadlines.enter(SessionId::new(1), 301, |_| true);
        deadlines.enter(SessionId::new(2), 100, |_| true);
        assert_eq!(deadlines.next_ms(), Some(100));
        assert_eq!(deadlines.pop(99), None);
        assert_eq!(deadlines.pop(100), Some(SessionId::new(2)));
        assert_eq!(deadlines.pop(349), None);
        assert_eq!(deadlines.pop(350), Some(SessionId::new(1)));
        assert_eq!(deadlines.next_ms(), None);
    }

    #[test]
    fn a_burst_leaves_no_memory_behind() {
        let mut deadlines = Deadlines::default();
        for id in 0..100_000 {
            deadlines.enter(SessionId::new(id), 0, |_| true);
        }
        while deadlines.pop(u64::MAX).is_some() {}
        assert!(deadlines.heap.capacity() <= KEPT_ENTRIES);
    }

    #[test]
    fn connections_that_came_and_went_leave_no_hints() {
        let mut deadlines = Deadlines::default();
        for id in 0..100_000 {
            // The last ten are alive.
            deadlines.enter(SessionId::new(id), 60_000, |session| session.as_u64() + 10 > id);
            assert!(deadlines.heap.capacity() <= 2 * KEPT_ENTRIES);
        }
        let left: Vec<_> = std::iter::from_fn(|| deadlines.pop(u64::MAX)).collect();
        assert!(left.ends_with(&(99_990..100_000).map(SessionId::new).collect::<Vec<_>>()));
    }
}
