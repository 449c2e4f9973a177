//! L3: what a client does over one connection, without PHP: HTTP exchanges, a WebSocket conversation.
//!
//! | file | what |
//! |---|---|
//! | `link` | the connection: what was read and is not yet used, what is to be written |
//! | `wire` | its bytes, bare or through TLS |
//! | `request` | a request, ready to be written: its head and the pieces of its body |
//! | `exchange` | one response, from its head to the end of its body |
//! | `conversation` | WebSocket after its handshake |
//! | `failure` | everything that can go wrong |
//!
//! Deadlines are the caller's: it drops the future, and what had come by then is still in the link.
#![forbid(unsafe_code)]

pub mod conversation;
pub mod exchange;
pub mod failure;
pub mod link;
pub mod request;
pub mod wire;

pub use conversation::{Conversation, Incoming};
pub use exchange::Exchange;
pub use failure::Failure;
pub use link::Link;
pub use request::{Piece, Request};
pub use wire::Wire;
