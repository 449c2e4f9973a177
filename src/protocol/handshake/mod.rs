//! The opening handshake of RFC 6455, section 4, on parsed heads: the server's check and the client's request.

pub mod key;
pub mod server;

pub use server::{Accepted, HandshakeOptions, Refusal, check, is_upgrade};

#[cfg(test)]
mod tests;
