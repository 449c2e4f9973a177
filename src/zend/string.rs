//! `Str`: an owned PHP string (bytes, not text). Used wherever payloads cross between PHP and Rust without a copy.

use std::fmt;
use std::ptr::NonNull;

use super::sys;
use super::value::{IntoValue, Value};

/// An owned reference to a PHP string. The bytes of a shared PHP string never change.
#[repr(transparent)]
pub struct Str(NonNull<sys::zend_string>);

impl Str {
    /// Copies `bytes` into a new PHP string. Strings of 0 and 1 byte are the engine's own shared ones.
    #[inline]
    pub fn new(bytes: &[u8]) -> Self {
        // SAFETY: pointer and length describe `bytes`; the engine copies them and never returns null.
        unsafe {
            let raw = sys::ext_php_rs_zend_string_init(bytes.as_ptr().cast(), bytes.len(), false);
            Self(NonNull::new_unchecked(raw))
        }
    }

    /// Joins `parts` and lets `edit` change the result in place, before anybody else sees it: a frame is put together
    /// and masked without a second buffer.
    pub fn join(parts: &[&[u8]], edit: impl FnOnce(&mut [u8])) -> Self {
        let len = parts.iter().map(|part| part.len()).sum::<usize>();
        if len <= 1 {
            let mut small = parts.concat();
            edit(&mut small);
            return Self::new(&small);
        }
        let size = (HEADER + len + 1).next_multiple_of(8);
        // SAFETY: emalloc returns `size` bytes or bails out; header, bytes and the closing NUL fit by construction, the
        // parts fill exactly `len` bytes, and the string is complete before `edit` or anybody else sees it.
        unsafe {
            let raw = sys::emalloc(size).cast::<sys::zend_string>();
            (*raw).gc.refcount = 1;
            (*raw).gc.u.type_info = sys::IS_STRING | GC_NOT_COLLECTABLE;
            (*raw).h = 0;
            (*raw).len = len;
            let bytes = raw.byte_add(HEADER).cast::<u8>();
            let mut end = bytes;
            for part in parts {
                end.copy_from_nonoverlapping(part.as_ptr(), part.len());
                end = end.add(part.len());
            }
            end.write(0);
            let text = Self(NonNull::new_unchecked(raw));
            edit(std::slice::from_raw_parts_mut(bytes, len));
            text
        }
    }

    /// The bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: our reference keeps the string alive and PHP separates a shared string before it writes to it.
        unsafe {
            let raw = self.0.as_ptr();
            std::slice::from_raw_parts(raw.byte_add(HEADER).cast(), (*raw).len)
        }
    }

    /// The text, with anything that is not UTF-8 replaced.
    pub fn to_text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// Whether the string has no bytes.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The engine's pointer; `self` keeps its reference.
    #[inline]
    pub(super) fn as_ptr(&self) -> *mut sys::zend_string {
        self.0.as_ptr()
    }

    /// Takes over one reference; None for a null pointer.
    ///
    /// # Safety
    /// A non-null `raw` is a live string and the caller gives one reference away.
    #[inline]
    pub(super) unsafe fn from_raw(raw: *mut sys::zend_string) -> Option<Self> {
        NonNull::new(raw).map(Self)
    }

    /// Interned strings are shared for ever and not counted.
    #[inline(always)]
    fn is_interned(&self) -> bool {
        // SAFETY: the string is alive.
        unsafe { (*self.0.as_ptr()).gc.u.type_info & sys::GC_IMMUTABLE != 0 }
    }
}

impl Clone for Str {
    #[inline]
    fn clone(&self) -> Self {
        if !self.is_interned() {
            // SAFETY: the string is alive and counted.
            unsafe { (*self.0.as_ptr()).gc.refcount += 1 };
        }
        Self(self.0)
    }
}

impl Drop for Str {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: we own one reference; the engine leaves interned strings alone.
        unsafe { sys::ext_php_rs_zend_string_release(self.0.as_ptr()) };
    }
}

impl Default for Str {
    fn default() -> Self {
        Self::new(b"")
    }
}

impl AsRef<[u8]> for Str {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Str {}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

impl IntoValue for Str {
    const TYPES: u32 = 1 << sys::IS_STRING;

    #[inline]
    fn into_value(self) -> Value {
        // An interned string stored as a counted one would be decremented and freed: the first one-byte payload
        // would crash the process.
        let kind = if self.is_interned() { sys::INTERNED } else { sys::IS_STRING_EX };
        let mut raw = sys::zval_of(kind);
        raw.value.str_ = self.0.as_ptr();
        std::mem::forget(self);
        Value::from_raw(raw)
    }
}

impl IntoValue for &Str {
    const TYPES: u32 = 1 << sys::IS_STRING;

    #[inline]
    fn into_value(self) -> Value {
        self.clone().into_value()
    }
}

impl From<Str> for Value {
    #[inline]
    fn from(text: Str) -> Value {
        text.into_value()
    }
}

/// The hash by which the engine finds keys.
pub fn hash(bytes: &[u8]) -> i64 {
    // SAFETY: pointer and length describe the bytes, which are only read.
    unsafe { sys::zend_hash_func(bytes.as_ptr().cast(), bytes.len()) }.cast_signed()
}

/// Where the bytes begin.
pub(super) const HEADER: usize = std::mem::offset_of!(sys::zend_string, val);
/// `GC_NOT_COLLECTABLE`: a string cannot be part of a cycle.
pub(super) const GC_NOT_COLLECTABLE: u32 = 1 << 4;
