//! Unit tests of L0, one file per module, ordered by section of the RFCs.

mod close;
mod connection;
mod deflate;
mod extension;
mod frame;
mod framing;
mod mask;
mod utf8;
