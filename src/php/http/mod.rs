//! `Swoole\Http`.

pub(in crate::php) mod cookie;
pub mod cookie_class;
mod reply;
pub mod request;
pub mod response;
mod response_elsewhere;
mod response_fields;
pub mod sendfile;
pub mod server;
pub mod status;
mod upload;
