//! The raw Zend API: what ext-php-rs binds, what it does not, and the macros of `zend_types.h` as functions.
//!
//! Not a surface: only the files of this folder name it. Every other file sees `Value`, `Str`, `Object` ...

#![allow(missing_docs, missing_debug_implementations)]

use std::ffi::{c_char, c_int, c_void};

pub(super) use ext_php_rs::ffi::*;

unsafe extern "C" {
    pub static zend_ce_closure: *mut zend_class_entry;
    /// Asked for a class that nobody has defined yet.
    pub static mut zend_autoload: Option<Autoload>;
    pub fn zend_eval_stringl(
        code: *const c_char,
        len: usize,
        result: *mut zval,
        file: *const c_char,
    ) -> c_int;
    pub fn zend_lookup_class(name: *mut zend_string) -> *mut zend_class_entry;

    pub fn zend_parse_arg_long_slow(arg: *const zval, dest: *mut zend_long, number: u32) -> bool;
    pub fn zend_parse_arg_double_slow(arg: *const zval, dest: *mut f64, number: u32) -> bool;
    pub fn zend_parse_arg_bool_slow(arg: *const zval, dest: *mut bool, number: u32) -> bool;
    pub fn zend_parse_arg_str_slow(arg: *mut zval, dest: *mut *mut zend_string, number: u32) -> bool;
    pub fn zend_wrong_parameter_type_error(number: u32, expected: _zend_expected_type, arg: *mut zval);
    pub fn zend_wrong_callback_error(number: u32, error: *mut c_char);
    pub fn zend_wrong_callback_or_null_error(number: u32, error: *mut c_char);
    pub fn zend_argument_error(class: *mut zend_class_entry, number: u32, format: *const c_char, ...);
    #[cfg(not(php83))]
    pub fn zend_zval_type_name(arg: *const zval) -> *const c_char;
    #[cfg(php83)]
    #[link_name = "zend_zval_value_name"]
    pub fn zend_zval_type_name(arg: *const zval) -> *const c_char;

    pub fn zend_error(severity: c_int, format: *const c_char, ...);
    pub fn zend_throw_unwind_exit();
    pub fn zend_hash_func(text: *const c_char, len: usize) -> u64;
    pub fn zend_get_executed_filename() -> *const c_char;
    pub fn zval_get_long_func(value: *mut zval, is_legacy: bool) -> zend_long;
    pub fn zval_get_double_func(value: *mut zval) -> f64;
    pub fn zval_try_get_string_func(value: *mut zval) -> *mut zend_string;

    pub fn zend_hash_internal_pointer_reset_ex(table: *mut HashTable, position: *mut u32);
    pub fn zend_hash_get_current_key_ex(
        table: *const HashTable,
        key: *mut *mut zend_string,
        index: *mut u64,
        position: *const u32,
    ) -> c_int;

    pub fn zend_register_functions(
        scope: *mut zend_class_entry,
        functions: *const zend_function_entry,
        table: *mut HashTable,
        kind: c_int,
    ) -> c_int;
    pub fn zend_register_class_alias_ex(
        name: *const c_char,
        len: usize,
        class: *mut zend_class_entry,
        persistent: bool,
    ) -> c_int;
    pub fn zend_class_implements(class: *mut zend_class_entry, count: c_int, ...);
    pub fn zend_declare_typed_property(
        class: *mut zend_class_entry,
        name: *mut zend_string,
        value: *mut zval,
        access: c_int,
        doc: *mut zend_string,
        type_: zend_type,
    ) -> *mut zend_property_info;
    pub fn zend_update_property(
        scope: *mut zend_class_entry,
        object: *mut zend_object,
        name: *const c_char,
        len: usize,
        value: *mut zval,
    );
    pub fn zend_try_assign_typed_ref_zval(reference: *mut zend_reference, value: *mut zval) -> c_int;
    pub fn zend_get_callable_name(callable: *mut zval) -> *mut zend_string;
    pub fn zend_release_fcall_info_cache(cache: *mut zend_fcall_info_cache);

    pub fn zend_std_get_gc(object: *mut zend_object, table: *mut *mut zval, n: *mut c_int) -> *mut HashTable;
    pub fn zend_get_gc_buffer_create() -> *mut GcBufferRaw;
    pub fn zend_get_gc_buffer_grow(buffer: *mut GcBufferRaw);

    pub fn zend_iterator_init(iterator: *mut zend_object_iterator);

    pub fn zend_get_constant_str(name: *const c_char, len: usize) -> *mut zval;

    pub fn zend_ini_long(name: *const c_char, len: usize, original: c_int) -> zend_long;
    pub fn zend_ini_string_ex(
        name: *const c_char,
        len: usize,
        original: c_int,
        exists: *mut bool,
    ) -> *mut c_char;
    pub fn zend_unregister_ini_entries(module_number: c_int);
    pub fn zend_ini_boolean_displayer_cb(entry: *mut zend_ini_entry, kind: c_int);
    pub fn display_ini_entries(module: *mut zend_module_entry);
}

/// `zend_autoload`: the class's name as it was written and in lower case.
pub type Autoload =
    unsafe extern "C" fn(name: *mut zend_string, lower: *mut zend_string) -> *mut zend_class_entry;

/// `zend_get_gc_buffer` of `zend_gc.h`, which ext-php-rs does not bind.
#[derive(Debug)]
#[repr(C)]
pub struct GcBufferRaw {
    pub cur: *mut zval,
    pub end: *mut zval,
    pub start: *mut zval,
}

/// `ZEND_CALL_HAS_EXTRA_NAMED_PARAMS`: unknown named arguments were collected for a variadic.
pub const CALL_HAS_EXTRA_NAMED_PARAMS: u32 = 1 << 27;
/// `static` and `never` as types; ext-php-rs has no names for them.
pub const IS_STATIC: u32 = 15;
pub const IS_NEVER: u32 = 17;
/// `ZEND_ACC_READONLY`; ext-php-rs has no name for it.
pub const ZEND_ACC_READONLY: u32 = 1 << 7;
/// `MODULE_DEP_OPTIONAL`: start after the other module if that is loaded.
pub const MODULE_DEP_OPTIONAL: u8 = 3;
/// `IS_INTERNED_STRING_EX`: a string that is not counted.
pub const INTERNED: u32 = IS_STRING;

/// `ZEND_CALL_FRAME_SLOT`: how many zvals the call frame itself takes before its arguments.
pub const FRAME_SLOTS: usize = size_of::<zend_execute_data>().div_ceil(size_of::<zval>());

/// `Z_TYPE_INFO_P`.
///
/// # Safety
/// `zv` points to an initialised zval.
#[inline(always)]
pub unsafe fn type_info(zv: *const zval) -> u32 {
    // SAFETY: the caller's promise; every view of the union is plain bits.
    unsafe { (*zv).u1.type_info }
}

/// `Z_TYPE_P`.
///
/// # Safety
/// `zv` points to an initialised zval.
#[inline(always)]
pub unsafe fn type_of(zv: *const zval) -> u32 {
    // SAFETY: the caller's promise.
    unsafe { type_info(zv) & 0xff }
}

/// `Z_REFCOUNTED_P`.
///
/// # Safety
/// `zv` points to an initialised zval.
#[inline(always)]
pub unsafe fn is_counted(zv: *const zval) -> bool {
    // SAFETY: the caller's promise.
    unsafe { type_info(zv) & 0xff00 != 0 }
}

/// `Z_ADDREF_P` for any zval: nothing happens when it is not counted.
///
/// # Safety
/// `zv` points to an initialised zval.
#[inline(always)]
pub unsafe fn add_ref(zv: *const zval) {
    // SAFETY: the type flags say that `counted` is the live view of the union.
    unsafe {
        if is_counted(zv) {
            (*(*zv).value.counted).gc.refcount += 1;
        }
    }
}

/// Follows a PHP reference to the value behind it.
///
/// # Safety
/// `zv` points to an initialised zval.
#[inline(always)]
pub unsafe fn deref(zv: *mut zval) -> *mut zval {
    // SAFETY: the type tag says that `ref_` is the live view of the union.
    unsafe { if type_of(zv) == IS_REFERENCE { &raw mut (*(*zv).value.ref_).val } else { zv } }
}

/// A fresh zval of the given type whose payload is not set yet (null, false, true, undefined).
#[inline(always)]
pub fn zval_of(type_info: u32) -> std::mem::ManuallyDrop<zval> {
    std::mem::ManuallyDrop::new(zval {
        value: _zend_value { lval: 0 },
        u1: _zval_struct__bindgen_ty_1 { type_info },
        u2: _zval_struct__bindgen_ty_2 { extra: 0 },
    })
}

/// A permanent interned string, for names and defaults that live as long as the process.
pub fn permanent(text: &str) -> *mut zend_string {
    // SAFETY: module startup runs on the one PHP thread; the engine sets the pointer before any module loads.
    let intern = unsafe { zend_string_init_interned }.expect("the engine interns strings");
    // SAFETY: the pointer and length describe `text`, which the engine copies.
    unsafe { intern(text.as_ptr().cast(), text.len(), true) }
}

/// A C string that lives as long as the process.
pub fn kept(text: &str) -> *const c_char {
    static KEPT: std::sync::Mutex<Vec<std::ffi::CString>> = std::sync::Mutex::new(Vec::new());
    let text = std::ffi::CString::new(text).expect("names have no NUL");
    let pointer = text.as_ptr();
    // Kept rather than forgotten, so that a leak checker still sees an owner.
    KEPT.lock().expect("startup runs on one thread").push(text);
    pointer
}

/// Memory of PHP's heap. A debug build is told who asks, for its report of what was lost.
///
/// # Safety
/// As `emalloc`: bails out when there is none.
#[inline(always)]
#[track_caller]
pub unsafe fn emalloc(size: usize) -> *mut c_void {
    // SAFETY: the caller's promise; the name of the file is a C string for ever.
    unsafe {
        #[cfg(not(php_debug))]
        return _emalloc(size);
        #[cfg(php_debug)]
        _emalloc(size, ASKED_BY.as_ptr(), std::panic::Location::caller().line(), std::ptr::null(), 0)
    }
}

/// Gives it back.
///
/// # Safety
/// As `efree`: `memory` is of PHP's heap and nobody uses it any more.
#[inline(always)]
#[track_caller]
pub unsafe fn efree(memory: *mut c_void) {
    // SAFETY: as above.
    unsafe {
        #[cfg(not(php_debug))]
        _efree(memory);
        #[cfg(php_debug)]
        _efree(memory, ASKED_BY.as_ptr(), std::panic::Location::caller().line(), std::ptr::null(), 0);
    }
}

#[cfg(php_debug)]
const ASKED_BY: &std::ffi::CStr = c"swoole.so";

/// The engine's executor globals (`EG`).
#[inline(always)]
pub fn eg() -> *mut zend_executor_globals {
    &raw mut executor_globals
}

/// Whether an exception is pending.
#[inline(always)]
pub fn exception_pending() -> bool {
    // SAFETY: the globals exist for the whole process; NTS builds have one thread that runs PHP.
    unsafe { !(*eg()).exception.is_null() }
}
