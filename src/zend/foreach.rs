//! `foreach` over our own objects without a method call per step: the engine asks the class for an iterator, and each
//! loop gets one of its own, so nested loops over one object do not disturb each other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error;
use super::native::{self, Native};
use super::sys;
use super::value::Value;

/// Objects that `foreach` walks natively. The class must implement PHP's `Iterator` too, for those who call its methods.
pub trait Foreach: Native {
    /// What a loop that begins now sees: keys and values.
    fn items(&self) -> Box<dyn Iterator<Item = (Value, Value)>>;
}

/// The engine's iterator and, behind it, where the loop stands.
#[repr(C)]
struct Loop {
    engine: sys::zend_object_iterator,
    items: Box<dyn Iterator<Item = (Value, Value)>>,
    current: Option<(Value, Value)>,
}

impl Loop {
    fn step(&mut self) {
        // Dropping a value may run a destructor of the script, which must find the loop in order.
        let next = catch_unwind(AssertUnwindSafe(|| self.items.next())).unwrap_or_default();
        drop(std::mem::replace(&mut self.current, next));
    }
}

/// Makes `foreach` use [`Foreach::items`]. After the class implements `Iterator`, which sets a slower one.
///
/// # Safety
/// `entry` is the class of `T`, being defined.
pub(super) unsafe fn install<T: Foreach>(entry: *mut sys::zend_class_entry) {
    // SAFETY: the caller's promise; derived classes inherit the handler unless they override a method.
    unsafe { (*entry).get_iterator = Some(begin::<T>) };
}

unsafe extern "C" fn begin<T: Foreach>(
    _class: *mut sys::zend_class_entry,
    object: *mut sys::zval,
    by_reference: std::ffi::c_int,
) -> *mut sys::zend_object_iterator {
    if by_reference != 0 {
        let _ = error::error("An iterator cannot be used with foreach by reference");
        return std::ptr::null_mut();
    }
    // SAFETY: the engine passes an object of `T`'s class or one derived from it. The struct is fully initialised before
    // the engine sees it; `zend_iterator_init` puts it into the object store, which frees its memory after `dtor`.
    unsafe {
        let Some(state) = native::state_of::<T>((*object).value.obj) else { return std::ptr::null_mut() };
        let Ok(items) = catch_unwind(AssertUnwindSafe(|| state.items())) else { return std::ptr::null_mut() };
        let walk = sys::_emalloc(size_of::<Loop>()).cast::<Loop>();
        (&raw mut (*walk).items).write(items);
        (&raw mut (*walk).current).write(None);
        let engine = &raw mut (*walk).engine;
        sys::zend_iterator_init(engine);
        sys::add_ref(object);
        (&raw mut (*engine).data).write(std::ptr::read(object));
        (*engine).funcs = const { &functions::<T>() };
        engine
    }
}

const fn functions<T: Foreach>() -> sys::zend_object_iterator_funcs {
    sys::zend_object_iterator_funcs {
        dtor: Some(end),
        valid: Some(valid),
        get_current_data: Some(value),
        get_current_key: Some(key),
        move_forward: Some(next),
        rewind: Some(rewind::<T>),
        invalidate_current: None,
        get_gc: None,
    }
}

unsafe extern "C" fn end(iterator: *mut sys::zend_object_iterator) {
    // SAFETY: every iterator with these functions was made by `begin`; the engine calls this once, last.
    unsafe {
        let walk = iterator.cast::<Loop>();
        std::ptr::drop_in_place(&raw mut (*walk).current);
        std::ptr::drop_in_place(&raw mut (*walk).items);
        sys::zval_ptr_dtor(&raw mut (*iterator).data);
    }
}

unsafe extern "C" fn valid(iterator: *mut sys::zend_object_iterator) -> std::ffi::c_int {
    // SAFETY: made by `begin`.
    let present = unsafe { (*iterator.cast::<Loop>()).current.is_some() };
    if present { SUCCESS } else { FAILURE }
}

unsafe extern "C" fn value(iterator: *mut sys::zend_object_iterator) -> *mut sys::zval {
    // SAFETY: made by `begin`; the engine copies the value before it goes on.
    let current = unsafe { &(*iterator.cast::<Loop>()).current };
    current.as_ref().map_or(std::ptr::null_mut(), |(_, value)| value.as_ptr())
}

unsafe extern "C" fn key(iterator: *mut sys::zend_object_iterator, key: *mut sys::zval) {
    // SAFETY: made by `begin`; `key` has room for a value, which the engine then owns.
    unsafe {
        let found = (*iterator.cast::<Loop>()).current.as_ref().map(|(key, _)| key.clone());
        key.write(std::mem::ManuallyDrop::into_inner(found.unwrap_or_default().into_raw()));
    }
}

unsafe extern "C" fn next(iterator: *mut sys::zend_object_iterator) {
    // SAFETY: made by `begin`, and nobody else refers to it.
    unsafe { (*iterator.cast::<Loop>()).step() };
}

unsafe extern "C" fn rewind<T: Foreach>(iterator: *mut sys::zend_object_iterator) {
    // SAFETY: made by `begin::<T>`; the object behind `data` is alive as long as the iterator.
    unsafe {
        let walk = &mut *iterator.cast::<Loop>();
        let Some(state) = native::state_of::<T>((*iterator).data.value.obj) else { return };
        if let Ok(items) = catch_unwind(AssertUnwindSafe(|| state.items())) {
            walk.items = items;
        }
        walk.step();
    }
}

const SUCCESS: std::ffi::c_int = 0;
const FAILURE: std::ffi::c_int = -1;
