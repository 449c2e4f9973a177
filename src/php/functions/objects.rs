//! What lives in the engine just now.

use crate::zend::{Array, Call, Functions, Result, Value, store};

/// Adds the functions of this file.
pub(super) fn add(functions: Functions) -> Functions {
    functions
        .function("swoole_get_objects(): array|false", objects)
        .function("swoole_get_vm_status(): array", status)
        .function("swoole_get_object_by_handle(int $handle): object|false", by_handle)
}

fn objects(_: &mut Call<'_>) -> Result<Value> {
    Ok(Value::from(store::objects().into_iter().collect::<Array>()))
}

fn status(_: &mut Call<'_>) -> Result<Array> {
    let mut status = Array::new();
    status.set("object_num", store::objects().len());
    status.set("resource_num", store::resource_count());
    Ok(status)
}

fn by_handle(call: &mut Call<'_>) -> Result<Value> {
    let handle: i64 = call.arg()?;
    Ok(Value::or_false(u32::try_from(handle).ok().and_then(store::object)))
}
