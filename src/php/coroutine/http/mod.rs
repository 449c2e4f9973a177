//! The classes of `Swoole\Coroutine\Http`.

pub mod client;

/// Defines the classes.
pub fn register() {
    client::register();
}
