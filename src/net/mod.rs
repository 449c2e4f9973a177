//! L2: tokio sockets of one worker: listeners, connections, outboxes, deadlines. No protocol decisions, no PHP.
//!
//! | file | what |
//! |---|---|
//! | `bind` | addresses become listening sockets, before any fork |
//! | `accept` | listening sockets become links |
//! | `datagram` | packets without connections |
//! | `dial` | names become addresses, one of them a connected stream |
//! | `stream` | TCP and unix streams as one |
//! | `link` | one connection: its task reads into the arena and writes what `send` left over |
//! | `outbox` | bytes that wait for a slow reader, and their limits |
//! | `intake` | the arena and the queue that tasks fill and the loop empties |
//! | `deadlines` | one timer for all connections |
//! | `download` | bytes for a peer that come from a file, piece by piece |
//! | `form` | forms whose files go to the disk as they arrive |
//! | `talk` | the protocol state that a link carries |
//! | `tls` | the client's end of TLS |
//! | `turns` | how tasks take turns |
//! | `reactor` | what the tasks of one worker share |
//! | `shortage` | the kernel has no memory for a socket |
//! | `offload` | blocking work on a short-lived thread |
//! | `socket` | a socket of a script |
//! | `watch` | waiting for any descriptor |
#![forbid(unsafe_code)]

pub mod accept;
pub mod bind;
pub mod datagram;
pub mod deadlines;
pub mod dial;
pub mod download;
pub mod form;
pub mod intake;
pub mod link;
mod links;
pub mod offload;
pub mod outbox;
pub mod parcel;
pub mod reactor;
pub mod shortage;
pub mod socket;
pub mod stream;
pub mod talk;
pub mod tls;
pub mod turns;
pub mod watch;
