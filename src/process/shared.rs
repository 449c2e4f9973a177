//! What all processes of a server share: the session table and the counters, in one mapping made before the fork.

use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use super::sys;
use crate::server::sessions::SessionTable;
use crate::server::stats::Stats;

/// Views of the shared memory; cheap to copy, the same in every process.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    pub sessions: SessionTable,
    pub stats: Stats,
}

impl Shared {
    /// Maps the memory. Call before the first fork; it lives as long as the process.
    pub fn map(workers: u16, connections_max: usize, start_session_id: u64) -> io::Result<Self> {
        let sessions = SessionTable::words(connections_max);
        let stats = Stats::words(usize::from(workers));
        let memory = sys::shared_words(sessions + stats)?;
        let (for_sessions, for_stats) = memory.split_at(sessions);
        let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        Ok(Self {
            sessions: SessionTable::new(for_sessions, connections_max, start_session_id),
            stats: Stats::new(for_stats, started, std::process::id()),
        })
    }
}
