//! Global constants, registered at module startup.

use super::sys;

/// The value of a global constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// An integer.
    Long(i64),
    /// A boolean.
    Bool(bool),
    /// A float.
    Double(f64),
    /// A string without NUL.
    Text(&'static str),
}

/// Whether somebody has defined a constant of this name.
pub fn exists(name: &str) -> bool {
    // SAFETY: pointer and length describe the name; the engine only looks it up.
    unsafe { !sys::zend_get_constant_str(name.as_ptr().cast(), name.len()).is_null() }
}

/// Defines a constant. Names may be qualified (`Foo\BAR`). At module startup only.
pub fn define(name: &str, value: Constant) {
    let module = super::module::number();
    let flags = (sys::CONST_CS | sys::CONST_PERSISTENT).cast_signed();
    let (text, len): (_, usize) = (name.as_ptr().cast(), name.len());
    // SAFETY: the engine copies names and numbers; string values are kept for ever, whichever it does with them.
    unsafe {
        match value {
            Constant::Long(long) => {
                sys::zend_register_long_constant(text, len, long, flags, module);
            }
            Constant::Bool(flag) => {
                sys::zend_register_bool_constant(text, len, flag, flags, module);
            }
            Constant::Double(double) => {
                sys::zend_register_double_constant(text, len, double, flags, module);
            }
            Constant::Text(value) => {
                sys::zend_register_string_constant(text, len, sys::kept(value), flags, module);
            }
        }
    }
}
