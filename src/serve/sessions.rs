//! What a worker knows of sessions, wherever they live: all of it is read from the table that the processes share.

use std::net::IpAddr;

use super::worker::Worker;
use crate::server::session::{ClientInfo, SessionId};
use crate::server::sessions::SessionTable;

impl Worker {
    /// Whether the session is there, on any worker.
    pub fn exists(&self, session: SessionId) -> bool {
        self.0.shared.sessions.exists(session)
    }

    /// Whether frames may be pushed to the session, on any worker.
    #[inline]
    pub fn is_established(&self, session: SessionId) -> bool {
        self.0.shared.sessions.is_established(session)
    }

    pub fn client_info(&self, session: SessionId) -> Option<ClientInfo> {
        self.0.shared.sessions.info(session).or_else(|| {
            let row = self.0.departed.get()?;
            Some(SessionTable::info_in(&row)).filter(|info| info.session == session)
        })
    }

    /// Binds a user's number, not 0, to a session; false when there is one already, or no session.
    pub fn bind(&self, session: SessionId, uid: u32) -> bool {
        self.exists(session) && self.0.shared.sessions.bind(session, uid)
    }

    /// Bytes that wait for the session's peer; 0 when it lives elsewhere.
    pub fn queued_bytes(&self, session: SessionId) -> usize {
        match (self.0.shared.flow, self.0.reactor.link(session)) {
            (_, Some(link)) => link.queued_bytes(),
            (Some(flow), None) => flow.waiting(session),
            (None, None) => 0,
        }
    }

    /// Bytes of the session that wait for its worker; counted with `max_queued_bytes` only.
    pub fn unread_bytes(&self, session: SessionId) -> usize {
        self.0.shared.flow.map_or(0, |flow| flow.unread(session))
    }

    /// Sessions of all workers.
    pub fn session_count(&self) -> u64 {
        self.0.shared.sessions.count()
    }

    /// The first session at or after a position, and the next position; begin with 0. See
    /// [`SessionTable::next`].
    #[inline]
    pub fn next_session(&self, position: usize) -> Option<(usize, SessionId)> {
        self.0.shared.sessions.next(position)
    }

    /// The position behind a session.
    pub fn position_after(&self, session: SessionId) -> Option<usize> {
        self.0.shared.sessions.position_after(session)
    }

    /// The address that the session's peer connected to.
    pub fn local_ip(&self, session: SessionId) -> Option<IpAddr> {
        match (self.0.reactor.link(session), self.0.local_ip.get()) {
            (Some(link), _) => link.local_ip(),
            (None, Some((told, ip))) if told == session => Some(ip),
            (None, _) => None,
        }
    }

    /// For how many microseconds nothing has come from a session.
    pub fn silence_us(&self, info: &ClientInfo) -> u64 {
        self.0.reactor.steady_us().saturating_sub(info.heard_us)
    }

    /// When something came last from a session, in microseconds since 1970 by the clock of today.
    pub fn heard_at_us(&self, info: &ClientInfo) -> u64 {
        self.now_us().saturating_sub(self.silence_us(info))
    }

    /// The last session id handed out.
    pub fn last_session(&self) -> u64 {
        self.0.shared.sessions.last_id()
    }
}
