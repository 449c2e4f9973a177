//! What PHP knows of its own memory.

use super::sys;

/// Whether the script has as much of its `memory_limit` left as it uses, or no limit.
pub fn is_ample() -> bool {
    // SAFETY: the globals of this process exist as long as the extension does; both calls only read.
    let (used, limit) =
        unsafe { (sys::zend_memory_usage(false), (*sys::ext_php_rs_process_globals()).memory_limit) };
    usize::try_from(limit).map_or(true, |limit| used.saturating_mul(2) <= limit)
}
