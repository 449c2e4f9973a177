//! `Coroutine::set()` and `getOptions()`: the options that scripts set for all coroutines.

use std::cell::RefCell;

use crate::php::{runtime, server};
use crate::server::settings;
use crate::zend::{Array, Call, Result, Value, world};

pub(super) fn set(call: &mut Call<'_>) -> Result {
    let options: &Array = call.arg()?;
    apply(options);
    server::options::apply_global(options)
}

/// `swoole_async_set()`: the same, by its older name.
pub(in crate::php) fn set_async(call: &mut Call<'_>) -> Result<bool> {
    set(call)?;
    Ok(true)
}

pub(super) fn get(_: &mut Call<'_>) -> Result<Value> {
    Ok(OPTIONS.with_borrow(|options| options.clone().map_or_else(Value::null, Value::from)))
}

/// Takes over what `Server::set()` was given of it.
pub fn apply_of_server(options: &Array) {
    let mut own = Array::new();
    for (key, value) in options.iter() {
        let name = key.as_bytes().and_then(|name| std::str::from_utf8(name).ok());
        if name.is_some_and(settings::is_global) {
            own.set_key(&key, value);
        }
    }
    if !own.is_empty() {
        apply(&own);
    }
}

/// Takes options over; what is not about coroutines is kept for `getOptions()` and changes nothing.
pub fn apply(options: &Array) {
    for name in ["max_coro_num", "max_coroutine"] {
        if let Some(limit) = options.get(name).map(|limit| limit.to_long()) {
            world::scheduler().set_limit(usize::try_from(limit).unwrap_or(1).max(1));
        }
    }
    if let Some(flags) = options.get("hook_flags") {
        runtime::set_flags(flags.to_long());
    }
    let mut merged = OPTIONS.with_borrow(Clone::clone).unwrap_or_default();
    for (key, value) in options.iter() {
        merged.set_key(&key, value);
    }
    // Dropped when nothing is borrowed: a destructor may ask for options.
    let before = OPTIONS.replace(Some(merged));
    drop(before);
}

/// Whether a switch is on; true unless it was set.
pub fn is_on(name: &str) -> bool {
    get_one(name).is_none_or(|on| on.to_bool())
}

/// An option as it was set.
pub fn get_one(name: &str) -> Option<Value> {
    OPTIONS.with_borrow(|options| {
        let options = options.as_ref()?;
        // The first of its names that is there counts.
        options
            .get(name)
            .or_else(|| settings::spec(name)?.aliases.iter().find_map(|alias| options.get(alias)))
    })
}

/// An option in seconds, if it was set.
pub fn seconds(name: &str) -> Option<f64> {
    get_one(name).map(|seconds| seconds.to_double())
}

/// Whether an option was ever set.
pub fn is_set(name: &str) -> bool {
    get_one(name).is_some()
}

pub(super) fn clear() {
    let options = OPTIONS.take();
    drop(options);
}

thread_local! {
    /// Emptied at the end of every request: the array lives in the engine's memory.
    static OPTIONS: RefCell<Option<Array>> = const { RefCell::new(None) };
}
