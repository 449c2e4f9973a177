//! `Object`: an owned handle to a PHP object: its class, its properties, its native state.

use std::fmt;
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::Relaxed};

use super::class::{Class, ClassEntry};
use super::error::{Result, Thrown};
use super::native::{self, Native};
use super::string::Str;
use super::sys;
use super::value::{IntoValue, Value};

/// An owned reference to a PHP object.
#[repr(transparent)]
pub struct Object(NonNull<sys::zend_object>);

impl Object {
    /// A new object with default properties. The constructor is not run.
    pub fn new(class: impl Into<ClassEntry>) -> Result<Self> {
        let mut raw = sys::zval_of(sys::IS_UNDEF);
        // SAFETY: the class entry is registered; on success the zval owns a new object.
        let outcome = unsafe { sys::object_init_ex(&raw mut *raw, class.into().as_ptr()) };
        if outcome != 0 {
            return Err(Thrown::pending());
        }
        // SAFETY: success means that the zval holds an object and one reference, which moves to us.
        Ok(Self(unsafe { NonNull::new_unchecked(raw.value.obj) }))
    }

    /// A new object of a class with native state.
    pub fn of<T: Native>(state: T) -> Self {
        // SAFETY: the class of `T` is registered at startup and its objects have the layout `allocate` builds.
        unsafe { Self(NonNull::new_unchecked(native::allocate(T::class().entry().as_ptr(), state))) }
    }

    /// The quick way to make an object of a plain class: every declared property at once, in order of declaration.
    ///
    /// Panics when the class has not exactly `N` properties, typed ones, or native state.
    #[inline]
    pub fn with_properties<const N: usize>(class: &'static Class, values: [Value; N]) -> Self {
        let entry = class.entry().as_ptr();
        // SAFETY: the class entry is registered. A plain class has no create_object, so `zend_objects_new` gives an
        // object whose N slots are not initialised; all are written before anything can look at it.
        unsafe {
            let count = (*entry).default_properties_count.cast_unsigned() as usize;
            let plain = (*entry).__bindgen_anon_2.create_object.is_none();
            let untyped = (*entry).ce_flags & sys::ZEND_ACC_HAS_TYPE_HINTS == 0;
            assert!(count == N && plain && untyped, "{} is not that plain", class.name());
            let object = sys::zend_objects_new(entry);
            let slots = (&raw mut (*object).properties_table).cast::<std::mem::ManuallyDrop<sys::zval>>();
            for (index, value) in values.into_iter().enumerate() {
                slots.add(index).write(value.into_raw());
            }
            Self(NonNull::new_unchecked(object))
        }
    }

    /// The object's class.
    #[inline]
    pub fn class(&self) -> ClassEntry {
        // SAFETY: the object is alive and always has a class.
        unsafe { ClassEntry::from_raw((*self.0.as_ptr()).ce) }
    }

    /// Whether the object is of this class or of one derived from it.
    #[inline]
    pub fn is(&self, class: impl Into<ClassEntry>) -> bool {
        self.class().is(class)
    }

    /// The number PHP shows as `#1` in var_dump.
    pub fn handle(&self) -> u32 {
        // SAFETY: the object is alive.
        unsafe { (*self.0.as_ptr()).handle }
    }

    /// The native state, if this object has one of type `T`.
    #[inline]
    pub fn state<T: Native>(&self) -> Option<&T> {
        // SAFETY: the object is alive while `self` is borrowed; `native` checks that its layout is that of `T`.
        unsafe { native::state_of::<T>(self.0.as_ptr()) }
    }

    /// Reads a declared property by its slot. Null when unset or not of the slot's class.
    #[inline]
    pub fn get(&self, slot: &Slot) -> Value {
        match slot.locate(self) {
            // SAFETY: `locate` returns an initialised slot inside the live object.
            Some(zv) => unsafe { Value::copy_from(sys::deref(zv)) },
            None => Value::null(),
        }
    }

    /// Writes a declared property by its slot, as the engine would (references are written through).
    ///
    /// Nothing happens when the object is not of the slot's class. A typed property refuses other types: the TypeError
    /// is then pending.
    #[inline]
    pub fn set(&self, slot: &Slot, value: impl IntoValue) {
        let Some(zv) = slot.locate(self) else { return };
        if let Some(name) = slot.typed.get() {
            let _ = self.write(name, value);
            return;
        }
        let mut raw = value.into_value().into_raw();
        // SAFETY: `zv` is a slot of the live object. The new value is stored before the old one is dropped, because
        // that may run a destructor which looks at this object.
        unsafe {
            if sys::type_of(zv) == sys::IS_REFERENCE && !(*(*zv).value.ref_).sources.ptr.is_null() {
                sys::zend_try_assign_typed_ref_zval((*zv).value.ref_, &raw mut *raw);
                return;
            }
            let target = sys::deref(zv).cast::<std::mem::ManuallyDrop<sys::zval>>();
            let old = Value::from_raw(target.read());
            target.write(raw);
            drop(old);
        }
    }

    /// Reads a property by name, through `__get` and visibility as its own class would.
    pub fn read(&self, name: &str) -> Result<Value> {
        let mut hold = sys::zval_of(sys::IS_UNDEF);
        // SAFETY: the object is alive; `hold` is room for a computed value, which we then own.
        unsafe {
            let object = self.0.as_ptr();
            let (text, len) = (name.as_ptr().cast(), name.len());
            let found = sys::zend_read_property((*object).ce, object, text, len, true, &raw mut *hold);
            let value = Value::copy_from(sys::deref(found));
            if std::ptr::eq(found, &raw const *hold) {
                drop(Value::from_raw(hold));
            }
            super::error::check().map(|()| value)
        }
    }

    /// Writes a property by name, as its own class would.
    pub fn write(&self, name: &str, value: impl IntoValue) -> Result {
        let value = value.into_value();
        // SAFETY: the object is alive; the engine adds its own reference to the value.
        unsafe {
            let object = self.0.as_ptr();
            let (text, len) = (name.as_ptr().cast(), name.len());
            sys::zend_update_property((*object).ce, object, text, len, value.as_ptr());
        }
        super::error::check()
    }

    /// Calls a method by name.
    pub fn call(&self, method: &str, args: &[Value]) -> Result<Value> {
        let callable = [self.clone().into_value(), method.into_value()];
        let callable = callable.into_iter().collect::<super::array::Array>();
        super::call::Callback::new(&callable.into_value())?.call(args)
    }

    /// The engine's pointer; `self` keeps its reference.
    #[inline(always)]
    pub(super) fn as_ptr(&self) -> *mut sys::zend_object {
        self.0.as_ptr()
    }

    /// The engine's pointer together with our reference.
    pub(super) fn into_ptr(self) -> *mut sys::zend_object {
        let object = self.0.as_ptr();
        std::mem::forget(self);
        object
    }

    /// A counted handle to the object at `object`; None for null.
    ///
    /// # Safety
    /// A non-null pointer is a live object.
    pub(super) unsafe fn copy_from(object: *mut sys::zend_object) -> Option<Self> {
        let object = NonNull::new(object)?;
        // SAFETY: the caller's promise.
        unsafe { (*object.as_ptr()).gc.refcount += 1 };
        Some(Self(object))
    }
}

impl Clone for Object {
    #[inline]
    fn clone(&self) -> Self {
        // SAFETY: the object is alive.
        unsafe { (*self.0.as_ptr()).gc.refcount += 1 };
        Self(self.0)
    }
}

impl Drop for Object {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: we own one reference.
        unsafe { sys::ext_php_rs_zend_object_release(self.0.as_ptr()) };
    }
}

impl PartialEq for Object {
    /// PHP's `===`: the same object.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Object {}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.class().name(), self.handle())
    }
}

impl IntoValue for Object {
    const TYPES: u32 = 1 << sys::IS_OBJECT;

    #[inline]
    fn into_value(self) -> Value {
        let mut raw = sys::zval_of(sys::IS_OBJECT_EX);
        raw.value.obj = self.into_ptr();
        Value::from_raw(raw)
    }
}

impl IntoValue for &Object {
    const TYPES: u32 = 1 << sys::IS_OBJECT;

    #[inline]
    fn into_value(self) -> Value {
        self.clone().into_value()
    }
}

impl From<Object> for Value {
    #[inline]
    fn from(object: Object) -> Value {
        object.into_value()
    }
}

/// Where a declared property lives inside the objects of its class. A static of the class's file, filled when the
/// class is registered; reading through it is one comparison and one load.
#[derive(Debug)]
pub struct Slot {
    class: AtomicPtr<sys::zend_class_entry>,
    offset: AtomicU32,
    /// The property's name if it has a type, which the engine has to check: the JIT relies on it.
    typed: OnceLock<&'static str>,
}

impl Slot {
    /// A slot to hand to `ClassBuilder::slot`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        let class = AtomicPtr::new(std::ptr::null_mut());
        Self { class, offset: AtomicU32::new(0), typed: OnceLock::new() }
    }

    /// Remembers where the engine put the property.
    pub(super) fn bind(&self, class: *mut sys::zend_class_entry, offset: u32, typed: Option<&'static str>) {
        if let Some(name) = typed {
            let _ = self.typed.set(name);
        }
        self.offset.store(offset, Relaxed);
        self.class.store(class, Relaxed);
    }

    /// The property's zval inside `object`, or None when the object is of another class.
    #[inline(always)]
    fn locate(&self, object: &Object) -> Option<*mut sys::zval> {
        let class = self.class.load(Relaxed);
        // SAFETY: the object is alive. Declared properties keep their offset in derived classes, so an object of the
        // slot's class or of a derived one has the property at that offset.
        unsafe {
            let entry = (*object.as_ptr()).ce;
            let of_class = std::ptr::eq(entry, class)
                || (!class.is_null() && sys::instanceof_function_slow(entry, class));
            of_class.then(|| object.as_ptr().byte_add(self.offset.load(Relaxed) as usize).cast())
        }
    }
}

/// A class name as PHP has it.
pub(super) fn class_name(entry: *mut sys::zend_class_entry) -> String {
    // SAFETY: class entries live at least as long as the request and always have a name; the borrow does not count.
    let name = unsafe { std::mem::ManuallyDrop::new(Str::from_raw((*entry).name).unwrap_or_default()) };
    name.to_text().into_owned()
}
