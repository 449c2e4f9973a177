//! Functions of PHP itself that behave otherwise in coroutines: ours stands before the original and decides at each call.
//!
//! The handler of the engine's function is replaced at startup, before anything is compiled, so callers, opcache and the
//! JIT see a plain internal function.

use std::sync::OnceLock;

use super::function::{Handler, trampoline_of};
use super::sys;

/// What replaces what. Collected at module startup, then [`Hooks::install`]ed once.
#[derive(Debug, Default)]
pub struct Hooks(Vec<Hook>);

#[derive(Clone, Copy, Debug)]
struct Hook {
    function: *const sys::zend_internal_function,
    original: RawHandler,
    ours: RawHandler,
    applies: fn() -> bool,
}

type RawHandler = unsafe extern "C" fn(*mut sys::zend_execute_data, *mut sys::zval);

// SAFETY: the function is only compared, and the one thread that runs PHP is the only one to look (NTS builds).
unsafe impl Send for Hook {}
// SAFETY: as above.
unsafe impl Sync for Hook {}

impl Hooks {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Calls `handler` instead of PHP's function `name` wherever `applies` says so. A function that this PHP has not, or
    /// that was disabled, stays away.
    #[must_use]
    pub fn hook<H: Handler<(), K>, K>(mut self, name: &str, applies: fn() -> bool, handler: H) -> Self {
        // SAFETY: the table exists at startup; what it holds are functions, all of them internal until scripts run.
        unsafe {
            let table = (*sys::ext_php_rs_compiler_globals()).function_table;
            let found = sys::zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len());
            let function = found.cast::<sys::zend_internal_function>();
            if !function.is_null()
                && let Some(original) = (*function).handler
            {
                // An internal function's argument infos begin with the one of the return value.
                let declared = (*(*function).arg_info.sub(1)).type_.type_mask;
                self.0.push(Hook { function, original, ours: trampoline_of(declared, handler), applies });
                (*function).handler = Some(entrance);
            }
        }
        self
    }

    /// Opens the doors. At module startup only, once.
    pub fn install(self) {
        assert!(HOOKS.set(self.0).is_ok(), "hooks are installed once");
    }
}

/// The handler that hooked functions have instead of their own.
unsafe extern "C" fn entrance(frame: *mut sys::zend_execute_data, result: *mut sys::zval) {
    // SAFETY: the engine passes the running frame, whose function is one of those that have this handler; either
    // handler gets what the engine meant for it.
    unsafe {
        let function = (*frame).func.cast_const().cast::<sys::zend_internal_function>();
        let Some(hook) = HOOKS.get().and_then(|hooks| hooks.iter().find(|hook| hook.function == function))
        else {
            return;
        };
        if (hook.applies)() { (hook.ours)(frame, result) } else { (hook.original)(frame, result) }
    }
}

static HOOKS: OnceLock<Vec<Hook>> = OnceLock::new();
