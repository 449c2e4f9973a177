//! swoole-rs: a drop-in for Swoole's WebSocket server.
//!
//! # Layout
//!
//! | layer | module | what |
//! |---|---|---|
//! | L0 | [`protocol`] | WebSocket and HTTP/1.1 without a socket |
//! | L1 | [`server`] | settings, sessions, events, commands: plain data and decisions |
//! | L2 | `net`, `process`, `coroutine` | tokio sockets; fork and signals; the scheduler |
//! | L3 | `serve`, `client` | composition of the above |
//! | L4 | `zend` | the only folder with Zend `unsafe` |
//! | L5 | `php` | one PHP class, one file |
//!
//! A folder imports only lower layers; siblings never import each other. `ARCHITECTURE.md` has the invariants.

#[cfg(feature = "net")]
pub mod client;
#[cfg(feature = "net")]
pub mod coroutine;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "net")]
pub mod process;
pub mod protocol;
#[cfg(feature = "net")]
pub mod serve;
pub mod server;

#[cfg(feature = "php")]
pub mod php;
#[cfg(feature = "php")]
pub mod zend;

#[cfg(feature = "php")]
zend::module::export!(php::MODULE);
