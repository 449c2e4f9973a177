//! Classes written in PHP: compiled when a script first names one of them, so that they cost nothing until then.
//!
//! The engine asks one function for a class it does not know; ours stands before the one that calls autoloaders.

use std::ffi::CStr;
use std::sync::OnceLock;

use super::class::ClassEntry;
use super::{ini, sys};

/// The source of one class.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The class, fully qualified; slashes stand for the separators, as in the names of files.
    pub class: &'static str,
    /// The file that errors, backtraces and Reflection name.
    pub file: &'static CStr,
    /// The PHP source, with its opening tag.
    pub text: &'static str,
}

/// From now on the engine finds these classes unless the setting `switch` is off, those of `Swoole\Coroutine` also below
/// `Co` where the setting `short_names` is on. At module startup only, once.
pub fn register(sources: &'static [Source], switch: &'static str, short_names: &'static str) {
    // SAFETY: module startup runs on the one PHP thread, after the SPL has set its own function.
    let next = unsafe { sys::zend_autoload };
    assert!(
        LIBRARY.set(Library { sources, switch, short_names, next }).is_ok(),
        "the library is registered once"
    );
    // SAFETY: as above; `autoload` has the signature the engine calls.
    unsafe { sys::zend_autoload = Some(autoload) };
}

impl Source {
    /// Whether it is the one of the class with this name in lower case.
    fn is(&self, lower: &[u8]) -> bool {
        let spelled =
            self.class.bytes().map(|byte| if byte == b'/' { b'\\' } else { byte.to_ascii_lowercase() });
        self.class.len() == lower.len() && spelled.eq(lower.iter().copied())
    }
}

struct Library {
    sources: &'static [Source],
    switch: &'static str,
    short_names: &'static str,
    next: Option<sys::Autoload>,
}

impl Library {
    /// The source of the class with this name in lower case, full or short.
    fn find(&self, lower: &[u8]) -> Option<&'static Source> {
        let sources = || self.sources.iter();
        let source = match lower.strip_prefix(SHORT) {
            Some(rest) if ini::flag(self.short_names) => {
                sources().find(|source| source.is(&[b"swoole\\coroutine\\", rest].concat()))
            }
            _ => sources().find(|source| source.is(lower)),
        };
        source.filter(|_| ini::flag(self.switch))
    }
}

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// What the engine calls for a class it does not know. Owns nothing: an error in a source leaves by a longjmp.
unsafe extern "C" fn autoload(
    name: *mut sys::zend_string,
    lower: *mut sys::zend_string,
) -> *mut sys::zend_class_entry {
    let Some(library) = LIBRARY.get() else { return std::ptr::null_mut() };
    // SAFETY: the engine passes two strings that live during the call.
    unsafe {
        let wanted = std::slice::from_raw_parts((*lower).val.as_ptr().cast::<u8>(), (*lower).len);
        if let Some(source) = library.find(wanted) {
            return compile(source, wanted);
        }
        library.next.map_or(std::ptr::null_mut(), |next| next(name, lower))
    }
}

/// Defines the class of a source, and the short name if that is what was wanted.
///
/// # Safety
/// Called by the engine's look-up of a class, on the PHP thread.
unsafe fn compile(source: &Source, wanted: &[u8]) -> *mut sys::zend_class_entry {
    let found = |name: &str| ClassEntry::named(name).map_or(std::ptr::null_mut(), ClassEntry::as_ptr);
    let name = source.class.replace('/', "\\");
    let mut class = found(&name);
    // SAFETY: the lengths of the texts are given, the name of the file ends with a NUL. What an error in the source
    // would jump over is one short string.
    unsafe {
        if class.is_null() {
            let code = source.text.strip_prefix("<?php").unwrap_or(source.text);
            let no_result = std::ptr::null_mut();
            sys::zend_eval_stringl(code.as_ptr().cast(), code.len(), no_result, source.file.as_ptr());
            class = found(&name);
        }
        if !class.is_null() && wanted.starts_with(SHORT) {
            sys::zend_register_class_alias_ex(wanted.as_ptr().cast(), wanted.len(), class, false);
        }
    }
    class
}

/// What `Swoole\Coroutine` is called in short.
const SHORT: &[u8] = b"co\\";
