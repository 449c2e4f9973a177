//! Parts of strings decoded without a copy of the script's own, and their hashes.

use crate::php::errors;
use crate::zend::{Array, Call, Callback, Functions, Result, Str, Value, string};

/// Adds the functions of this file.
pub(super) fn add(functions: Functions) -> Functions {
    functions
        .function("swoole_hashcode(string $data, int $type = 0): int|false", hashcode)
        .function(
            "swoole_substr_unserialize(string $str, int $offset, int $length = 0, array $options = []): mixed",
            substr_unserialize,
        )
        .function(
            "swoole_substr_json_decode(string $str, int $offset, int $length = 0, bool $associative = false, int $depth = 512, int $flags = 0): mixed",
            substr_json_decode,
        )
}

/// The hash that PHP's own arrays use (0), or the DJB hash it began as (1).
fn hashcode(call: &mut Call<'_>) -> Result<Value> {
    let data: &[u8] = call.arg()?;
    Ok(match call.arg_or(0i64)? {
        0 => Value::from(string::hash(data)),
        1 => Value::from(
            data.iter()
                .fold(5381u64, |hash, byte| hash.wrapping_mul(33).wrapping_add(u64::from(*byte)))
                .cast_signed(),
        ),
        _ => Value::from(false),
    })
}

fn substr_unserialize(call: &mut Call<'_>) -> Result<Value> {
    let Some(part) = part(call)? else { return Ok(Value::from(false)) };
    let options: Option<&Array> = call.opt()?;
    let mut args = vec![part];
    args.extend(options.map(|options| Value::from(options.clone())));
    Callback::new(&Value::from("unserialize"))?.call(&args)
}

fn substr_json_decode(call: &mut Call<'_>) -> Result<Value> {
    let Some(part) = part(call)? else { return Ok(Value::from(false)) };
    let associative = call.arg_or(false)?;
    let (depth, flags): (i64, i64) = (call.arg_or(512)?, call.arg_or(0)?);
    // Null leaves the choice to the flags.
    let associative = if associative { Value::from(true) } else { Value::null() };
    Callback::new(&Value::from("json_decode"))?.call(&[
        part,
        associative,
        Value::from(depth),
        Value::from(flags),
    ])
}

/// The part of the string that the first three arguments name: from the end when the offset is negative, all the rest
/// without a length.
fn part(call: &mut Call<'_>) -> Result<Option<Value>> {
    let (text, offset, length): (&Str, i64, i64) = (call.arg()?, call.arg()?, call.arg_or(0)?);
    let bytes = text.as_bytes();
    let len = bytes.len() as i64;
    let start = if offset < 0 { len.saturating_add(offset) } else { offset };
    if start < 0 || start >= len {
        errors::warn("offset must be less than the length of the string");
        return Ok(None);
    }
    let end = if length <= 0 { len } else { start.saturating_add(length).min(len) };
    Ok(Some(Value::from(Str::new(&bytes[start as usize..end as usize]))))
}
