//! Warnings with the last error they leave behind. Exceptions are in `exceptions.rs`, texts of codes in `server::error`.

use std::cell::Cell;
use std::fmt::Display;

use crate::server::{error::ErrorCode, last_error};
use crate::zend::{error, ini};

/// A warning about misuse. The last error becomes 503, as after every warning of this kind.
pub fn warn(message: impl Display) {
    warn_with(ErrorCode::PHP_FATAL_ERROR, message);
}

/// A warning that leaves a code of its own. Other than [`warn`], it is silent where `swoole.display_errors` is off.
pub fn warn_with(code: ErrorCode, message: impl Display) {
    last_error::set(code);
    if are_displayed(code) {
        error::warning(message);
    }
}

/// A warning that names another function than the one running (`Swoole\Server\Port::on()`).
pub fn warn_as(origin: &str, code: ErrorCode, message: impl Display) {
    last_error::set(code);
    if are_displayed(code) {
        error::warning_as(origin, message);
    }
}

/// Misuse is always shown; what can happen to a correct script may be switched off.
fn are_displayed(code: ErrorCode) -> bool {
    code == ErrorCode::PHP_FATAL_ERROR
        || DISPLAYED.get().unwrap_or_else(|| ini::flag("swoole.display_errors"))
}

/// The option `display_errors`, which goes before the ini setting.
pub fn set_displayed(displayed: Option<bool>) {
    DISPLAYED.set(displayed);
}

thread_local! {
    static DISPLAYED: Cell<Option<bool>> = const { Cell::new(None) };
}
