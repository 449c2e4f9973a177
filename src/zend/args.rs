//! Arguments of a running handler: taken one after the other, checked and converted as PHP itself does it.
//!
//! The count is checked before the handler runs, from its signature. Types follow the Rust type asked for; the errors
//! are PHP's own (`Foo::bar(): Argument #1 ($x) must be of type int, string given`), and `strict_types` of the caller
//! is respected because the engine's own slow paths do every conversion.

use std::marker::PhantomData;

use super::array::Array;
use super::call::{Callback, NotCallable};
use super::class::ClassEntry;
use super::error::{self, Result, Thrown};
use super::native::Native;
use super::object::Object;
use super::string::Str;
use super::sys;
use super::value::{IntoValue, Kind, Value};

/// One call of a handler: `$this`, the arguments, who called.
///
/// What it hands out lives as long as the call: the engine keeps the frame, its arguments and `$this` until the
/// handler has returned, also while a coroutine is suspended inside it. An argument is handed out once, so converting
/// one in place cannot change another.
#[derive(Debug)]
pub struct Call<'a> {
    frame: *mut sys::zend_execute_data,
    next: u32,
    frame_lifetime: PhantomData<&'a Value>,
}

impl<'a> Call<'a> {
    /// Wraps the frame of a running internal function.
    ///
    /// # Safety
    /// The frame is that of the running function and outlives `'a`; nobody else takes arguments from it.
    #[inline(always)]
    pub(super) unsafe fn new(frame: *mut sys::zend_execute_data) -> Self {
        Self { frame, next: 0, frame_lifetime: PhantomData }
    }

    /// How many arguments were passed.
    #[inline]
    pub fn count(&self) -> usize {
        self.passed() as usize
    }

    /// The next argument, which the signature requires.
    #[inline]
    pub fn arg<T: FromArg<'a>>(&mut self) -> Result<T> {
        match self.take() {
            Some(arg) => T::from_arg(arg),
            None => Err(self.missing()),
        }
    }

    /// The next argument or a default when it was not passed.
    #[inline]
    pub fn arg_or<T: FromArg<'a>>(&mut self, default: T) -> Result<T> {
        match self.take() {
            Some(arg) => T::from_arg(arg),
            None => Ok(default),
        }
    }

    /// The next argument, None when it was not passed (`null` is for the type to judge).
    #[inline]
    pub fn opt<T: FromArg<'a>>(&mut self) -> Result<Option<T>> {
        self.take().map(T::from_arg).transpose()
    }

    /// All remaining arguments (`mixed ...$args`).
    #[inline]
    pub fn rest(&mut self) -> &'a [Value] {
        let first = self.next.min(self.passed());
        self.next = self.passed();
        // SAFETY: arguments lie side by side after the frame and live as long as it; Value is a transparent zval.
        unsafe {
            let start = self.slot(first).cast::<Value>();
            std::slice::from_raw_parts(start, (self.passed() - first) as usize)
        }
    }

    /// `$this`. Panics in a static method, which is the author's mistake.
    #[inline]
    pub fn this(&self) -> &'a Object {
        // SAFETY: `This` is an initialised zval that lives as long as the frame.
        let this = unsafe { &*(&raw const (*self.frame).This).cast::<Value>() };
        this.as_object().expect("an instance method has $this")
    }

    /// The class a static method was called on (`static`), or that of `$this`.
    pub fn called_class(&self) -> Option<ClassEntry> {
        // SAFETY: `This` holds an object, a class entry or nothing, and its type says which.
        unsafe {
            let this = &raw const (*self.frame).This;
            if sys::type_of(this) == sys::IS_OBJECT {
                return Some(self.this().class());
            }
            let entry = (*this).value.ce;
            (!entry.is_null()).then(|| ClassEntry::from_raw(entry))
        }
    }

    /// Marks the place where arguments end wrongly: for unions whose checks need two arguments at once.
    pub fn fail(&self, number: u32, expected: &str) -> Thrown {
        argument_error(ClassEntry::type_error(), number, expected)
    }

    #[inline(always)]
    fn take(&mut self) -> Option<Arg<'a>> {
        if self.next >= self.passed() {
            return None;
        }
        let slot = self.slot(self.next);
        self.next += 1;
        Some(Arg { slot, number: self.next, nullable: false, frame_lifetime: PhantomData })
    }

    #[inline(always)]
    fn passed(&self) -> u32 {
        // SAFETY: the frame is alive; `num_args` is the live view for function frames.
        unsafe { (*self.frame).This.u2.num_args }
    }

    #[inline(always)]
    fn slot(&self, index: u32) -> *mut sys::zval {
        // SAFETY: arguments follow the frame header; callers stay below `passed`.
        unsafe { self.frame.cast::<sys::zval>().add(sys::FRAME_SLOTS + index as usize) }
    }

    #[cold]
    fn missing(&self) -> Thrown {
        throw_count(self.next + 1, u32::MAX)
    }
}

/// Throws PHP's ArgumentCountError for the running function.
#[cold]
pub(super) fn throw_count(min: u32, max: u32) -> Thrown {
    // SAFETY: the engine reads the running function's name from its own globals.
    unsafe { sys::zend_wrong_parameters_count_error(min, max) };
    Thrown::pending()
}

/// One argument that was passed and not yet converted.
#[derive(Debug)]
pub struct Arg<'a> {
    slot: *mut sys::zval,
    number: u32,
    nullable: bool,
    frame_lifetime: PhantomData<&'a Value>,
}

impl<'a> Arg<'a> {
    /// The argument as it is.
    #[inline(always)]
    pub fn value(self) -> &'a Value {
        // SAFETY: the slot lives as long as the frame; `self` is consumed, so it is handed out once.
        unsafe { &*self.slot.cast::<Value>() }
    }

    /// Looks at the argument before deciding what to make of it.
    #[inline(always)]
    pub fn peek(&self) -> &Value {
        // SAFETY: the slot lives as long as the frame, and converting it needs `self` by value.
        unsafe { &*self.slot.cast::<Value>() }
    }

    /// Throws a TypeError: `must be {expected}, {given} given`.
    #[cold]
    pub fn wrong_type(self, expected: &str) -> Thrown {
        if error::is_pending() {
            return Thrown::pending();
        }
        let given = self.peek().type_name();
        argument_error(ClassEntry::type_error(), self.number, &format!("must be {expected}, {given} given"))
    }

    /// Throws a ValueError: the argument `{complaint}`.
    #[cold]
    pub fn wrong_value(self, complaint: &str) -> Thrown {
        argument_error(ClassEntry::value_error(), self.number, complaint)
    }

    #[cold]
    fn mismatch(self, expected: sys::_zend_expected_type) -> Thrown {
        // The nullable variant follows each type in the engine's enumeration.
        let expected = expected + sys::_zend_expected_type::from(self.nullable);
        // SAFETY: the slot is the argument of that number; the engine does nothing if an exception is pending.
        unsafe { sys::zend_wrong_parameter_type_error(self.number, expected, self.slot) };
        Thrown::pending()
    }
}

fn argument_error(class: ClassEntry, number: u32, complaint: &str) -> Thrown {
    let text = std::ffi::CString::new(complaint).unwrap_or_default();
    // SAFETY: the class is registered; format and argument are NUL-terminated and outlive the call.
    unsafe { sys::zend_argument_error(class.as_ptr(), number, c"%s".as_ptr(), text.as_ptr()) };
    Thrown::pending()
}

/// What can be taken from an argument. Classes implement it for their own unions by `peek` and `value`.
pub trait FromArg<'a>: Sized {
    /// Converts as PHP would, or throws what PHP would throw.
    fn from_arg(arg: Arg<'a>) -> Result<Self>;
}

impl<'a> FromArg<'a> for i64 {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        match arg.peek().as_long() {
            Some(long) => Ok(long),
            None => slow_long(arg.slot, arg.number, arg.nullable),
        }
    }
}

/// By its parts, so that an argument that needs no conversion never has to be put together in memory.
#[cold]
fn slow_long(slot: *mut sys::zval, number: u32, nullable: bool) -> Result<i64> {
    let mut long = 0;
    // SAFETY: the slot is the argument of that number; the engine converts or leaves `long` alone and says so.
    if unsafe { sys::zend_parse_arg_long_slow(slot, &raw mut long, number) } {
        return Ok(long);
    }
    let arg = Arg { slot, number, nullable, frame_lifetime: PhantomData };
    Err(arg.mismatch(sys::_zend_expected_type_Z_EXPECTED_LONG))
}

impl<'a> FromArg<'a> for bool {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if let Some(flag) = arg.peek().as_bool() {
            return Ok(flag);
        }
        let mut flag = false;
        // SAFETY: as in `slow_long`.
        if unsafe { sys::zend_parse_arg_bool_slow(arg.slot, &raw mut flag, arg.number) } {
            return Ok(flag);
        }
        Err(arg.mismatch(sys::_zend_expected_type_Z_EXPECTED_BOOL))
    }
}

impl<'a> FromArg<'a> for f64 {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if let Some(double) = arg.peek().as_double() {
            return Ok(double);
        }
        let mut double = 0.0;
        // SAFETY: as in `slow_long`.
        if unsafe { sys::zend_parse_arg_double_slow(arg.slot, &raw mut double, arg.number) } {
            return Ok(double);
        }
        Err(arg.mismatch(sys::_zend_expected_type_Z_EXPECTED_DOUBLE))
    }
}

impl<'a> FromArg<'a> for &'a Str {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if arg.peek().kind() != Kind::String {
            return slow_str(arg);
        }
        Ok(arg.value().as_str().unwrap_or_else(|| unreachable!("the kind was checked")))
    }
}

#[cold]
fn slow_str<'a>(arg: Arg<'a>) -> Result<&'a Str> {
    let mut text = std::ptr::null_mut();
    // SAFETY: as in `slow_long`; the engine stores the converted string in the slot, which owns it.
    if !unsafe { sys::zend_parse_arg_str_slow(arg.slot, &raw mut text, arg.number) } {
        return Err(arg.mismatch(sys::_zend_expected_type_Z_EXPECTED_STRING));
    }
    Ok(arg.value().as_str().unwrap_or_else(|| unreachable!("the engine stored a string")))
}

impl<'a> FromArg<'a> for &'a [u8] {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        <&'a Str>::from_arg(arg).map(Str::as_bytes)
    }
}

impl<'a> FromArg<'a> for Str {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        <&'a Str>::from_arg(arg).cloned()
    }
}

impl<'a> FromArg<'a> for &'a Array {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if arg.peek().kind() != Kind::Array {
            return Err(arg.mismatch(sys::_zend_expected_type_Z_EXPECTED_ARRAY));
        }
        Ok(arg.value().as_array().unwrap_or_else(|| unreachable!("the kind was checked")))
    }
}

impl<'a> FromArg<'a> for &'a Object {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if arg.peek().kind() != Kind::Object {
            return Err(arg.mismatch(sys::_zend_expected_type_Z_EXPECTED_OBJECT));
        }
        Ok(arg.value().as_object().unwrap_or_else(|| unreachable!("the kind was checked")))
    }
}

/// An object of a class with native state: the object and its state.
#[derive(Debug)]
pub struct Instance<'a, T> {
    /// The PHP object.
    pub object: &'a Object,
    /// Its state.
    pub state: &'a T,
}

impl<'a, T: Native> FromArg<'a> for Instance<'a, T> {
    #[inline]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if arg.peek().as_object().and_then(Object::state::<T>).is_none() {
            let nullable = if arg.nullable { "?" } else { "" };
            return Err(arg.wrong_type(&format!("of type {nullable}{}", T::class().name())));
        }
        let object = arg.value().as_object().unwrap_or_else(|| unreachable!("the kind was checked"));
        let state = object.state().unwrap_or_else(|| unreachable!("the state was checked"));
        Ok(Self { object, state })
    }
}

impl<'a> FromArg<'a> for &'a Value {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        Ok(arg.value())
    }
}

impl<'a> FromArg<'a> for Value {
    #[inline(always)]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        Ok(arg.value().unref())
    }
}

impl<'a> FromArg<'a> for Callback {
    #[inline]
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        let (number, nullable) = (arg.number, arg.nullable);
        Callback::resolve(arg.value()).map_err(|reason| not_callable(number, nullable, reason))
    }
}

#[cold]
fn not_callable(number: u32, nullable: bool, reason: NotCallable) -> Thrown {
    // SAFETY: the engine takes the reason, which `resolve` got from it, and frees it.
    unsafe {
        if nullable {
            sys::zend_wrong_callback_or_null_error(number, reason.into_raw());
        } else {
            sys::zend_wrong_callback_error(number, reason.into_raw());
        }
    }
    Thrown::pending()
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline(always)]
    fn from_arg(mut arg: Arg<'a>) -> Result<Self> {
        if arg.peek().is_null() {
            return Ok(None);
        }
        arg.nullable = true;
        T::from_arg(arg).map(Some)
    }
}

/// A by-reference parameter (`&$name`): the caller's variable.
#[derive(Debug)]
pub struct ByRef<'a>(&'a Value);

impl<'a> FromArg<'a> for ByRef<'a> {
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        Ok(Self(arg.value()))
    }
}

impl ByRef<'_> {
    /// What the variable holds now.
    pub fn get(&self) -> Value {
        self.0.unref()
    }

    /// Assigns to the variable; typed properties may refuse with a TypeError.
    pub fn set(&self, value: impl IntoValue) -> Result {
        if self.0.kind() != Kind::Reference {
            return Ok(()); // called with a value where no reference can be made (call_user_func)
        }
        let mut raw = value.into_value().into_raw();
        // SAFETY: the slot holds a reference for the whole call. The new value is stored before the old one is dropped.
        unsafe {
            let reference = (*self.0.as_ptr()).value.ref_;
            if !(*reference).sources.ptr.is_null() {
                sys::zend_try_assign_typed_ref_zval(reference, &raw mut *raw);
                return error::check();
            }
            let target = (&raw mut (*reference).val).cast::<std::mem::ManuallyDrop<sys::zval>>();
            let old = Value::from_raw(target.read());
            target.write(raw);
            drop(old);
        }
        Ok(())
    }
}
