//! How Rust functions become PHP functions: the trampoline every call goes through, and the tables the engine reads.
//!
//! The trampoline is the one place that checks the argument count, catches panics, stores the return value and raises
//! a fatal error that was left for later.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::args::{self, Call};
use super::error::{self, Result};
use super::native::Native;
use super::signature::{Parameter, Signature, Type};
use super::sys;
use super::value::{ANY_TYPE, IntoValue, Value};

/// A Rust function usable as a PHP function: `fn(&mut Call<'_>) -> Result<R>`, or, in a class with native state `T`,
/// `fn(&T, &mut Call<'_>) -> Result<R>`. `Kind` only tells the two apart.
pub trait Handler<T, Kind>: Copy + 'static {
    /// The types that it may return; see [`IntoValue::TYPES`].
    const RETURNS: u32;

    /// Runs the handler.
    fn run(self, call: &mut Call<'_>) -> Result<Value>;
}

/// Marks handlers that do not look at native state.
#[derive(Debug)]
pub struct Bare;

/// Marks handlers that get the native state of `$this`.
#[derive(Debug)]
pub struct Stateful;

impl<T, F, R> Handler<T, (Bare, R)> for F
where
    F: Fn(&mut Call<'_>) -> Result<R> + Copy + 'static,
    R: IntoValue,
{
    const RETURNS: u32 = R::TYPES;

    #[inline(always)]
    fn run(self, call: &mut Call<'_>) -> Result<Value> {
        self(call).map(IntoValue::into_value)
    }
}

impl<T, F, R> Handler<T, (Stateful, R)> for F
where
    T: Native,
    F: Fn(&T, &mut Call<'_>) -> Result<R> + Copy + 'static,
    R: IntoValue,
{
    const RETURNS: u32 = R::TYPES;

    #[inline(always)]
    fn run(self, call: &mut Call<'_>) -> Result<Value> {
        match call.this().state::<T>() {
            Some(state) => self(state, call).map(IntoValue::into_value),
            None => Err(error::error(format_args!("the object has no {} inside", T::class().name()))),
        }
    }
}

type RawHandler = unsafe extern "C" fn(*mut sys::zend_execute_data, *mut sys::zval);

/// Global functions of the module.
#[derive(Debug, Default)]
pub struct Functions(Vec<sys::zend_function_entry>);

impl Functions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function: `.function("swoole_version(): string", version)`.
    #[must_use]
    pub fn function<H: Handler<(), K>, K>(mut self, signature: &str, handler: H) -> Self {
        let signature = Signature::parse(signature);
        self.0.push(entry(&signature, Some(trampoline_of(return_types(&signature), handler)), 0));
        self
    }

    /// Hands the functions to the engine. At module startup only.
    pub fn register(mut self) {
        self.0.push(end());
        // SAFETY: the table ends with a null entry; the engine copies it. Names and argument infos live for ever.
        let outcome = unsafe {
            let (no_scope, own_table) = (std::ptr::null_mut(), std::ptr::null_mut());
            let kind = sys::MODULE_PERSISTENT.cast_signed();
            sys::zend_register_functions(no_scope, self.0.as_ptr(), own_table, kind)
        };
        assert!(outcome == 0, "functions register once");
    }
}

/// The entry of one function or method. `handler` is None for abstract methods.
pub(super) fn entry(
    signature: &Signature<'_>,
    handler: Option<RawHandler>,
    flags: u32,
) -> sys::zend_function_entry {
    // SAFETY: the struct is plain C data whose zero state is valid in every version of PHP (newer ones have more fields).
    let mut entry: sys::zend_function_entry = unsafe { std::mem::zeroed() };
    entry.fname = sys::kept(signature.name);
    entry.handler = handler;
    entry.arg_info = arg_infos(signature);
    entry.num_args = u32::try_from(signature.parameters.len()).expect("few parameters");
    entry.flags = signature.modifiers.iter().fold(flags, |flags, word| flags | modifier(word));
    entry
}

/// The entry that ends a table.
pub(super) fn end() -> sys::zend_function_entry {
    // SAFETY: an all-zero entry is the engine's end mark.
    unsafe { std::mem::zeroed() }
}

/// The access flag of a modifier word.
pub(super) fn modifier(word: &str) -> u32 {
    match word {
        "public" => sys::ZEND_ACC_PUBLIC,
        "protected" => sys::ZEND_ACC_PROTECTED,
        "private" => sys::ZEND_ACC_PRIVATE,
        "static" => sys::ZEND_ACC_STATIC,
        "final" => sys::ZEND_ACC_FINAL,
        "abstract" => sys::ZEND_ACC_ABSTRACT,
        "readonly" => sys::ZEND_ACC_READONLY,
        "deprecated" => sys::ZEND_ACC_DEPRECATED,
        other => panic!("`{other}` is no modifier"),
    }
}

/// The trampoline of a handler. A handler is a function item or a closure without captures: it has no size, so its
/// type alone says which function to run and nothing needs to be stored.
///
/// Panics when the handler may return what the declared types, one bit each, are not.
pub(super) fn trampoline_of<T, H: Handler<T, K>, K>(declared: u32, handler: H) -> RawHandler {
    const { assert!(size_of::<H>() == 0, "handlers capture nothing") };
    let _ = handler;
    let returns = H::RETURNS;
    let kept = returns == ANY_TYPE || returns & !declared == 0 || fits_loosely(declared, returns);
    assert!(kept, "a handler that returns {returns:#x} is declared as {declared:#x}");
    trampoline::<T, H, K>
}

unsafe extern "C" fn trampoline<T, H: Handler<T, K>, K>(
    frame: *mut sys::zend_execute_data,
    result: *mut sys::zval,
) {
    // SAFETY: the engine calls this with the running frame and an initialised (null) return value.
    let outcome = unsafe {
        catch_unwind(AssertUnwindSafe(|| {
            if !count_fits(frame) {
                return Err(wrong_count(frame));
            }
            // Reading a value without size touches no memory, and one existed when the handler was registered.
            let handler: H = std::ptr::NonNull::<H>::dangling().read();
            let value = handler.run(&mut Call::new(frame))?;
            if H::RETURNS == ANY_TYPE && !return_type_fits(frame, &value) {
                return Err(wrong_return(frame, &value));
            }
            result.cast::<std::mem::ManuallyDrop<sys::zval>>().write(value.into_raw());
            Ok(())
        }))
    };
    match outcome {
        Ok(Ok(())) => {}
        // SAFETY: the handler has returned and dropped what it owned; this frame owns nothing.
        Ok(Err(_)) => unsafe { error::raise_pending_fatal() },
        Err(panic) => panicked(panic),
    }
}

/// # Safety
/// `frame` is the running frame of an internal function.
#[inline(always)]
unsafe fn count_fits(frame: *mut sys::zend_execute_data) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let passed = (*frame).This.u2.num_args;
        let common = &raw const (*(*frame).func).common;
        if (*common).fn_flags & sys::ZEND_ACC_VARIADIC != 0 {
            let named = sys::type_info(&raw const (*frame).This) & sys::CALL_HAS_EXTRA_NAMED_PARAMS != 0;
            return passed >= (*common).required_num_args && !named;
        }
        passed >= (*common).required_num_args && passed <= (*common).num_args
    }
}

/// Whether the value is of the declared type, where the handler's own type does not say so. The engine checks that for PHP's functions only, and the JIT compiles
/// callers on the strength of the declaration: a string where an int was declared would be read as a number.
///
/// # Safety
/// `frame` is the running frame of an internal function.
#[inline(always)]
unsafe fn return_type_fits(frame: *mut sys::zend_execute_data, value: &Value) -> bool {
    // SAFETY: the caller's promise; our argument infos begin with the one of the return value.
    unsafe {
        let mask = (*(*(*frame).func).internal_function.arg_info.sub(1)).type_.type_mask;
        let tag = sys::type_of(value.as_ptr());
        mask & 1 << tag != 0 || fits_loosely(mask, 1 << tag)
    }
}

/// The same for types whose bit is not that of their values.
#[inline(never)]
fn fits_loosely(declared: u32, types: u32) -> bool {
    let declared = declared & TYPE_MASK;
    // `void` is what PHP calls a null that nobody asked for.
    let null = if declared & 1 << sys::IS_VOID == 0 { 0 } else { 1 << sys::IS_NULL };
    let object = if declared & OBJECT_TYPES == 0 { 0 } else { 1 << sys::IS_OBJECT };
    declared == 0 || declared & ANYTHING != 0 || types & !(declared | null | object) == 0
}

#[cold]
unsafe fn wrong_return(frame: *mut sys::zend_execute_data, value: &Value) -> error::Thrown {
    // SAFETY: the frame is that of the running function, which has a name; the borrow does not count.
    let name = unsafe {
        let name = (*(*frame).func).common.function_name;
        std::mem::ManuallyDrop::new(super::string::Str::from_raw(name).unwrap_or_default())
    };
    error::error(format_args!(
        "internal error: {}() returns {}, which it does not declare",
        *name,
        value.type_name()
    ))
}

/// # Safety
/// `frame` is the running frame of an internal function.
#[cold]
unsafe fn wrong_count(frame: *mut sys::zend_execute_data) -> error::Thrown {
    // SAFETY: the caller's promise.
    unsafe {
        let common = &raw const (*(*frame).func).common;
        if (*common).fn_flags & sys::ZEND_ACC_VARIADIC == 0 {
            return args::throw_count((*common).required_num_args, (*common).num_args);
        }
        if (*frame).This.u2.num_args < (*common).required_num_args {
            return args::throw_count((*common).required_num_args, u32::MAX);
        }
    }
    let class = super::class::ClassEntry::argument_count_error();
    error::throw(class, "unknown named parameters are not accepted", 0)
}

#[cold]
pub(super) fn panicked(panic: Box<dyn std::any::Any + Send>) {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(text), _) => text,
        (_, Some(text)) => text.as_str(),
        _ => "panic",
    };
    let _ = error::error(format_args!("internal error: {text}"));
}

/// The types a signature declares to return.
pub(super) fn return_types(signature: &Signature<'_>) -> u32 {
    zend_type(signature.returns, 0).type_mask
}

/// The argument infos of a function: the first describes the return value.
fn arg_infos(signature: &Signature<'_>) -> *const sys::zend_internal_arg_info {
    let by_ref = if signature.by_ref { 1 << sys::_ZEND_SEND_MODE_SHIFT } else { 0 };
    let mut infos = vec![sys::zend_internal_arg_info {
        // The engine reads this field as the number of required arguments.
        name: std::ptr::without_provenance(signature.required()),
        type_: zend_type(signature.returns, by_ref),
        default_value: std::ptr::null(),
    }];
    infos.extend(signature.parameters.iter().map(arg_info));
    kept(infos)
}

/// Keeps them for the life of the process. In a list, so that a leak checker sees an owner: the engine frees its
/// function tables first.
fn kept(infos: Vec<sys::zend_internal_arg_info>) -> *const sys::zend_internal_arg_info {
    struct Infos(#[allow(dead_code)] Box<[sys::zend_internal_arg_info]>);
    // SAFETY: they are written before they enter the list and only read by the engine; the list only keeps them.
    unsafe impl Send for Infos {}
    static KEPT: std::sync::Mutex<Vec<Infos>> = std::sync::Mutex::new(Vec::new());
    let infos = infos.into_boxed_slice();
    let pointer = infos.as_ptr();
    KEPT.lock().expect("startup runs on one thread").push(Infos(infos));
    pointer
}

fn arg_info(parameter: &Parameter<'_>) -> sys::zend_internal_arg_info {
    let mut flags = 0;
    if parameter.by_ref {
        flags |= 1 << sys::_ZEND_SEND_MODE_SHIFT;
    }
    if parameter.variadic {
        flags |= sys::_ZEND_IS_VARIADIC_BIT;
    }
    sys::zend_internal_arg_info {
        name: sys::kept(parameter.name),
        type_: zend_type(parameter.type_, flags),
        default_value: parameter.default.map_or(std::ptr::null(), sys::kept),
    }
}

/// A type as argument infos have it: the class names of a union are one C string.
fn zend_type(type_: Option<Type<'_>>, flags: u32) -> sys::zend_type {
    let Some(type_) = type_ else {
        return sys::zend_type { ptr: std::ptr::null_mut(), type_mask: flags };
    };
    let (mask, classes) = split_type(type_);
    if classes.is_empty() {
        return sys::zend_type { ptr: std::ptr::null_mut(), type_mask: mask | flags };
    }
    let classes = sys::kept(&classes.join("|")).cast_mut().cast();
    sys::zend_type { ptr: classes, type_mask: mask | flags | CLASS_NAME }
}

/// `_ZEND_TYPE_MASK`: the bits that are types; above are flags of the argument.
const TYPE_MASK: u32 = (1 << sys::_ZEND_SEND_MODE_SHIFT) - 1;
/// `static` and class names; after registration they are kept as a name.
const OBJECT_TYPES: u32 = 1 << sys::IS_STATIC | CLASS_NAME | sys::_ZEND_TYPE_NAME_BIT | TYPE_LIST_BIT;
/// Types that cannot be told by their values, and `never`, which has none.
const ANYTHING: u32 = 1 << sys::IS_CALLABLE | 1 << sys::IS_NEVER;
/// How argument infos say before registration that a type has class names.
#[cfg(not(php83))]
const CLASS_NAME: u32 = sys::_ZEND_TYPE_NAME_BIT;
#[cfg(php83)]
const CLASS_NAME: u32 = sys::_ZEND_TYPE_LITERAL_NAME_BIT;
/// `_ZEND_TYPE_LIST_BIT`: a union of several class names.
const TYPE_LIST_BIT: u32 = 1 << 22;

/// The mask of PHP's own types and the names of the classes.
pub(super) fn split_type(type_: Type<'_>) -> (u32, Vec<&str>) {
    let mut mask = if type_.nullable { 1 << sys::IS_NULL } else { 0 };
    let mut classes = Vec::new();
    for member in type_.members() {
        mask |= match member {
            "null" => 1 << sys::IS_NULL,
            "bool" => sys::MAY_BE_BOOL,
            "false" => 1 << sys::IS_FALSE,
            "true" => 1 << sys::IS_TRUE,
            "int" => 1 << sys::IS_LONG,
            "float" => 1 << sys::IS_DOUBLE,
            "string" => 1 << sys::IS_STRING,
            "array" => 1 << sys::IS_ARRAY,
            "object" => 1 << sys::IS_OBJECT,
            "callable" => 1 << sys::IS_CALLABLE,
            "mixed" => sys::MAY_BE_ANY,
            "void" => 1 << sys::IS_VOID,
            "never" => 1 << sys::IS_NEVER,
            "static" => 1 << sys::IS_STATIC,
            class => {
                classes.push(class.trim_start_matches('\\'));
                0
            }
        };
    }
    (mask, classes)
}
