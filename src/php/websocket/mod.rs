//! `Swoole\WebSocket`.

pub mod close_frame;
pub mod frame;
pub mod pack;
pub mod server;
