//! TLS by rustls: the client's end. Streams are tokio-rustls's own.

pub mod client;
