//! The one list of global constants. The values are data in the files below; this one registers them.

mod platform;
mod runtime;
mod server;
mod websocket;

use crate::php::API_VERSION;
use crate::server::error::ERRORS;
use crate::zend::constant::{self, Constant};
use crate::zend::ini;

/// Registers every constant. After the ini settings: one of them decides a value.
pub fn register() {
    let tables = [
        websocket::WEBSOCKET,
        server::SERVER,
        server::SOCKET,
        runtime::STRERROR,
        runtime::HTTP,
        runtime::LOG,
        runtime::COROUTINE,
        runtime::LOCK,
        runtime::HOOK,
        runtime::TRACE,
    ];
    for (name, value) in tables.into_iter().flatten() {
        constant::define(name, Constant::Long(*value));
    }
    for (name, error) in ERRORS {
        constant::define(&format!("SWOOLE_ERROR_{name}"), Constant::Long(error.code().into()));
    }
    for (name, value) in VERSION.iter().chain(OTHER) {
        constant::define(name, *value);
    }
    constant::define("SWOOLE_USE_SHORTNAME", Constant::Bool(ini::flag("swoole.use_shortname")));
    register_platform();
}

fn register_platform() {
    let mut platform: Vec<_> = platform::PLATFORM.iter().chain(&platform::LEVELS).copied().collect();
    #[cfg(target_os = "linux")]
    platform.push(platform::TCP_INFO);
    for (name, value) in platform {
        if !constant::exists(name) {
            constant::define(name, Constant::Long(value));
        }
    }
}

const VERSION: &[(&str, Constant)] = &[
    ("SWOOLE_VERSION", Constant::Text(API_VERSION)),
    ("SWOOLE_VERSION_ID", Constant::Long(60_201)),
    ("SWOOLE_MAJOR_VERSION", Constant::Long(6)),
    ("SWOOLE_MINOR_VERSION", Constant::Long(2)),
    ("SWOOLE_RELEASE_VERSION", Constant::Long(1)),
    ("SWOOLE_EXTRA_VERSION", Constant::Text("")),
    ("SWOOLE_RS_VERSION", Constant::Text(env!("CARGO_PKG_VERSION"))),
    ("SWOOLE_DEBUG", Constant::Bool(false)),
    ("SWOOLE_HAVE_COMPRESSION", Constant::Bool(true)),
    ("SWOOLE_HAVE_ZLIB", Constant::Bool(true)),
    ("SWOOLE_HAVE_BROTLI", Constant::Bool(true)),
    ("SWOOLE_USE_HTTP2", Constant::Bool(true)),
];

const OTHER: &[(&str, Constant)] = &[
    ("SWOOLE_SOCK_SYNC", Constant::Bool(false)),
    ("SWOOLE_SOCK_ASYNC", Constant::Bool(true)),
    ("SWOOLE_TIMER_MIN_SEC", Constant::Double(0.001)),
    // What SWOOLE_TIMER_MAX_MS is in seconds.
    ("SWOOLE_TIMER_MAX_SEC", Constant::Double(i64::MAX as f64 / 1000.0)),
];
