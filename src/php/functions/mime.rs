//! `swoole_mime_type_*()`: the table of `server::mime` for scripts.

use crate::server::mime;
use crate::zend::{Array, Call, Functions, Result, Str};

/// Adds the functions of this file.
pub(super) fn add(functions: Functions) -> Functions {
    functions
        .function("swoole_mime_type_add(string $suffix, string $mime_type): bool", add_type)
        .function("swoole_mime_type_set(string $suffix, string $mime_type): void", set)
        .function("swoole_mime_type_delete(string $suffix): bool", delete)
        .function("swoole_mime_type_get(string $filename): string", of_name)
        .function("swoole_get_mime_type(string $filename): string", of_name)
        .function("swoole_mime_type_exists(string $filename): bool", exists)
        .function("swoole_mime_type_list(): array", list)
}

fn add_type(call: &mut Call<'_>) -> Result<bool> {
    let suffix = text(call)?;
    Ok(mime::add(&suffix, &text(call)?))
}

fn set(call: &mut Call<'_>) -> Result {
    let suffix = text(call)?;
    mime::set(&suffix, &text(call)?);
    Ok(())
}

fn delete(call: &mut Call<'_>) -> Result<bool> {
    Ok(mime::delete(&text(call)?))
}

fn of_name(call: &mut Call<'_>) -> Result<String> {
    Ok(mime::of_name(&text(call)?))
}

fn exists(call: &mut Call<'_>) -> Result<bool> {
    Ok(mime::knows_name(&text(call)?))
}

fn list(_: &mut Call<'_>) -> Result<Array> {
    Ok(mime::list().into_iter().map(|(_, mime_type)| mime_type).collect())
}

fn text(call: &mut Call<'_>) -> Result<String> {
    Ok(call.arg::<&Str>()?.to_text().into_owned())
}
