//! What PHP itself does with request variables: the array syntax of names (`a[]=1`, `a[b][c]=2`) and the list of
//! uploaded files that `is_uploaded_file` and `move_uploaded_file` trust.

use std::ffi::{CString, c_char};

use super::array::Array;
use super::string::Str;
use super::sys;
use super::value::{IntoValue, Value};

unsafe extern "C" {
    fn php_register_variable_ex(name: *const c_char, value: *mut sys::zval, track: *mut sys::zval);
    fn ext_php_rs_sapi_globals() -> *mut sys::sapi_globals_struct;
    fn _zend_hash_init(
        table: *mut sys::HashTable,
        size: u32,
        destructor: Option<unsafe extern "C" fn(*mut sys::zval)>,
        persistent: bool,
    );
    fn zval_ptr_dtor(value: *mut sys::zval);
    fn zend_hash_str_update(
        table: *mut sys::HashTable,
        key: *const c_char,
        len: usize,
        value: *mut sys::zval,
    ) -> *mut sys::zval;
    fn zend_hash_str_del(table: *mut sys::HashTable, key: *const c_char, len: usize) -> std::ffi::c_int;
}

/// Stores a variable as PHP stores `$_GET`: brackets in the name make arrays, dots and blanks become underscores. A name
/// ends at its first NUL, as it does for PHP.
pub fn register_variable(array: &mut Array, name: &[u8], value: impl IntoValue) {
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    let Ok(name) = CString::new(&name[..end]) else { return };
    let mut value = value.into_value().into_raw();
    let mut track = std::mem::take(array).into_value().into_raw();
    // SAFETY: the name is NUL-terminated and copied; the value's reference is handed over; the array is a zval of our
    // own with the only reference to its table.
    unsafe {
        php_register_variable_ex(name.as_ptr(), &raw mut *value, &raw mut *track);
        *array = Value::from_raw(track).as_array().cloned().unwrap_or_default();
    }
}

/// Tells PHP that a file was uploaded, until [`forget_upload`].
pub fn remember_upload(path: &[u8]) {
    // SAFETY: the table belongs to the request, which frees it; it is made and filled as PHP's own
    // upload handler does it, because the engine unlinks what is left in it at the end: string values that it owns.
    unsafe {
        let globals = ext_php_rs_sapi_globals();
        if (*globals).rfc1867_uploaded_files.is_null() {
            let table = sys::emalloc(size_of::<sys::HashTable>()).cast::<sys::HashTable>();
            _zend_hash_init(table, 8, Some(zval_ptr_dtor), false);
            (*globals).rfc1867_uploaded_files = table;
        }
        let mut name = text(path).into_raw();
        zend_hash_str_update(
            (*globals).rfc1867_uploaded_files,
            path.as_ptr().cast(),
            path.len(),
            &raw mut *name,
        );
    }
}

/// Takes a file off the list; true when it was still on it, so that nobody has moved it away.
pub fn forget_upload(path: &[u8]) -> bool {
    // SAFETY: the table, if there is one, belongs to the request; the key is only read.
    unsafe {
        let table = (*ext_php_rs_sapi_globals()).rfc1867_uploaded_files;
        !table.is_null() && zend_hash_str_del(table, path.as_ptr().cast(), path.len()) == 0
    }
}

/// The most variables of one kind that a request may bring (`max_input_vars`).
pub fn variables_max() -> usize {
    usize::try_from(super::ini::long("max_input_vars")).unwrap_or(1000)
}

/// A PHP string of bytes, for values that are only sometimes strings.
pub fn text(bytes: &[u8]) -> Value {
    Str::new(bytes).into_value()
}
