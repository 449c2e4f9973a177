//! Exceptions, warnings and fatal errors. Everything that tells PHP about a failure goes through here.

use std::cell::RefCell;
use std::ffi::CString;
use std::fmt::Display;

use super::class::ClassEntry;
use super::exit;
use super::object::Object;
use super::sys;
use super::value::IntoValue;

/// An exception is pending in the engine: return it with `?` up to the handler's edge.
///
/// It carries nothing, because the exception itself lives in the engine.
#[derive(Debug)]
#[must_use = "a thrown exception must be returned to PHP"]
pub struct Thrown(());

/// What every handler returns.
pub type Result<T = (), E = Thrown> = std::result::Result<T, E>;

impl Thrown {
    /// For code that knows that the engine has an exception pending (a conversion failed, a callback threw).
    pub(super) fn pending() -> Self {
        Self(())
    }
}

/// Throws an exception of `class`.
pub fn throw(class: impl Into<ClassEntry>, message: impl Display, code: i64) -> Thrown {
    let message = c_text(message);
    // SAFETY: the class entry is registered; the engine copies the message.
    unsafe { sys::zend_throw_exception(class.into().as_ptr(), message.as_ptr(), code) };
    Thrown(())
}

/// Throws PHP's `Error`.
pub fn error(message: impl Display) -> Thrown {
    throw(ClassEntry::error(), message, 0)
}

/// Throws PHP's `TypeError`.
pub fn type_error(message: impl Display) -> Thrown {
    throw(ClassEntry::type_error(), message, 0)
}

/// Throws PHP's `ValueError`.
pub fn value_error(message: impl Display) -> Thrown {
    throw(ClassEntry::value_error(), message, 0)
}

/// Throws an exception object.
pub fn throw_object(exception: Object) -> Thrown {
    let mut raw = exception.into_value().into_raw();
    // SAFETY: the engine takes the reference over.
    unsafe { sys::zend_throw_exception_object(&raw mut *raw) };
    Thrown(())
}

/// Raises a warning with the name of the running method in front: `Swoole\Server::push(): message`.
///
/// A user's error handler may throw: the exception is then pending when the handler returns.
pub fn warning(message: impl Display) {
    raise(sys::E_WARNING, message);
}

/// Raises a notice with the name of the running method in front.
pub fn notice(message: impl Display) {
    raise(sys::E_NOTICE, message);
}

/// Raises a deprecation with the name of the running method in front.
pub fn deprecated(message: impl Display) {
    raise(sys::E_DEPRECATED, message);
}

/// Raises a warning with a name of the caller's choice in front (`Swoole\Server\Port::on()`), or with none.
pub fn warning_as(origin: &str, message: impl Display) {
    let text = if origin.is_empty() { c_text(message) } else { c_text(format_args!("{origin}: {message}")) };
    // SAFETY: format and argument are NUL-terminated and outlive the call.
    unsafe { sys::zend_error(sys::E_WARNING.cast_signed(), c"%s".as_ptr(), text.as_ptr()) };
}

/// Ends the script with a fatal error as soon as the handler has returned.
///
/// Raising it here would jump over the Rust frames of the caller and leak what they own, so it waits in a cell
/// until the trampoline has nothing left to drop.
pub fn fatal(message: impl Display) -> Thrown {
    FATAL.with_borrow_mut(|pending| *pending = Some(c_text(message)));
    Thrown(())
}

/// Whether an exception is pending.
pub fn is_pending() -> bool {
    sys::exception_pending()
}

/// `Err` when an exception is pending; to be called after anything that may run user code.
pub fn check() -> Result {
    if sys::exception_pending() { Err(Thrown(())) } else { Ok(()) }
}

/// Takes the pending exception away from the engine, so that PHP goes on.
pub fn take() -> Option<Object> {
    // SAFETY: EG(exception) is null or a live object; `clear` releases the engine's reference, we add ours first.
    unsafe {
        let pending = (*sys::eg()).exception;
        let exception = Object::copy_from(pending)?;
        sys::zend_clear_exception();
        Some(exception)
    }
}

/// Whether the pending exception is that of `exit()`: the engine's internal one, or what it became in a coroutine.
pub fn is_exit() -> bool {
    // SAFETY: EG(exception) is null or a live object.
    unsafe {
        let pending = (*sys::eg()).exception;
        !pending.is_null()
            && (sys::zend_is_unwind_exit(pending)
                || Object::copy_from(pending).is_some_and(|pending| exit::is_exception(&pending)))
    }
}

/// The status `exit()` was given, if that is what is pending or passed by.
pub fn exit_status() -> i32 {
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).exit_status }
}

/// Throws the engine's internal exception for `exit()`: the script ends, shutdown functions run.
pub fn throw_exit() -> Thrown {
    // SAFETY: an exception may not be pending; the engine asserts it only in debug builds and chains otherwise.
    unsafe { sys::zend_throw_unwind_exit() };
    Thrown(())
}

/// Takes the exception of `exit()` away when nobody has caught it; what that was given takes effect.
pub(super) fn end_exit() {
    if let Some(exception) = take()
        && exit::is_exception(&exception)
    {
        exit::obey(&exception);
    }
}

/// Ends the script with this status, as `exit($status)` does outside a coroutine.
pub fn exit(status: i32) -> Thrown {
    // SAFETY: a plain field of the globals.
    unsafe { (*sys::eg()).exit_status = status };
    throw_exit()
}

/// What was pending when [`report_uncaught`] was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncaught {
    /// Nothing.
    Nothing,
    /// `exit()` with this status; it is no longer pending. [`throw_exit`] makes it pending again.
    Exit(i32),
    /// An exception; `PHP Fatal error:  Uncaught ...` has been printed and logged.
    Exception,
}

/// Ends the pending exception as PHP does when nobody catches it, except that the script goes on: whether the process
/// ends is the caller's decision, and so is its exit status.
pub fn report_uncaught() -> Uncaught {
    if is_exit() {
        end_exit();
        return Uncaught::Exit(exit_status());
    }
    let Some(exception) = take() else { return Uncaught::Nothing };
    // SAFETY: the engine reads the exception and gives the reference back that we pass. Since PHP 8.0 it reports with
    // E_DONT_BAIL: it does not jump away, but notes 255 as the exit status.
    unsafe {
        let status = (*sys::eg()).exit_status;
        sys::zend_exception_error(exception.into_ptr(), sys::E_ERROR.cast_signed());
        (*sys::eg()).exit_status = status;
    }
    // `__toString` of the exception may throw in turn; the engine has printed that as well.
    drop(take());
    Uncaught::Exception
}

/// Raises a fatal error that [`fatal`] left behind.
///
/// # Safety
/// No Rust frame between here and the engine may own anything: this jumps over them.
pub(super) unsafe fn raise_pending_fatal() {
    // SAFETY: the caller's promise is the one needed.
    unsafe { super::world::raise_bailout() };
    let Some(message) = FATAL.with_borrow_mut(Option::take) else { return };
    // The jump would leak the text: park it where the next one replaces it.
    let text = PARKED.with_borrow_mut(|parked| parked.insert(message).as_ptr());
    // SAFETY: the text stays parked; the caller promises that nothing is skipped.
    unsafe { sys::php_error_docref(std::ptr::null(), sys::E_ERROR.cast_signed(), c"%s".as_ptr(), text) };
}

fn raise(severity: u32, message: impl Display) {
    let text = c_text(message);
    // SAFETY: format and argument are NUL-terminated and outlive the call.
    unsafe { sys::php_error_docref(std::ptr::null(), severity.cast_signed(), c"%s".as_ptr(), text.as_ptr()) };
}

/// PHP takes messages as C strings: a NUL inside (possible when user input is quoted) becomes a space.
fn c_text(message: impl Display) -> CString {
    let mut bytes = message.to_string().into_bytes();
    bytes.iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b' ');
    CString::new(bytes).unwrap_or_default()
}

thread_local! {
    static FATAL: RefCell<Option<CString>> = const { RefCell::new(None) };
    static PARKED: RefCell<Option<CString>> = const { RefCell::new(None) };
}
