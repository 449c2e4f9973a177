//! Native state inside PHP objects: one allocation holds the Rust value and the zend_object behind it.
//!
//! One `create_object` per state type, set on the class that introduces it and inherited by derived and user classes,
//! so a base method works on every derived object and without `parent::__construct()`.
//!
//! Invariant *one state, one layout*: an object carries the handlers table of the class that introduced `T` if and
//! only if it was made by `allocate::<T>`. The engine upholds it (create_object is inherited, handlers are set here
//! and nowhere else), `state_of` checks it.

use std::mem::offset_of;

use super::class::Class;
use super::error;
use super::gc::Gc;
use super::sys;

/// State that lives inside the objects of a class.
///
/// Handlers get `&Self`, never `&mut Self`: a callback may re-enter the same object at any time. Mutable fields are
/// `Cell`s or `RefCell`s, and no `RefCell` borrow may be alive across a call into PHP or a suspend.
pub trait Native: Sized + 'static {
    /// The class that introduces this state.
    fn class() -> &'static Class<Self>;

    /// The state of a fresh object, before (and perhaps without) its constructor. Must not panic.
    fn create() -> Self;

    /// Shows the cycle collector every PHP value held in the state (callbacks above all), so that cycles through it
    /// can be freed: `gc.add(&self.field)` for each field that holds some.
    fn trace<'held>(&'held self, gc: &mut Gc<'held>) {
        let _ = gc;
    }
}

/// The layout of an object with state. `std` is last, because declared properties follow it.
#[repr(C)]
struct NativeObject<T> {
    state: T,
    std: sys::zend_object,
}

/// Fills the handlers table of the class that introduces `T` and hooks its `create_object`.
///
/// # Safety
/// Runs once, at module startup, with the entry of `T::class()` and room for its handlers.
pub(super) unsafe fn install<T: Native>(
    entry: *mut sys::zend_class_entry,
    handlers: *mut sys::zend_object_handlers,
) {
    const { assert!(align_of::<T>() <= 8, "emalloc aligns to 8 bytes") };
    // SAFETY: the caller's promise; the standard table is copied and four fields replaced.
    unsafe {
        handlers.write(std::ptr::read(&raw const sys::std_object_handlers));
        (*handlers).offset = i32::try_from(offset_of!(NativeObject<T>, std)).expect("states are small");
        (*handlers).free_obj = Some(free::<T>);
        (*handlers).clone_obj = None;
        (*handlers).get_gc = Some(trace::<T>);
        (*entry).__bindgen_anon_2.create_object = Some(create::<T>);
    }
}

/// Makes an object of `entry`, which is the class of `T` or derived from it.
///
/// # Safety
/// `entry` is a registered class with that property.
pub(super) unsafe fn allocate<T: Native>(
    entry: *mut sys::zend_class_entry,
    state: T,
) -> *mut sys::zend_object {
    // SAFETY: the engine allocates room for the struct and the declared properties or bails out; every part is
    // initialised before the object is visible.
    unsafe {
        let size = size_of::<NativeObject<T>>();
        let object = sys::ext_php_rs_zend_object_alloc(size, entry).cast::<NativeObject<T>>();
        (&raw mut (*object).state).write(state);
        let std = &raw mut (*object).std;
        sys::zend_object_std_init(std, entry);
        sys::object_properties_init(std, entry);
        (*std).handlers = T::class().handlers();
        std
    }
}

/// The state of an object, if it has one of type `T`.
///
/// # Safety
/// `object` is alive for `'a`.
#[inline(always)]
pub(super) unsafe fn state_of<'a, T: Native>(object: *mut sys::zend_object) -> Option<&'a T> {
    // SAFETY: the handlers table of `T`'s class means that the object was made by `allocate::<T>` (the invariant above).
    unsafe {
        std::ptr::eq((*object).handlers, T::class().handlers())
            .then(|| &*object.byte_sub(offset_of!(NativeObject<T>, std)).cast::<T>())
    }
}

/// Refuses `unset($object->property)` for classes whose properties must exist.
pub(super) unsafe extern "C" fn deny_unset(
    object: *mut sys::zend_object,
    name: *mut sys::zend_string,
    _cache: *mut *mut std::ffi::c_void,
) {
    // SAFETY: the engine passes a live object and a live name; the borrow does not count.
    let name = unsafe { std::mem::ManuallyDrop::new(super::string::Str::from_raw(name).unwrap_or_default()) };
    // SAFETY: the object is alive.
    let class = super::object::class_name(unsafe { (*object).ce });
    let _ = error::error(format_args!("Property {} of class {class} cannot be unset", *name));
}

unsafe extern "C" fn create<T: Native>(entry: *mut sys::zend_class_entry) -> *mut sys::zend_object {
    // SAFETY: the engine calls this for the class it was set on and for classes derived from it.
    unsafe { allocate(entry, T::create()) }
}

unsafe extern "C" fn free<T: Native>(object: *mut sys::zend_object) {
    // SAFETY: the engine calls this once, on an object with `T`'s handlers; nobody looks at the state afterwards.
    unsafe {
        let state = object.byte_sub(offset_of!(NativeObject<T>, std)).cast::<T>();
        let dropped = std::panic::AssertUnwindSafe(|| std::ptr::drop_in_place(state));
        // A panic in a destructor must not cross into C; the hook has logged it.
        drop(std::panic::catch_unwind(dropped));
        sys::zend_object_std_dtor(object);
    }
}

unsafe extern "C" fn trace<T: Native>(
    object: *mut sys::zend_object,
    table: *mut *mut sys::zval,
    count: *mut std::ffi::c_int,
) -> *mut sys::HashTable {
    // SAFETY: the engine passes a live object with `T`'s handlers and two out-parameters. The declared properties the
    // standard handler reports are copied into the engine's buffer, which then holds the state's values too.
    unsafe {
        let properties = sys::zend_std_get_gc(object, table, count);
        let buffer = sys::zend_get_gc_buffer_create();
        let mut gc = Gc::into_buffer(buffer);
        for index in 0..usize::try_from(*count).unwrap_or(0) {
            gc.add_slot((*table).add(index));
        }
        let state = object.byte_sub(offset_of!(NativeObject<T>, std)).cast::<T>();
        let tracing = std::panic::AssertUnwindSafe(|| (*state).trace(&mut gc));
        drop(std::panic::catch_unwind(tracing));
        *table = (*buffer).start;
        *count = i32::try_from((*buffer).cur.offset_from((*buffer).start)).unwrap_or(i32::MAX);
        properties
    }
}
