//! `Swoole\Http`.

mod cookie;
mod reply;
pub mod request;
pub mod response;
mod response_fields;
mod sendfile;
pub mod server;
mod upload;
