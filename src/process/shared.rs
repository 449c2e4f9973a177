//! What all processes of a server share: the session table and the counters, in one mapping made before the fork.

use std::io;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::sys;
use crate::server::flow::Flow;
use crate::server::sessions::SessionTable;
use crate::server::stats::Stats;

/// Views of the shared memory; cheap to copy, the same in every process.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    pub sessions: SessionTable,
    pub stats: Stats,
    /// What waits for each connection, where threads own the sockets.
    pub flow: Option<Flow>,
    /// Where the steady clock of all processes begins.
    pub began: Instant,
}

impl Shared {
    /// Maps the memory for workers and for threads that own sockets. Call before the first fork; it lives as long as the
    /// process.
    pub fn map(
        workers: u16,
        threads: u16,
        connections_max: usize,
        start_session_id: u64,
    ) -> io::Result<Self> {
        let sessions = SessionTable::words(connections_max);
        let stats = Stats::words(usize::from(workers) + usize::from(threads));
        let flow = if threads == 0 { 0 } else { Flow::words(SessionTable::slots(connections_max)) };
        let memory = sys::shared_words(sessions + stats + flow)?;
        let (for_sessions, rest) = memory.split_at(sessions);
        let (for_stats, for_flow) = rest.split_at(stats);
        let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        Ok(Self {
            began: Instant::now(),
            flow: (threads > 0).then(|| Flow::new(for_flow)),
            sessions: SessionTable::new(for_sessions, connections_max, start_session_id),
            stats: Stats::new(for_stats, workers, started, std::process::id()),
        })
    }
}
