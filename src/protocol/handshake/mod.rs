//! The opening handshake of RFC 6455, section 4, on parsed heads: the server's check and the client's request.

pub mod client;
pub mod key;
pub mod server;

pub use client::{Agreed, ClientError, ClientHandshake, ClientOptions};
pub use key::accept_key;
pub use server::{Accepted, Extras, HandshakeOptions, Refusal, check, is_upgrade};

#[cfg(test)]
mod tests;
