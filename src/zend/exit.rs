//! `exit()` inside a coroutine: an exception that the script may catch, and that ends the process if nobody does.
//!
//! Up to PHP 8.3 `exit` is an instruction, from 8.4 on a function. Ours comes first and steps aside outside coroutines.

use std::sync::OnceLock;

use super::class::Class;
use super::error::Thrown;
use super::hook::Hooks;
use super::object::{Object, Slot};
use super::sys;
use super::value::Value;
use super::world;

/// The exception that `exit()` becomes.
#[derive(Debug)]
pub struct ExitException {
    pub class: &'static Class,
    /// Where it keeps what was passed to `exit()`.
    pub status: &'static Slot,
    /// Throws one with this status.
    pub throw: fn(Value) -> Thrown,
}

/// From now on `exit()` in a coroutine throws this. At module startup, once.
pub fn becomes(exception: ExitException, hooks: Hooks) -> Hooks {
    assert!(EXCEPTION.set(exception).is_ok(), "there is one such exception");
    watch(hooks)
}

/// Whether this is the exception that `exit()` became.
pub(super) fn is_exception(object: &Object) -> bool {
    EXCEPTION.get().is_some_and(|exception| object.is(exception.class))
}

/// Does what `exit()` does at once elsewhere: the status of the process from a number, anything else is printed.
pub(super) fn obey(object: &Object) {
    let Some(exception) = EXCEPTION.get() else { return };
    let status = object.get(exception.status);
    let code = status.as_long().map_or(0, |code| i32::try_from(code).unwrap_or(STATUS_TOO_BIG));
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).exit_status = code };
    if status.as_long().is_none()
        && !status.is_null()
        && let Ok(text) = status.to_str()
    {
        world::print(text);
    }
}

fn is_in_coroutine() -> bool {
    !world::is_outside()
}

fn throw(status: Value) {
    if let Some(exception) = EXCEPTION.get() {
        let _ = (exception.throw)(status);
    }
}

static EXCEPTION: OnceLock<ExitException> = OnceLock::new();
/// Of a status that no process can have.
const STATUS_TOO_BIG: i32 = 255;

#[cfg(php84)]
fn watch(hooks: Hooks) -> Hooks {
    fn exit(call: &mut super::args::Call<'_>) -> super::error::Result {
        let status = call.opt::<Value>()?.unwrap_or_default();
        throw(status);
        Err(Thrown::pending())
    }
    hooks.hook("exit", is_in_coroutine, exit).hook("die", is_in_coroutine, exit)
}

#[cfg(not(php84))]
fn watch(hooks: Hooks) -> Hooks {
    opcode::watch();
    hooks
}

/// `exit` as an instruction of PHP's machine.
#[cfg(not(php84))]
mod opcode {
    use std::ffi::c_int;
    use std::panic::catch_unwind;
    use std::sync::OnceLock;

    use super::{Value, is_in_coroutine, sys, throw};

    type UserHandler = unsafe extern "C" fn(*mut sys::zend_execute_data) -> c_int;

    unsafe extern "C" {
        fn zend_set_user_opcode_handler(opcode: u8, handler: Option<UserHandler>) -> c_int;
        fn zend_get_user_opcode_handler(opcode: u8) -> Option<UserHandler>;
    }

    /// Has the engine ask us before each `exit`. The JIT permits it for this instruction.
    pub(super) fn watch() {
        // SAFETY: at startup nothing runs yet; the handler stays valid as long as the process.
        unsafe {
            if let Some(before) = zend_get_user_opcode_handler(EXIT) {
                let _ = BEFORE.set(before);
            }
            zend_set_user_opcode_handler(EXIT, Some(exit));
        }
    }

    unsafe extern "C" fn exit(frame: *mut sys::zend_execute_data) -> c_int {
        if is_in_coroutine() {
            // SAFETY: the engine passes the running frame of a user function that stands at its `exit`.
            let status = unsafe { operand(frame) };
            // A panic must not cross into C; the hook has logged it.
            drop(catch_unwind(std::panic::AssertUnwindSafe(|| throw(status))));
        } else if let Some(before) = BEFORE.get() {
            // SAFETY: whoever set the handler vouches for it.
            return unsafe { before(frame) };
        }
        // With an exception pending the frame stands at the instruction that handles it, which is dispatched then.
        DISPATCH
    }

    /// What was passed to `exit`. A temporary is taken out of the frame, as the instruction itself would.
    ///
    /// # Safety
    /// The frame is that of a user function that stands at an `exit`.
    unsafe fn operand(frame: *mut sys::zend_execute_data) -> Value {
        // SAFETY: the compiler put a constant beside the code or a variable into the frame, at these offsets.
        unsafe {
            let line = (*frame).opline;
            let variable = frame.byte_add((*line).op1.var as usize).cast::<sys::zval>();
            match (*line).op1_type {
                CONSTANT => {
                    let constant = line.byte_offset((*line).op1.constant.cast_signed() as isize);
                    Value::copy_from(constant.cast())
                }
                TEMPORARY | RESULT => {
                    Value::from_raw(variable.cast::<std::mem::ManuallyDrop<sys::zval>>().read()).unref()
                }
                NAMED if sys::type_of(variable) != sys::IS_UNDEF => Value::copy_from(sys::deref(variable)),
                _ => Value::null(),
            }
        }
    }

    /// Who handled the instruction before us.
    static BEFORE: OnceLock<UserHandler> = OnceLock::new();

    /// `ZEND_EXIT`.
    const EXIT: u8 = 79;
    /// `ZEND_USER_OPCODE_DISPATCH`: the engine goes on with its own handler.
    const DISPATCH: c_int = 2;
    /// `IS_CONST`, `IS_TMP_VAR`, `IS_VAR` and `IS_CV`.
    const CONSTANT: u8 = 1;
    const TEMPORARY: u8 = 2;
    const RESULT: u8 = 4;
    const NAMED: u8 = 8;
}
