//! What the sockets of one worker report to its loop: ids, ranges and numbers, never a borrow or a callback.
//!
//! Tasks push these inside a poll; the loop takes the whole batch and calls the application outside of any poll.

use super::session::SessionId;

/// One thing that happened on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A connection was accepted. Always the first event of its session.
    Accepted(SessionId),
    /// Bytes arrived: `start..end` of the batch's arena.
    Received { session: SessionId, start: u32, end: u32 },
    /// Bytes of a large payload were read to their place in the message.
    Placed { session: SessionId, count: u32 },
    /// The peer will send no more.
    Ended(SessionId),
    /// The socket failed with this OS error.
    Broken { session: SessionId, errno: i32 },
    /// The outbox rose to the high watermark.
    Filled(SessionId),
    /// The outbox fell to the low watermark.
    Drained(SessionId),
    /// A sender that waited may try again: there is room, here or on the way to the session's worker.
    Room(SessionId),
    /// A deadline of the session may have passed; its owner looks which.
    Due(SessionId),
}

impl Event {
    pub const fn session(self) -> SessionId {
        match self {
            Self::Accepted(session)
            | Self::Received { session, .. }
            | Self::Placed { session, .. }
            | Self::Ended(session)
            | Self::Broken { session, .. }
            | Self::Filled(session)
            | Self::Drained(session)
            | Self::Room(session)
            | Self::Due(session) => session,
        }
    }
}
