//! The classes and functions of `Swoole\Coroutine\Http`.

pub mod client;
pub mod client_proxy;
mod library;

/// Defines the classes.
pub fn register() {
    client::register();
    client_proxy::register();
    library::register();
}
