//! Classes: a static per class, a builder that reads like the stub, and handles to classes of others.

use std::cell::UnsafeCell;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicPtr, Ordering::Relaxed};

use super::foreach::{self, Foreach};
use super::function::{self, Handler};
use super::native::{self, Native};
use super::object::{Slot, class_name};
use super::signature::{Literal, Property, Signature};
use super::sys;
use super::value::{IntoValue, Value};

/// A class of this extension, as a static of its file. `T` is the native state of its objects, `()` for none.
#[derive(Debug)]
pub struct Class<T = ()> {
    name: &'static str,
    entry: AtomicPtr<sys::zend_class_entry>,
    handlers: UnsafeCell<MaybeUninit<sys::zend_object_handlers>>,
    install: Option<unsafe fn(*mut sys::zend_class_entry, *mut sys::zend_object_handlers)>,
    state: PhantomData<fn() -> T>,
}

// SAFETY: the handlers are written once, at module startup, on the only thread that ever runs PHP (NTS builds).
unsafe impl<T> Sync for Class<T> {}

impl Class {
    /// A class whose objects are properties only.
    pub const fn new(name: &'static str) -> Self {
        Self::with_install(name, None)
    }
}

impl<T: Native> Class<T> {
    /// A class whose objects carry a `T`; so do those of every class derived from it.
    pub const fn native(name: &'static str) -> Self {
        Self::with_install(name, Some(native::install::<T>))
    }

    /// A class that inherits its state: it must extend the class of `T`, and its methods get the same `&T`.
    pub const fn derived(name: &'static str) -> Self {
        Self::with_install(name, None)
    }
}

impl<T> Class<T> {
    const fn with_install(
        name: &'static str,
        install: Option<unsafe fn(*mut sys::zend_class_entry, *mut sys::zend_object_handlers)>,
    ) -> Self {
        let entry = AtomicPtr::new(std::ptr::null_mut());
        Self { name, entry, handlers: UnsafeCell::new(MaybeUninit::uninit()), install, state: PhantomData }
    }

    /// The full name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The engine's handle. Panics before the class is registered.
    #[inline(always)]
    pub fn entry(&self) -> ClassEntry {
        match NonNull::new(self.entry.load(Relaxed)) {
            Some(entry) => ClassEntry(entry),
            None => panic!("{} is not registered", self.name),
        }
    }

    /// Starts the definition; `ClassBuilder::register` ends it.
    pub fn define(&'static self) -> ClassBuilder<T> {
        ClassBuilder {
            class: self,
            parent: None,
            interfaces: Vec::new(),
            methods: Vec::new(),
            properties: Vec::new(),
            constants: Vec::new(),
            flags: 0,
            deny_unset: false,
            iterate: None,
        }
    }

    /// Gives the class one more name. At module startup only, after `register`.
    pub fn alias(&self, name: &str) {
        // SAFETY: the class is registered; the engine copies the name.
        let outcome = unsafe {
            sys::zend_register_class_alias_ex(name.as_ptr().cast(), name.len(), self.entry().as_ptr(), true)
        };
        assert!(outcome == 0, "the alias {name} is taken");
    }

    #[inline(always)]
    pub(super) fn handlers(&self) -> *const sys::zend_object_handlers {
        self.handlers.get().cast()
    }
}

/// A registered class of anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassEntry(NonNull<sys::zend_class_entry>);

macro_rules! builtin {
    ($($(#[$doc:meta])* $name:ident => $global:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name() -> Self {
            // SAFETY: the engine sets its own classes up before it loads modules.
            unsafe { Self::from_raw(sys::$global) }
        }
    )*};
}

impl ClassEntry {
    builtin! {
        /// PHP's `Exception`.
        exception => zend_ce_exception;
        /// PHP's `Error`.
        error => zend_ce_error;
        /// PHP's `TypeError`.
        type_error => zend_ce_type_error;
        /// PHP's `ValueError`.
        value_error => zend_ce_value_error;
        /// PHP's `ArgumentCountError`.
        argument_count_error => zend_ce_argument_count_error;
        /// PHP's `Throwable`.
        throwable => zend_ce_throwable;
        /// PHP's `Iterator`.
        iterator => zend_ce_iterator;
        /// PHP's `ArrayAccess`.
        array_access => zend_ce_arrayaccess;
        /// PHP's `Countable`.
        countable => zend_ce_countable;
        /// PHP's `Stringable`.
        stringable => zend_ce_stringable;
    }

    /// A class by name: classes of other extensions at module startup (`ArrayObject`), any loaded class later.
    pub fn named(name: &str) -> Option<Self> {
        // SAFETY: the class table exists from startup to shutdown; the engine copies the name to lower it.
        unsafe {
            let table = (*sys::ext_php_rs_compiler_globals()).class_table;
            let found = sys::zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len());
            NonNull::new(found.cast()).map(Self)
        }
    }

    /// A class by name, which autoloaders may bring. An exception of theirs is handed on.
    pub fn load(name: &str) -> super::error::Result<Self> {
        let name = super::string::Str::new(name.as_bytes());
        // SAFETY: the string lives during the call; the engine asks autoloaders and gives a registered class or null.
        let found = NonNull::new(unsafe { sys::zend_lookup_class(name.as_ptr()) });
        super::error::check()?;
        found
            .map(Self)
            .ok_or_else(|| super::error::error(format_args!("Class \"{}\" not found", name.to_text())))
    }

    /// The full name.
    pub fn name(self) -> String {
        class_name(self.as_ptr())
    }

    /// Whether this is `other` or derived from it.
    #[inline]
    pub fn is(self, other: impl Into<ClassEntry>) -> bool {
        let other = other.into();
        // SAFETY: both entries are registered classes.
        self == other || unsafe { sys::instanceof_function_slow(self.as_ptr(), other.as_ptr()) }
    }

    /// # Safety
    /// `entry` is a registered class, not null.
    #[inline(always)]
    pub(super) unsafe fn from_raw(entry: *mut sys::zend_class_entry) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { NonNull::new_unchecked(entry) })
    }

    #[inline(always)]
    pub(super) fn as_ptr(self) -> *mut sys::zend_class_entry {
        self.0.as_ptr()
    }
}

impl<T> From<&'static Class<T>> for ClassEntry {
    #[inline(always)]
    fn from(class: &'static Class<T>) -> Self {
        class.entry()
    }
}

/// Defines a class. Signatures and properties are written as in the stub files.
#[derive(Debug)]
#[must_use = "`register` ends the definition"]
pub struct ClassBuilder<T: 'static> {
    class: &'static Class<T>,
    parent: Option<ClassEntry>,
    interfaces: Vec<ClassEntry>,
    methods: Vec<sys::zend_function_entry>,
    properties: Vec<(&'static str, Option<&'static Slot>)>,
    constants: Vec<(&'static str, Value)>,
    flags: u32,
    deny_unset: bool,
    iterate: Option<unsafe fn(*mut sys::zend_class_entry)>,
}

impl<T> ClassBuilder<T> {
    /// The parent class.
    pub fn extends(mut self, parent: impl Into<ClassEntry>) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// One more interface.
    pub fn implements(mut self, interface: ClassEntry) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// `final class`.
    pub fn final_(mut self) -> Self {
        self.flags |= sys::ZEND_ACC_FINAL;
        self
    }

    /// Refuses `serialize()`. Classes with native state always do.
    pub fn not_serializable(mut self) -> Self {
        self.flags |= sys::ZEND_ACC_NOT_SERIALIZABLE;
        self
    }

    /// Refuses `unset($object->property)`. For classes with native state.
    pub fn deny_unset(mut self) -> Self {
        self.deny_unset = true;
        self
    }

    /// `foreach` walks over the state's own items, without calling methods.
    pub fn foreach(mut self) -> Self
    where
        T: Foreach,
    {
        self.iterate = Some(foreach::install::<T>);
        self
    }

    /// A method: `.method("static pack(Frame|string $data, int $opcode = 1): string", pack)`.
    ///
    /// Without a visibility it is public. In a class with native state the handler may take it as first parameter.
    pub fn method<H: Handler<T, K>, K>(mut self, signature: &'static str, handler: H) -> Self {
        let signature = Signature::parse(signature);
        let trampoline = function::trampoline_of(function::return_types(&signature), handler);
        self.methods.push(method_entry(&signature, Some(trampoline)));
        self
    }

    /// An abstract method; the class cannot be instantiated then.
    pub fn abstract_method(mut self, signature: &'static str) -> Self {
        let mut entry = method_entry(&Signature::parse(signature), None);
        entry.flags |= sys::ZEND_ACC_ABSTRACT;
        self.methods.push(entry);
        self
    }

    /// A declared property: `.property("public $fd = 0")`.
    pub fn property(mut self, declaration: &'static str) -> Self {
        self.properties.push((declaration, None));
        self
    }

    /// A declared property that Rust reads or writes by its slot.
    pub fn slot(mut self, slot: &'static Slot, declaration: &'static str) -> Self {
        self.properties.push((declaration, Some(slot)));
        self
    }

    /// A public class constant.
    pub fn constant(mut self, name: &'static str, value: impl IntoValue) -> Self {
        self.constants.push((name, value.into_value()));
        self
    }

    /// Hands the class to the engine. At module startup only.
    pub fn register(mut self) {
        self.methods.push(function::end());
        let parent = self.parent.map_or(std::ptr::null_mut(), ClassEntry::as_ptr);
        // SAFETY: a zeroed entry with a name and a method table is what the engine expects; it copies the entry and
        // reads the table during this call, while names and argument infos in it live for ever.
        let entry = unsafe {
            let mut entry: Box<sys::zend_class_entry> = Box::new(std::mem::zeroed());
            entry.name = sys::permanent(self.class.name);
            entry.info.internal.builtin_functions = self.methods.as_ptr();
            #[cfg(php83)]
            {
                entry.default_object_handlers = &raw const sys::std_object_handlers;
            }
            sys::zend_register_internal_class_ex(&raw mut *entry, parent)
        };
        assert!(!entry.is_null(), "{} registers once", self.class.name);
        self.install(entry);
        for interface in &self.interfaces {
            // SAFETY: both are registered classes and the list has one member.
            unsafe { sys::zend_class_implements(entry, 1, interface.as_ptr()) };
        }
        if let Some(iterate) = self.iterate {
            // SAFETY: the class of `T` is being defined, and its interfaces have been.
            unsafe { iterate(entry) };
        }
        for (declaration, slot) in &self.properties {
            declare(entry, &Property::parse(declaration), *slot);
        }
        for (name, value) in std::mem::take(&mut self.constants) {
            declare_constant(entry, name, &value);
        }
        self.class.entry.store(entry, Relaxed);
    }

    fn install(&self, entry: *mut sys::zend_class_entry) {
        let handlers = self.class.handlers.get().cast::<sys::zend_object_handlers>();
        // SAFETY: startup runs once, on one thread, before any object exists; the entry is the one just registered.
        unsafe {
            (*entry).info.internal.builtin_functions = std::ptr::null();
            (*entry).ce_flags |= self.flags;
            let Some(install) = self.class.install else {
                assert!(!self.deny_unset, "{} has no handlers of its own", self.class.name);
                return;
            };
            install(entry, handlers);
            (*entry).ce_flags |= sys::ZEND_ACC_NOT_SERIALIZABLE;
            if self.deny_unset {
                (*handlers).unset_property = Some(native::deny_unset);
            }
        }
    }
}

fn method_entry(
    signature: &Signature<'_>,
    handler: Option<unsafe extern "C" fn(*mut sys::zend_execute_data, *mut sys::zval)>,
) -> sys::zend_function_entry {
    let visible = ["public", "protected", "private"].iter().any(|word| signature.modifiers.contains(word));
    function::entry(signature, handler, if visible { 0 } else { sys::ZEND_ACC_PUBLIC })
}

fn declare(entry: *mut sys::zend_class_entry, property: &Property<'static>, slot: Option<&'static Slot>) {
    let access = property.modifiers.iter().fold(0, |flags, word| flags | function::modifier(word));
    let access = if access == 0 { sys::ZEND_ACC_PUBLIC } else { access };
    let mut default = persistent(property.default.map(Literal::parse));
    let mut type_ = sys::zend_type { ptr: std::ptr::null_mut(), type_mask: 0 };
    if let Some(declared) = property.type_ {
        let (mask, classes) = function::split_type(declared);
        type_.type_mask = mask;
        match classes[..] {
            [] => {}
            [class] => {
                type_.ptr = sys::permanent(class).cast();
                type_.type_mask |= sys::_ZEND_TYPE_NAME_BIT;
            }
            _ => panic!("a property of {} may name one class", property.name),
        }
        if property.default.is_none() {
            default = sys::zval_of(sys::IS_UNDEF);
        }
    }
    // SAFETY: the class is being defined; name and default are permanent; the engine copies the type.
    unsafe {
        let name = sys::permanent(property.name);
        let (access, no_doc) = (access.cast_signed(), std::ptr::null_mut());
        let info = sys::zend_declare_typed_property(entry, name, &raw mut *default, access, no_doc, type_);
        if let Some(slot) = slot {
            slot.bind(entry, (*info).offset, property.type_.is_some().then_some(property.name));
        }
    }
}

/// A default that outlives every request: no counted values.
fn persistent(literal: Option<Literal<'_>>) -> std::mem::ManuallyDrop<sys::zval> {
    match literal {
        None | Some(Literal::Null) => sys::zval_of(sys::IS_NULL),
        Some(Literal::Bool(flag)) => sys::zval_of(if flag { sys::IS_TRUE } else { sys::IS_FALSE }),
        Some(Literal::Long(long)) => long.into_value().into_raw(),
        Some(Literal::Double(double)) => double.into_value().into_raw(),
        Some(Literal::Text(text)) => {
            let mut raw = sys::zval_of(sys::INTERNED);
            raw.value.str_ = sys::permanent(text);
            raw
        }
        Some(Literal::EmptyArray) => {
            let mut raw = sys::zval_of(sys::IS_ARRAY);
            raw.value.arr = (&raw const sys::zend_empty_array).cast_mut();
            raw
        }
    }
}

fn declare_constant(entry: *mut sys::zend_class_entry, name: &str, value: &Value) {
    let text = value.as_str().map(|text| text.to_text().into_owned());
    let mut raw = match &text {
        Some(text) => persistent(Some(Literal::Text(text))),
        None => value.clone().into_raw(),
    };
    // SAFETY: the class is being defined; the name is permanent and the value not counted.
    unsafe {
        assert!(!sys::is_counted(&raw const *raw), "the constant {name} is a scalar");
        let (access, no_doc) = (sys::ZEND_ACC_PUBLIC.cast_signed(), std::ptr::null_mut());
        sys::zend_declare_class_constant_ex(entry, sys::permanent(name), &raw mut *raw, access, no_doc);
    }
}
