//! Tests of the opening handshake by RFC section.

mod client;
mod server;
