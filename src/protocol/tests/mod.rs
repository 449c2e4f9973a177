//! Unit tests of L0, one file per module, ordered by section of the RFCs.

mod close;
mod connection;
mod frame;
mod mask;
mod utf8;
