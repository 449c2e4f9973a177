//! ini settings: registered at module startup, read at any time.

use std::ffi::{CStr, c_char};

use super::sys;

/// Who may change a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `ini_set()` too.
    All,
    /// Only php.ini and the command line.
    System,
}

/// One setting with its default.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The full name.
    pub name: &'static str,
    /// The default, as it would be written in php.ini.
    pub default: &'static str,
    /// Who may change it.
    pub access: Access,
}

/// Registers settings. At module startup only, once.
pub fn register(settings: &[Setting]) {
    let mut entries: Vec<sys::zend_ini_entry_def> = settings.iter().map(definition).collect();
    // SAFETY: an all-zero definition ends the table.
    entries.push(unsafe { std::mem::zeroed() });
    // SAFETY: the engine copies what it needs of the table; names and defaults are leaked and live for ever.
    let outcome = unsafe { sys::zend_register_ini_entries(entries.as_ptr(), super::module::number()) };
    assert!(outcome == 0, "ini settings register once");
}

/// A setting as a switch: "1", "on", "yes" and "true" are on.
pub fn flag(name: &str) -> bool {
    text(name).is_some_and(|value| is_on(&value))
}

/// A setting as a number; `K`, `M`, `G` suffixes count.
pub fn long(name: &str) -> i64 {
    // SAFETY: pointer and length describe the name.
    unsafe { sys::zend_ini_long(name.as_ptr().cast(), name.len(), 0) }
}

/// A setting as text; None when nobody registered it.
pub fn text(name: &str) -> Option<String> {
    let mut exists = false;
    // SAFETY: pointer and length describe the name; the value is copied before anything can change it.
    unsafe {
        let value = sys::zend_ini_string_ex(name.as_ptr().cast(), name.len(), 0, &raw mut exists);
        if !exists {
            return None;
        }
        Some(if value.is_null() {
            String::new()
        } else {
            CStr::from_ptr(value).to_string_lossy().into_owned()
        })
    }
}

fn is_on(value: &str) -> bool {
    ["on", "yes", "true"].iter().any(|word| value.eq_ignore_ascii_case(word))
        || value.parse::<i64>().is_ok_and(|number| number != 0)
}

fn definition(setting: &Setting) -> sys::zend_ini_entry_def {
    // SAFETY: plain C data whose zero state means "no callbacks".
    let mut entry: sys::zend_ini_entry_def = unsafe { std::mem::zeroed() };
    entry.name = sys::kept(setting.name);
    entry.name_length = u16::try_from(setting.name.len()).expect("names are short");
    let default: *const c_char = sys::kept(setting.default);
    entry.value = default;
    entry.value_length = u32::try_from(setting.default.len()).expect("defaults are short");
    entry.modifiable = match setting.access {
        Access::All => sys::PHP_INI_ALL,
        Access::System => sys::PHP_INI_SYSTEM,
    } as u8;
    if matches!(setting.default.to_ascii_lowercase().as_str(), "on" | "off") {
        entry.displayer = Some(sys::zend_ini_boolean_displayer_cb);
    }
    entry
}
