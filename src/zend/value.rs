//! `Value`: one owned PHP value with its reference count. Not a view into PHP's variables: it never changes behind
//! the owner's back. Every class in `src/php` passes these around.

use std::fmt;
use std::mem::ManuallyDrop;

use super::array::Array;
use super::error::{Result, Thrown};
use super::object::Object;
use super::string::Str;
use super::sys;

/// An owned PHP value. Cloning adds a reference, dropping removes one.
#[repr(transparent)]
pub struct Value(ManuallyDrop<sys::zval>);

/// What a [`Value`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Null, or a variable never set.
    Null,
    /// `true` or `false`.
    Bool,
    /// An integer.
    Long,
    /// A float.
    Double,
    /// A byte string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
    /// A resource such as a stream.
    Resource,
    /// A PHP reference; [`Value::unref`] copies what is behind it.
    Reference,
}

impl Value {
    /// PHP's `null`.
    #[inline(always)]
    pub const fn null() -> Self {
        Self(ManuallyDrop::new(sys::zval {
            value: sys::_zend_value { lval: 0 },
            u1: sys::_zval_struct__bindgen_ty_1 { type_info: sys::IS_NULL },
            u2: sys::_zval_struct__bindgen_ty_2 { extra: 0 },
        }))
    }

    /// The value, or `false` where there is none (many methods return `T|false`).
    pub fn or_false<T: IntoValue>(value: Option<T>) -> Self {
        value.map_or_else(|| false.into_value(), IntoValue::into_value)
    }

    /// What this value holds.
    #[inline]
    pub fn kind(&self) -> Kind {
        match self.tag() {
            sys::IS_FALSE | sys::IS_TRUE => Kind::Bool,
            sys::IS_LONG => Kind::Long,
            sys::IS_DOUBLE => Kind::Double,
            sys::IS_STRING => Kind::String,
            sys::IS_ARRAY => Kind::Array,
            sys::IS_OBJECT => Kind::Object,
            sys::IS_RESOURCE => Kind::Resource,
            sys::IS_REFERENCE => Kind::Reference,
            _ => Kind::Null,
        }
    }

    /// Whether this is null.
    #[inline]
    pub fn is_null(&self) -> bool {
        self.tag() <= sys::IS_NULL
    }

    /// Whether this is exactly `false`.
    #[inline]
    pub fn is_false(&self) -> bool {
        self.tag() == sys::IS_FALSE
    }

    /// The boolean, if this is one.
    #[inline]
    pub fn as_bool(&self) -> Option<bool> {
        match self.tag() {
            sys::IS_FALSE => Some(false),
            sys::IS_TRUE => Some(true),
            _ => None,
        }
    }

    /// The integer, if this is one.
    #[inline]
    pub fn as_long(&self) -> Option<i64> {
        // SAFETY: the tag says which view of the union is live.
        (self.tag() == sys::IS_LONG).then(|| unsafe { self.0.value.lval })
    }

    /// The float, if this is one.
    #[inline]
    pub fn as_double(&self) -> Option<f64> {
        // SAFETY: the tag says which view of the union is live.
        (self.tag() == sys::IS_DOUBLE).then(|| unsafe { self.0.value.dval })
    }

    /// The string, if this is one; no conversion and no copy.
    #[inline]
    pub fn as_str(&self) -> Option<&Str> {
        // SAFETY: `Str` is a transparent pointer to a zend_string and the tag says that the union holds one;
        // the borrow of `self` keeps the reference count above zero.
        (self.tag() == sys::IS_STRING).then(|| unsafe { &*(&raw const self.0.value).cast::<Str>() })
    }

    /// The bytes, if this is a string.
    #[inline]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        self.as_str().map(Str::as_bytes)
    }

    /// The array, if this is one.
    #[inline]
    pub fn as_array(&self) -> Option<&Array> {
        // SAFETY: as in `as_str`, for `Array` and the array tag.
        (self.tag() == sys::IS_ARRAY).then(|| unsafe { &*(&raw const self.0.value).cast::<Array>() })
    }

    /// The object, if this is one.
    #[inline]
    pub fn as_object(&self) -> Option<&Object> {
        // SAFETY: as in `as_str`, for `Object` and the object tag.
        (self.tag() == sys::IS_OBJECT).then(|| unsafe { &*(&raw const self.0.value).cast::<Object>() })
    }

    /// A copy of the value behind a PHP reference (or of this value when it is none).
    #[inline]
    pub fn unref(&self) -> Value {
        // SAFETY: `self` is an initialised zval.
        unsafe { Value::copy_from(sys::deref(self.as_ptr())) }
    }

    /// PHP's `(bool)` conversion.
    pub fn to_bool(&self) -> bool {
        // SAFETY: the engine only reads a scalar; objects may run a cast handler, which does not free `self`.
        unsafe { i64::from(sys::zend_is_true(self.as_ptr())) != 0 }
    }

    /// PHP's `(int)` conversion.
    pub fn to_long(&self) -> i64 {
        match self.as_long() {
            Some(long) => long,
            // SAFETY: `self` is an initialised zval that outlives the call.
            None => unsafe { sys::zval_get_long_func(self.as_ptr(), false) },
        }
    }

    /// PHP's `(float)` conversion.
    pub fn to_double(&self) -> f64 {
        match self.as_double() {
            Some(double) => double,
            // SAFETY: `self` is an initialised zval that outlives the call.
            None => unsafe { sys::zval_get_double_func(self.as_ptr()) },
        }
    }

    /// PHP's `(string)` conversion; runs `__toString`, which may throw.
    pub fn to_str(&self) -> Result<Str> {
        if let Some(text) = self.as_str() {
            return Ok(text.clone());
        }
        // SAFETY: `self` is an initialised zval that outlives the call; the result is owned by us.
        let text = unsafe { sys::zval_try_get_string_func(self.as_ptr()) };
        // SAFETY: a non-null result carries one reference for the caller.
        unsafe { Str::from_raw(text) }.ok_or_else(Thrown::pending)
    }

    /// The name PHP uses for a callable ("foo", "A::b", "Closure::__invoke"), whether it can be called or not.
    pub fn callable_name(&self) -> Str {
        // SAFETY: `self` is an initialised zval; the result is owned by us and never null.
        unsafe { Str::from_raw(sys::zend_get_callable_name(self.as_ptr())) }.unwrap_or_default()
    }

    /// The type's name as PHP prints it in a TypeError.
    pub fn type_name(&self) -> String {
        // SAFETY: `self` is an initialised zval; the engine returns a static or class-owned C string.
        let name = unsafe { std::ffi::CStr::from_ptr(sys::zend_zval_type_name(self.as_ptr())) };
        name.to_string_lossy().into_owned()
    }

    #[inline(always)]
    fn tag(&self) -> u32 {
        // SAFETY: `self` is an initialised zval.
        unsafe { sys::type_of(&raw const *self.0) }
    }

    /// The zval for the engine. It only writes to it where a function is documented to (coercion of arguments).
    #[inline(always)]
    pub(super) fn as_ptr(&self) -> *mut sys::zval {
        (&raw const *self.0).cast_mut()
    }

    /// Gives the zval away with its reference.
    #[inline(always)]
    pub(super) fn into_raw(self) -> ManuallyDrop<sys::zval> {
        // SAFETY: `self` is forgotten right after, so the zval has one owner.
        let raw = unsafe { std::ptr::read(&self.0) };
        std::mem::forget(self);
        raw
    }

    /// Takes over a zval with its reference.
    #[inline(always)]
    pub(super) fn from_raw(raw: ManuallyDrop<sys::zval>) -> Self {
        Self(raw)
    }

    /// A counted copy of the zval at `zv`; undefined becomes null.
    ///
    /// # Safety
    /// `zv` points to an initialised zval.
    #[inline(always)]
    pub(super) unsafe fn copy_from(zv: *const sys::zval) -> Self {
        // SAFETY: the caller's promise; the reference is added before the bits are shared.
        unsafe {
            if sys::type_of(zv) == sys::IS_UNDEF {
                return Self::null();
            }
            sys::add_ref(zv);
            let mut copy: ManuallyDrop<sys::zval> = std::ptr::read(zv.cast());
            copy.u2.extra = 0;
            Self(copy)
        }
    }
}

impl Drop for Value {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: we own one reference of a counted value; this is the only place that gives it back.
        unsafe {
            if sys::is_counted(&raw const *self.0) {
                sys::zval_ptr_dtor(&raw mut *self.0);
            }
        }
    }
}

impl Clone for Value {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: `self` is an initialised zval.
        unsafe { Self::copy_from(self.as_ptr()) }
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::null()
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Long => write!(f, "{}", self.to_long()),
            Kind::Double => write!(f, "{}", self.to_double()),
            Kind::Bool => write!(f, "{}", self.to_bool()),
            Kind::String => write!(f, "{:?}", self.as_str()),
            other => write!(f, "{other:?}"),
        }
    }
}

/// What a handler may return and what may be stored in PHP.
pub trait IntoValue {
    /// The types of what it becomes, one bit each; [`ANY_TYPE`] where only the value itself can tell.
    const TYPES: u32;

    /// Converts, giving the reference away.
    fn into_value(self) -> Value;
}

macro_rules! into_value {
    ($($type:ty: $types:expr, $self:ident => $value:expr;)*) => {$(
        impl IntoValue for $type {
            const TYPES: u32 = $types;

            #[inline(always)]
            fn into_value($self) -> Value {
                $value
            }
        }
        impl From<$type> for Value {
            #[inline]
            fn from(value: $type) -> Value {
                value.into_value()
            }
        }
    )*};
}

into_value! {
    (): NULL, self => Value::null();
    bool: sys::MAY_BE_BOOL, self => Value::from_raw(sys::zval_of(if self { sys::IS_TRUE } else { sys::IS_FALSE }));
    i64: LONG, self => {
        let mut raw = sys::zval_of(sys::IS_LONG);
        raw.value.lval = self;
        Value::from_raw(raw)
    };
    i32: LONG, self => i64::from(self).into_value();
    u8: LONG, self => i64::from(self).into_value();
    u16: LONG, self => i64::from(self).into_value();
    u32: LONG, self => i64::from(self).into_value();
    // PHP has no unsigned 64-bit integers: counters above i64::MAX stay there.
    u64: LONG, self => i64::try_from(self).unwrap_or(i64::MAX).into_value();
    usize: LONG, self => i64::try_from(self).unwrap_or(i64::MAX).into_value();
    f64: 1 << sys::IS_DOUBLE, self => {
        let mut raw = sys::zval_of(sys::IS_DOUBLE);
        raw.value.dval = self;
        Value::from_raw(raw)
    };
    &str: STRING, self => Str::new(self.as_bytes()).into_value();
    String: STRING, self => Str::new(self.as_bytes()).into_value();
    &[u8]: STRING, self => Str::new(self).into_value();
    Vec<u8>: STRING, self => Str::new(&self).into_value();
}

const NULL: u32 = 1 << sys::IS_NULL;
const LONG: u32 = 1 << sys::IS_LONG;
const STRING: u32 = 1 << sys::IS_STRING;
/// See [`IntoValue::TYPES`].
pub const ANY_TYPE: u32 = sys::MAY_BE_ANY;

impl IntoValue for Value {
    const TYPES: u32 = ANY_TYPE;

    #[inline]
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for &Value {
    const TYPES: u32 = ANY_TYPE;

    #[inline]
    fn into_value(self) -> Value {
        self.clone()
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    const TYPES: u32 = T::TYPES | NULL;

    #[inline]
    fn into_value(self) -> Value {
        self.map_or_else(Value::null, IntoValue::into_value)
    }
}
