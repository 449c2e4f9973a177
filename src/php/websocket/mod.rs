//! `Swoole\WebSocket`.

pub mod server;
