//! The last error of this thread: what `swoole_last_error()` and `$server->getLastError()` report.
//!
//! Not a log and not a return value: a failing function also says `false`. PHP runs on one thread, so a thread-local is
//! the process-wide value a script sees, and tokio's threads cannot disturb it.

use std::cell::Cell;

use super::error::ErrorCode;

thread_local! {
    static LAST: Cell<ErrorCode> = const { Cell::new(ErrorCode::NONE) };
}

/// The last error; [`ErrorCode::NONE`] when nothing failed since [`clear`].
pub fn last() -> ErrorCode {
    LAST.get()
}

/// Remembers an error. Success never resets it: only [`clear`] does.
pub fn set(error: ErrorCode) {
    LAST.set(error);
}

/// Forgets the last error.
pub fn clear() {
    LAST.set(ErrorCode::NONE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stays_until_it_is_cleared_and_belongs_to_its_thread() {
        assert_eq!(last(), ErrorCode::NONE);
        set(ErrorCode::SESSION_NOT_EXIST);
        assert_eq!(last().code(), 1005);
        std::thread::spawn(|| assert_eq!(last(), ErrorCode::NONE)).join().unwrap();
        clear();
        assert_eq!(last(), ErrorCode::NONE);
    }
}
