//! `Array`: an owned PHP array, to build results and to read settings. Copy on write like PHP's own.

use std::fmt;
use std::ptr::NonNull;

use super::string::Str;
use super::sys;
use super::value::{IntoValue, Value};

/// An owned reference to a PHP array.
#[repr(transparent)]
pub struct Array(NonNull<sys::HashTable>);

/// The key of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// An integer key.
    Index(i64),
    /// A string key.
    Name(Str),
}

impl Key {
    /// The key as bytes, if it is a string.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Key::Name(name) => Some(name.as_bytes()),
            Key::Index(_) => None,
        }
    }
}

impl IntoValue for Key {
    const TYPES: u32 = 1 << sys::IS_LONG | 1 << sys::IS_STRING;

    fn into_value(self) -> Value {
        match self {
            Key::Index(index) => index.into_value(),
            Key::Name(name) => name.into_value(),
        }
    }
}

impl Array {
    /// An empty array.
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// An empty array with room for `capacity` elements.
    pub fn with_capacity(capacity: usize) -> Self {
        let capacity = u32::try_from(capacity).unwrap_or(u32::MAX / 2);
        // SAFETY: the engine allocates or bails out; the new array carries one reference, which is ours.
        unsafe { Self(NonNull::new_unchecked(sys::_zend_new_array(capacity))) }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        // SAFETY: our reference keeps the table alive.
        unsafe { sys::zend_array_count(self.0.as_ptr()) as usize }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends with the next integer key.
    pub fn push(&mut self, value: impl IntoValue) {
        let table = self.separate();
        let mut raw = value.into_value().into_raw();
        // SAFETY: the table is ours alone; it takes the value's reference over unless it is full (null is returned).
        unsafe {
            if sys::zend_hash_next_index_insert(table, &raw mut *raw).is_null() {
                drop(Value::from_raw(raw));
            }
        }
    }

    /// Sets the element of a string key. Keys that look like integers become integers, as in PHP.
    pub fn set(&mut self, key: &str, value: impl IntoValue) {
        self.set_bytes(key.as_bytes(), value);
    }

    /// Sets the element of a byte-string key.
    pub fn set_bytes(&mut self, key: &[u8], value: impl IntoValue) {
        if let Some(index) = integer_key(key) {
            return self.set_index(index, value);
        }
        let table = self.separate();
        let mut raw = value.into_value().into_raw();
        // SAFETY: the table is ours alone, copies the key and takes the value's reference over.
        unsafe {
            sys::zend_hash_str_update(table, key.as_ptr().cast(), key.len(), &raw mut *raw);
        }
    }

    /// Sets the element of an integer key.
    pub fn set_index(&mut self, index: i64, value: impl IntoValue) {
        let table = self.separate();
        let mut raw = value.into_value().into_raw();
        // SAFETY: the table is ours alone and takes the value's reference over.
        unsafe {
            sys::zend_hash_index_update(table, index.cast_unsigned(), &raw mut *raw);
        }
    }

    /// Sets the element of a key taken from another array.
    pub fn set_key(&mut self, key: &Key, value: impl IntoValue) {
        match key {
            Key::Index(index) => self.set_index(*index, value),
            Key::Name(name) => self.set_bytes(name.as_bytes(), value),
        }
    }

    /// Removes the element of a string key.
    pub fn remove(&mut self, key: &str) {
        let table = self.separate();
        // SAFETY: the table is ours alone; a missing key is reported, not an error.
        unsafe {
            match integer_key(key.as_bytes()) {
                Some(index) => sys::zend_hash_index_del(table, index.cast_unsigned()),
                None => sys::zend_hash_str_del(table, key.as_ptr().cast(), key.len()),
            };
        }
    }

    /// The element of a string key.
    pub fn get(&self, key: &str) -> Option<Value> {
        self.get_bytes(key.as_bytes())
    }

    /// The element of a byte-string key.
    pub fn get_bytes(&self, key: &[u8]) -> Option<Value> {
        if let Some(index) = integer_key(key) {
            return self.get_index(index);
        }
        // SAFETY: the table is alive; what is found is copied before anything else can run.
        unsafe { found(sys::zend_hash_str_find(self.0.as_ptr(), key.as_ptr().cast(), key.len())) }
    }

    /// The element of an integer key.
    pub fn get_index(&self, index: i64) -> Option<Value> {
        // SAFETY: the table is alive; what is found is copied before anything else can run.
        unsafe { found(sys::zend_hash_index_find(self.0.as_ptr(), index.cast_unsigned())) }
    }

    /// The elements in order, references followed. The array cannot change meanwhile: we hold a reference to it.
    pub fn iter(&self) -> Iter {
        let mut position = 0;
        let table = self.clone();
        // SAFETY: the table is alive and `position` is a plain out-parameter.
        unsafe { sys::zend_hash_internal_pointer_reset_ex(table.0.as_ptr(), &raw mut position) };
        Iter { table, position }
    }

    /// The values in order.
    pub fn values(&self) -> impl Iterator<Item = Value> + use<> {
        self.iter().map(|(_, value)| value)
    }

    /// Makes sure that nobody else sees what we write.
    fn separate(&mut self) -> *mut sys::HashTable {
        let table = self.0.as_ptr();
        // SAFETY: the table is alive; a shared or immutable one is duplicated, and our reference moves to the copy.
        unsafe {
            let counted = (*table).gc.u.type_info & sys::GC_IMMUTABLE == 0;
            if !counted || (*table).gc.refcount > 1 {
                let copy = NonNull::new_unchecked(sys::zend_array_dup(table));
                if counted {
                    (*table).gc.refcount -= 1;
                }
                self.0 = copy;
            }
        }
        self.0.as_ptr()
    }

    #[inline(always)]
    fn type_info(&self) -> u32 {
        // SAFETY: the table is alive.
        let immutable = unsafe { (*self.0.as_ptr()).gc.u.type_info & sys::GC_IMMUTABLE != 0 };
        if immutable { sys::IS_ARRAY } else { sys::IS_ARRAY_EX }
    }
}

/// Copies what a lookup found; an INDIRECT slot (symbol tables) is followed.
///
/// # Safety
/// `zv` is null or points to an initialised zval.
unsafe fn found(zv: *mut sys::zval) -> Option<Value> {
    // SAFETY: the caller's promise.
    unsafe {
        if zv.is_null() {
            return None;
        }
        let zv = if sys::type_of(zv) == sys::IS_INDIRECT { (*zv).value.zv } else { zv };
        (sys::type_of(zv) != sys::IS_UNDEF).then(|| Value::copy_from(sys::deref(zv)))
    }
}

/// PHP's rule: "12" is the integer key 12, "012", "+1" and "-0" are not.
fn integer_key(key: &[u8]) -> Option<i64> {
    let digits = key.strip_prefix(b"-").unwrap_or(key);
    let canonical = match digits {
        [b'0'] => key.len() == 1,
        [b'1'..=b'9', ..] => digits.len() <= 19 && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    // PHP leaves the most negative integer a string.
    std::str::from_utf8(key).ok()?.parse().ok().filter(|&index| index != i64::MIN)
}

/// Iterates over an array by holding a reference to it.
#[derive(Debug)]
pub struct Iter {
    table: Array,
    position: u32,
}

impl Iterator for Iter {
    type Item = (Key, Value);

    fn next(&mut self) -> Option<Self::Item> {
        let table = self.table.0.as_ptr();
        // SAFETY: the table is alive and unchanged (copy on write: we hold a reference); position came from the engine.
        unsafe {
            let value = found(sys::zend_hash_get_current_data_ex(table, &raw mut self.position))?;
            let mut name = std::ptr::null_mut();
            let mut index = 0u64;
            sys::zend_hash_get_current_key_ex(table, &raw mut name, &raw mut index, &raw const self.position);
            let key = if name.is_null() {
                Key::Index(index.cast_signed())
            } else {
                let borrowed = std::mem::ManuallyDrop::new(Str::from_raw(name).unwrap_or_default());
                Key::Name(Str::clone(&borrowed))
            };
            sys::zend_hash_move_forward_ex(table, &raw mut self.position);
            Some((key, value))
        }
    }
}

impl Clone for Array {
    fn clone(&self) -> Self {
        if self.type_info() == sys::IS_ARRAY_EX {
            // SAFETY: the table is alive and counted.
            unsafe { (*self.0.as_ptr()).gc.refcount += 1 };
        }
        Self(self.0)
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        let mut raw = sys::zval_of(self.type_info());
        raw.value.arr = self.0.as_ptr();
        drop(Value::from_raw(raw));
    }
}

impl Default for Array {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Array({})", self.len())
    }
}

impl IntoValue for Array {
    const TYPES: u32 = 1 << sys::IS_ARRAY;

    fn into_value(self) -> Value {
        let mut raw = sys::zval_of(self.type_info());
        raw.value.arr = self.0.as_ptr();
        std::mem::forget(self);
        Value::from_raw(raw)
    }
}

impl IntoValue for &Array {
    const TYPES: u32 = 1 << sys::IS_ARRAY;

    fn into_value(self) -> Value {
        self.clone().into_value()
    }
}

impl From<Array> for Value {
    fn from(array: Array) -> Value {
        array.into_value()
    }
}

impl<T: IntoValue> FromIterator<T> for Array {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut array = Array::new();
        items.into_iter().for_each(|item| array.push(item));
        array
    }
}
