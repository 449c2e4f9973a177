//! `foreach` over our own objects without a method call per step: the engine asks the class for an iterator, and each
//! loop gets one of its own, so nested loops over one object do not disturb each other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error;
use super::native::{self, Native};
use super::sys;
use super::value::Value;

/// Objects that `foreach` walks natively. The class must implement PHP's `Iterator` too, for those who call its methods.
pub trait Foreach: Native {
    /// Keys and values.
    type Items: Iterator<Item = (i64, Value)> + 'static;

    /// What a loop that begins now sees.
    fn items(&self) -> Self::Items;
}

/// The engine's iterator and, behind it, where the loop stands.
#[repr(C)]
struct Loop<T: Foreach> {
    engine: sys::zend_object_iterator,
    items: T::Items,
    /// Where the loop stands; a null when it is over.
    key: i64,
    value: Value,
    over: bool,
}

impl<T: Foreach> Loop<T> {
    #[inline]
    fn step(&mut self) {
        let next = catch_unwind(AssertUnwindSafe(|| self.items.next())).unwrap_or_default();
        self.over = next.is_none();
        let (key, value) = next.unwrap_or_default();
        self.key = key;
        // Dropping a value may run a destructor of the script, which must find the loop in order.
        drop(std::mem::replace(&mut self.value, value));
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
        let walk = sys::emalloc(size_of::<Loop<T>>()).cast::<Loop<T>>();
        (&raw mut (*walk).items).write(items);
        (&raw mut (*walk).key).write(0);
        (&raw mut (*walk).value).write(Value::null());
        (&raw mut (*walk).over).write(true);
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
        dtor: Some(end::<T>),
        valid: Some(valid::<T>),
        get_current_data: Some(value::<T>),
        get_current_key: Some(key::<T>),
        move_forward: Some(next::<T>),
        rewind: Some(rewind::<T>),
        invalidate_current: None,
        get_gc: None,
    }
}

unsafe extern "C" fn end<T: Foreach>(iterator: *mut sys::zend_object_iterator) {
    // SAFETY: every iterator with these functions was made by `begin::<T>`; the engine calls this once, last.
    unsafe {
        let walk = iterator.cast::<Loop<T>>();
        std::ptr::drop_in_place(&raw mut (*walk).value);
        std::ptr::drop_in_place(&raw mut (*walk).items);
        sys::zval_ptr_dtor(&raw mut (*iterator).data);
    }
}

unsafe extern "C" fn valid<T: Foreach>(iterator: *mut sys::zend_object_iterator) -> std::ffi::c_int {
    // SAFETY: made by `begin::<T>`.
    let over = unsafe { (*iterator.cast::<Loop<T>>()).over };
    if over { FAILURE } else { SUCCESS }
}

unsafe extern "C" fn value<T: Foreach>(iterator: *mut sys::zend_object_iterator) -> *mut sys::zval {
    // SAFETY: made by `begin::<T>`; the engine copies the value before it goes on.
    unsafe { (*iterator.cast::<Loop<T>>()).value.as_ptr() }
}

unsafe extern "C" fn key<T: Foreach>(iterator: *mut sys::zend_object_iterator, key: *mut sys::zval) {
    // SAFETY: made by `begin::<T>`; `key` has room for a value, which the engine then owns.
    unsafe {
        let walk = &*iterator.cast::<Loop<T>>();
        let found = if walk.over { Value::null() } else { Value::from(walk.key) };
        key.write(std::mem::ManuallyDrop::into_inner(found.into_raw()));
    }
}

unsafe extern "C" fn next<T: Foreach>(iterator: *mut sys::zend_object_iterator) {
    // SAFETY: made by `begin::<T>`, and nobody else refers to it.
    unsafe { (*iterator.cast::<Loop<T>>()).step() };
}

unsafe extern "C" fn rewind<T: Foreach>(iterator: *mut sys::zend_object_iterator) {
    // SAFETY: made by `begin::<T>`; the object behind `data` is alive as long as the iterator.
    unsafe {
        let walk = &mut *iterator.cast::<Loop<T>>();
        let Some(state) = native::state_of::<T>((*iterator).data.value.obj) else { return };
        if let Ok(items) = catch_unwind(AssertUnwindSafe(|| state.items())) {
            walk.items = items;
        }
        walk.step();
    }
}

const SUCCESS: std::ffi::c_int = 0;
const FAILURE: std::ffi::c_int = -1;
