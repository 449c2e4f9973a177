//! `Callback`: a PHP callable, resolved once and called many times without looking anything up or allocating.

use std::ffi::c_char;
use std::fmt;
use std::mem::MaybeUninit;

use super::error::{self, Result, Thrown};
use super::fiber;
use super::string::Str;
use super::sys;
use super::value::Value;

/// A PHP callable. Cloning is cheap; a clone keeps the callable alive while it runs, so replacing a stored callback
/// from inside itself is safe: clone it out of its cell before calling. Each clone counts for itself, as the cycle
/// collector wants it.
#[derive(Clone)]
pub struct Callback {
    callable: Value,
    /// None for trampolines (`__call`): those are good for one call and must be resolved again each time.
    target: Option<sys::zend_fcall_info_cache>,
}

/// Why something is not callable, in the engine's own words and memory.
#[derive(Debug)]
pub struct NotCallable(*mut c_char);

impl Callback {
    /// Resolves a callable, or throws a TypeError that says why it is none.
    pub fn new(callable: &Value) -> Result<Self> {
        Self::resolve(callable).map_err(error::type_error)
    }

    /// Resolves a callable.
    pub fn resolve(callable: &Value) -> std::result::Result<Self, NotCallable> {
        let callable = callable.unref();
        let mut target = look_up(&callable)?;
        let cached = if is_trampoline(&target) {
            // SAFETY: the lookup made a one-shot function that nobody called.
            unsafe { sys::zend_release_fcall_info_cache(&raw mut target) };
            None
        } else {
            Some(target)
        };
        Ok(Self { callable, target: cached })
    }

    /// Calls it. The arguments are only read; PHP gets its own references.
    #[inline]
    pub fn call(&self, args: &[Value]) -> Result<Value> {
        let target = match self.target {
            Some(target) => target,
            None => look_up(&self.callable).map_err(error::type_error)?,
        };
        let mut outcome = sys::zval_of(sys::IS_UNDEF);
        // SAFETY: `callable` keeps the function and object alive while `self` is borrowed; the arguments are
        // initialised zvals that the engine copies into the new frame; it frees a trampoline itself.
        unsafe {
            sys::zend_call_known_function(
                target.function_handler,
                target.object,
                target.called_scope,
                &raw mut *outcome,
                u32::try_from(args.len()).unwrap_or(u32::MAX),
                args.as_ptr().cast_mut().cast(),
                std::ptr::null_mut(),
            );
            if sys::exception_pending() {
                drop(Value::from_raw(outcome));
                return Err(Thrown::pending());
            }
            // A function may return by reference.
            if sys::type_of(&raw const *outcome) == sys::IS_REFERENCE {
                return Ok(Value::from_raw(outcome).unref());
            }
        }
        Ok(Value::from_raw(outcome))
    }

    /// Calls it from a loop. On the main stack a fatal error ends here, as one in a coroutine ends in its runner: the loop
    /// sees [`is_ending`](super::world::is_ending) next and ends in good order. No exception is pending then.
    pub fn call_from_loop(&self, args: &[Value]) -> Result<Value> {
        fiber::from_loop(|| self.call(args)).unwrap_or_else(|| Err(Thrown::pending()))
    }

    /// The callable as PHP gave it (for `getCallback` and the cycle collector).
    pub fn value(&self) -> &Value {
        &self.callable
    }

    /// The callable's name.
    pub fn name(&self) -> Str {
        self.callable.callable_name()
    }

    /// How many parameters it declares; None for a trampoline, which takes any.
    pub fn parameter_count(&self) -> Option<usize> {
        let target = self.target?;
        // SAFETY: the callable keeps the function alive.
        Some(unsafe { (*target.function_handler).common.num_args } as usize)
    }

    /// The class a parameter is typed with, if it is typed with exactly one.
    pub fn parameter_class(&self, index: usize) -> Option<String> {
        let target = self.target?;
        // SAFETY: the callable keeps the function alive; user and internal arg infos have the same layout, and after
        // registration both name a class by a zend_string.
        unsafe {
            let function = target.function_handler;
            let infos = (*function).common.arg_info;
            if infos.is_null() || index >= (*function).common.num_args as usize {
                return None;
            }
            let type_ = &raw const (*infos.add(index)).type_;
            if (*type_).type_mask & sys::_ZEND_TYPE_NAME_BIT == 0 || (*type_).ptr.is_null() {
                return None;
            }
            let name = std::mem::ManuallyDrop::new(Str::from_raw((*type_).ptr.cast()).unwrap_or_default());
            Some(name.to_text().into_owned())
        }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({})", self.name())
    }
}

impl NotCallable {
    /// Gives the engine its text back.
    pub(super) fn into_raw(self) -> *mut c_char {
        let text = self.0;
        std::mem::forget(self);
        text
    }
}

impl fmt::Display for NotCallable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_null() {
            return f.write_str("no valid callback");
        }
        // SAFETY: the engine's text, alive until we free it.
        f.write_str(&unsafe { std::ffi::CStr::from_ptr(self.0) }.to_string_lossy())
    }
}

impl Drop for NotCallable {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: allocated by the engine for us.
            unsafe { sys::efree(self.0.cast()) };
        }
    }
}

#[inline]
fn look_up(callable: &Value) -> std::result::Result<sys::zend_fcall_info_cache, NotCallable> {
    match closure(callable) {
        Some(target) => Ok(target),
        None => look_up_any(callable),
    }
}

/// The function of a closure, without the general search: nearly every callback is one.
#[inline]
fn closure(callable: &Value) -> Option<sys::zend_fcall_info_cache> {
    let object = callable.as_object()?.as_ptr();
    // SAFETY: the object is alive; a closure's handler fills all three places and cannot fail.
    unsafe {
        if !std::ptr::eq((*object).ce, sys::zend_ce_closure) {
            return None;
        }
        let mut target = MaybeUninit::<sys::zend_fcall_info_cache>::zeroed().assume_init();
        let get = (*(*object).handlers).get_closure?;
        let found = get(
            object,
            &raw mut target.called_scope,
            &raw mut target.function_handler,
            &raw mut target.object,
            true,
        );
        (found == 0 && !target.function_handler.is_null()).then_some(target)
    }
}

fn look_up_any(callable: &Value) -> std::result::Result<sys::zend_fcall_info_cache, NotCallable> {
    let mut target = MaybeUninit::<sys::zend_fcall_info_cache>::zeroed();
    let mut reason = std::ptr::null_mut();
    // SAFETY: the engine reads the callable and fills target or reason.
    unsafe {
        let (object, name) = (std::ptr::null_mut(), std::ptr::null_mut());
        let found = sys::zend_is_callable_ex(
            callable.as_ptr(),
            object,
            0,
            name,
            target.as_mut_ptr(),
            &raw mut reason,
        );
        let reason = NotCallable(reason);
        if found { Ok(target.assume_init()) } else { Err(reason) }
    }
}

fn is_trampoline(target: &sys::zend_fcall_info_cache) -> bool {
    // SAFETY: a successful lookup gives a live function.
    unsafe { (*target.function_handler).common.fn_flags & sys::ZEND_ACC_CALL_VIA_TRAMPOLINE != 0 }
}
