//! What PHP knows of its own memory.

use super::sys;

/// `memory_limit` in bytes; None where there is none.
pub fn limit() -> Option<usize> {
    // SAFETY: the globals of this process exist as long as the extension does.
    let limit = unsafe { (*sys::ext_php_rs_process_globals()).memory_limit };
    usize::try_from(limit).ok()
}
