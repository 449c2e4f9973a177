//! L0: WebSocket (RFC 6455, RFC 7692) and HTTP/1.1 without a socket.
//!
//! Everything here is a pure function of bytes: no I/O, no clock, no unsafe, no panic on any input.
#![forbid(unsafe_code)]

pub mod block;
pub mod close;
pub mod connection;
pub mod deflate;
pub mod error;
pub mod extension;
pub mod frame;
pub mod framing;
pub mod handshake;
pub mod http;
pub mod mask;
mod message;
pub mod opcode;
pub mod role;
pub mod utf8;

#[cfg(test)]
mod tests;
