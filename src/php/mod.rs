//! The PHP face: one class, one file. This file is the table of contents and says what the module does when.

#![forbid(unsafe_code)]

pub mod atomic;
pub mod client;
pub mod connection_iterator;
pub mod connection_pool;
pub mod constant;
pub mod constants;
pub mod coroutine;
pub mod descriptors;
pub mod errors;
pub mod event;
pub mod exceptions;
pub mod functions;
pub mod http;
pub mod ini;
pub mod library;
pub mod lock;
pub mod name_resolver;
pub mod process;
pub mod runtime;
pub mod server;
pub mod table;
pub mod timer;
pub mod websocket;

use crate::process::sys;
use crate::server::log::LOG;
use crate::zend::hook::Hooks;
use crate::zend::module::Module;
use crate::zend::{exit, world};

/// The version of the API this extension provides; composer's `ext-swoole` constraints look at it.
pub const API_VERSION: &str = "6.2.1";

/// The module PHP loads.
pub static MODULE: Module = Module {
    name: "swoole",
    version: API_VERSION,
    // They define constants that we define where PHP lacks them.
    after: &["json", "sockets", "pcntl"],
    startup,
    shutdown,
    request_startup,
    request_shutdown,
    info,
};

/// Parents before children.
fn startup() {
    LOG.zone(sys::utc_offset);
    ini::register();
    constants::register();
    functions::register();
    library::register();
    name_resolver::register();
    exceptions::register();
    runtime::register();
    atomic::register();
    lock::register();
    process::register();
    table::register();
    websocket::frame::register();
    websocket::close_frame::register();
    world::startup();
    coroutine::register();
    connection_pool::register();
    timer::register();
    client::register();
    event::register();
    connection_iterator::register();
    server::register();
    http::server::register();
    http::status::register();
    constant::register();
    http::request::register();
    http::cookie_class::register();
    http::response::register();
    websocket::server::register();
    exit::becomes(exceptions::EXIT, runtime::add(Hooks::new())).install();
}

fn shutdown() {}

fn request_startup() {
    functions::begin_request();
}

fn request_shutdown() {
    coroutine::end_request();
    event::end_request();
    runtime::end_request();
    process::end_request();
    functions::end_request();
    name_resolver::end_request();
    world::end_request();
}

fn info() -> Vec<(&'static str, String)> {
    vec![
        ("Swoole", "enabled".into()),
        ("Implementation", concat!("swoole-rs ", env!("CARGO_PKG_VERSION")).into()),
        ("Version", API_VERSION.into()),
        ("API level", API_VERSION.into()),
        ("websocket", "enabled".into()),
        ("http", "enabled".into()),
        ("permessage-deflate", "enabled (zlib-rs)".into()),
        ("coroutine", "enabled".into()),
    ]
}
