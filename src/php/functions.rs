//! The global functions that belong to no class: versions, errors, the log, this machine, content types.

mod library;
mod machine;
mod mime;
mod objects;
mod strings;

pub(super) use machine::set_process_name;

use std::cell::Cell;

use nix::errno::Errno;

use super::API_VERSION;
use super::coroutine::options;
use crate::server::error::{Domain, ErrorCode};
use crate::server::last_error;
use crate::server::log::{LOG, Level, Record};
use crate::zend::{Call, Functions, Result, Str, error};

/// Registers the functions.
pub fn register() {
    let functions = Functions::new()
        .function("swoole_version(): string", version)
        .function("swoole_last_error(): int", last)
        .function("swoole_errno(): int", errno)
        .function("swoole_clear_error(): void", clear)
        .function("swoole_strerror(int $errno, int $error_type = SWOOLE_STRERROR_SYSTEM): string", strerror)
        .function("swoole_error_log(int $level, string $msg): void", log)
        .function("swoole_error_log_ex(int $level, int $error, string $msg): void", log_error)
        .function("swoole_ignore_error(int $error): void", ignore_error)
        .function("swoole_async_set(array $settings): bool", options::set_async)
        .function("swoole_internal_call_user_shutdown_begin(): bool", shutdown_begin);
    let functions = mime::add(machine::add(functions));
    objects::add(strings::add(library::add(functions))).register();
}

/// A script starts.
pub fn begin_request() {
    SHUTDOWN_BEGUN.set(false);
}

/// A script has ended.
pub fn end_request() {
    library::end_request();
}

fn version(_: &mut Call<'_>) -> Result<&'static str> {
    Ok(API_VERSION)
}

fn last(_: &mut Call<'_>) -> Result<i32> {
    Ok(last_error::last().code())
}

fn errno(_: &mut Call<'_>) -> Result<i32> {
    Ok(Errno::last_raw())
}

fn clear(_: &mut Call<'_>) -> Result {
    last_error::clear();
    Errno::clear();
    Ok(())
}

fn strerror(call: &mut Call<'_>) -> Result<String> {
    let code = code_of(call.arg()?);
    let domain = Domain::from_type(call.arg_or(0)?);
    Ok(domain.text(code).into_owned())
}

fn log(call: &mut Call<'_>) -> Result {
    let level = Level::from_number(call.arg()?);
    LOG.write(level, &call.arg::<&Str>()?.to_text());
    Ok(())
}

fn log_error(call: &mut Call<'_>) -> Result {
    let level = Level::from_number(call.arg()?);
    let code = ErrorCode::new(code_of(call.arg()?));
    let text = call.arg::<&Str>()?.to_text();
    last_error::set(code);
    LOG.record(&Record { level, function: None, error: Some(code), text: &text });
    Ok(())
}

fn ignore_error(call: &mut Call<'_>) -> Result {
    LOG.ignore(ErrorCode::new(code_of(call.arg()?)));
    Ok(())
}

/// Only the first call of a script counts: it is meant for the hook that marks the end of the script.
fn shutdown_begin(_: &mut Call<'_>) -> Result<bool> {
    let is_first = !SHUTDOWN_BEGUN.replace(true);
    if !is_first {
        error::warning("can not call this function in user level");
    }
    Ok(is_first)
}

/// Codes are C ints; a number outside of them is no code.
fn code_of(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

thread_local! {
    static SHUTDOWN_BEGUN: Cell<bool> = const { Cell::new(false) };
}
