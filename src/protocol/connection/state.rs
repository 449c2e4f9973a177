//! The states of a connection, and how it ended.

use crate::protocol::close::{ABNORMAL, NO_STATUS};
use crate::protocol::error::ProtocolError;

/// Where a connection is in its life, from the opening handshake on.
///
/// ```text
///                                 ┌──────┐
///        ┌────────── close() ─────┤ Open ├───── Close arrives ────┐
///        │                        └┬────┬┘   (its echo is sent)   │
///        │              nonsense   │    │ eof                     │
///        │        (Close is sent)  │    │                         │
///        ▼                         ▼    │                         ▼
///  ┌───────────┐   nonsense   ┌────────┐│                ┌─────────────────┐
///  │  Closing  ├─────────────▶│ Failed ││                │ Closed by: Peer │
///  └┬─────────┬┘              └────────┘│                └─────────────────┘
///   │ Close   │ eof                     │
///   │ arrives │                         │
///   ▼         └───────────────┐         │
///  ┌─────────────────┐        ▼         ▼
///  │ Closed by: Us   │      ┌─────────────┐
///  └─────────────────┘      │    Lost     │
///                           └─────────────┘
/// ```
///
/// `Open` delivers messages. `Closing` reads, but drops data until the peer's Close. The others are final: what still
/// arrives is discarded, nothing more is sent, and the caller ends the TCP connection once its output is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Messages flow in both directions.
    Open,
    /// We have sent a Close with this code (1005 for none) and wait for the peer's.
    Closing { code: u16 },
    /// A Close has passed in both directions. The code is the one of whoever was first.
    Closed { by: Initiator, code: u16 },
    /// The peer broke the protocol; it was told why in a Close, unless we had sent one before.
    Failed(ProtocolError),
    /// The peer's bytes ended without a Close.
    Lost(Cut),
}

impl State {
    /// Whether anything may still be sent and received.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Closed { .. } | Self::Failed(_) | Self::Lost(_))
    }

    /// The arrows of the picture.
    pub(super) const fn leads_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Open, Self::Closing { .. } | Self::Failed(_) | Self::Lost(_))
                | (Self::Open, Self::Closed { by: Initiator::Peer, .. })
                | (Self::Closing { .. }, Self::Closed { by: Initiator::Us, .. })
                | (Self::Closing { .. }, Self::Failed(_) | Self::Lost(_))
        )
    }
}

/// Who sent the first Close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiator {
    Us,
    Peer,
}

/// Where the peer's bytes ended although no Close had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// After a whole message, or before the first.
    BetweenMessages,
    /// After a whole fragment of an unfinished message.
    InsideMessage,
    /// Inside a header or a payload.
    InsideFrame,
    /// While we waited for the answer to our Close.
    AwaitingClose,
}

/// How a connection ended: the answer to [`Connection::eof`](super::Connection::eof).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// RFC 6455, 7.1.4: "closed cleanly", after Close frames in both directions.
    Clean { by: Initiator, code: u16 },
    /// We failed the connection (7.1.7) for what the peer had sent.
    Failed(ProtocolError),
    /// RFC 6455, 7.1.5: no Close came, which an application is told as 1006.
    Abnormal(Cut),
}

impl End {
    /// The code to tell an application: the one of the first Close, or 1005 or 1006, which are never on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::Clean { code, .. } => code,
            Self::Failed(error) => error.close_code(),
            Self::Abnormal(_) => ABNORMAL,
        }
    }

    /// Whether the peer sent a code, or we did.
    pub const fn has_code(self) -> bool {
        !matches!(self.code(), NO_STATUS | ABNORMAL)
    }
}
