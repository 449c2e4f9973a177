//! Between the arrays of `set()` and the settings: conversion one way, complaints the other.

use std::sync::OnceLock;

use crate::php::errors;
use crate::server::last_error;
use crate::server::log::{LOG, Level};
use crate::server::settings::{
    self, ArrayKey, Complaints, GlobalSettings, Machine, Mode, OptionValue, Settings, Severity,
};
use crate::zend::{Array, Callback, IntoValue, Key, Kind, Object, Result, Slot, Value, error, ini};

/// The options of an array, in its order; keys that are numbers are no options.
pub fn read(array: &Array) -> Vec<(String, OptionValue)> {
    array
        .iter()
        .filter_map(|(key, value)| {
            let name = key.as_bytes()?;
            let name = String::from_utf8_lossy(name).into_owned();
            let is_function =
                || settings::spec(&name).is_some_and(|spec| spec.kind == settings::Kind::Callable);
            // The name of a function is a string to everybody else.
            let value = if is_function() && Callback::resolve(&value).is_ok() {
                OptionValue::Callable
            } else {
                option(&value)
            };
            Some((name, value))
        })
        .collect()
}

/// Adds the options to what `$setting` shows, later ones over earlier ones.
pub fn merge(object: &Object, slot: &Slot, array: &Array) {
    let shown = object.get(slot);
    let mut merged = shown.as_array().cloned().unwrap_or_default();
    for (key, value) in array.iter() {
        merged.set_key(&key, value);
    }
    object.set(slot, merged);
}

/// Raises what there is to complain about; false when `set()` must say so.
pub fn report(complaints: &Complaints) -> Result<bool> {
    for complaint in complaints {
        if let Some(code) = complaint.error {
            last_error::set(code);
        }
        match complaint.severity {
            Severity::Fatal => return Err(error::fatal(&complaint.text)),
            Severity::Log | Severity::Refused => LOG.write(Level::Warning, &complaint.text),
            Severity::Warning => error::warning(&complaint.text),
        }
        error::check()?;
    }
    Ok(!complaints.has_refusal())
}

/// Applies what belongs to the process: the options of `Coroutine::set()` and `swoole_async_set()`.
pub fn apply_global(array: &Array) -> Result {
    let mut global = GlobalSettings { log: LOG.settings(), ..GlobalSettings::new() };
    let complaints = global.set(&read(array));
    LOG.configure(global.log);
    if global.display_errors.is_some() {
        errors::set_displayed(global.display_errors);
    }
    report(&complaints).map(|_| ())
}

/// The settings of a server on which nobody has called `set()`: what the process and php.ini say, then the defaults.
pub fn initial(mode: Mode) -> Settings {
    let mut settings = Settings::new(mode, machine());
    settings.global.log = LOG.settings();
    let _ = settings
        .port
        .set(&[("socket_buffer_size".to_owned(), OptionValue::Int(ini::long("swoole.socket_buffer_size")))]);
    settings
}

/// What this machine allows.
pub fn machine() -> Machine {
    static MACHINE: OnceLock<Machine> = OnceLock::new();
    *MACHINE.get_or_init(|| Machine {
        cpus: std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        open_files: u32::try_from(crate::process::open_files_max()).unwrap_or(u32::MAX),
    })
}

/// A value of the settings as PHP sees it.
pub fn value(option: &OptionValue) -> Value {
    match option {
        OptionValue::Bool(flag) => flag.into_value(),
        OptionValue::Int(long) => long.into_value(),
        OptionValue::Float(double) => double.into_value(),
        OptionValue::Str(bytes) => bytes.as_slice().into_value(),
        OptionValue::Null | OptionValue::Array(_) | OptionValue::Callable => Value::default(),
    }
}

fn option(value: &Value) -> OptionValue {
    let value = value.unref();
    match value.kind() {
        Kind::Bool => OptionValue::Bool(value.to_bool()),
        Kind::Long => OptionValue::Int(value.to_long()),
        Kind::Double => OptionValue::Float(value.to_double()),
        Kind::String => OptionValue::Str(value.as_bytes().unwrap_or_default().to_vec()),
        Kind::Array => OptionValue::Array(
            value
                .as_array()
                .into_iter()
                .flat_map(Array::iter)
                .map(|(key, value)| (array_key(&key), option(&value)))
                .collect(),
        ),
        Kind::Object if Callback::resolve(&value).is_ok() => OptionValue::Callable,
        Kind::Object => OptionValue::Bool(true),
        _ => OptionValue::Null,
    }
}

fn array_key(key: &Key) -> ArrayKey {
    match key {
        Key::Index(index) => ArrayKey::Index(*index),
        Key::Name(name) => ArrayKey::Name(name.as_bytes().to_vec()),
    }
}
