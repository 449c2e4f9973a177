//! The file descriptor behind a PHP value: a stream, a number, a socket of ext-sockets.

use std::ffi::{c_char, c_int, c_void};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::libc;

use super::call::Callback;
use super::class::ClassEntry;
use super::error::Result;
use super::sys;
use super::value::{IntoValue, Kind, Value};

/// A descriptor of PHP's, and one of our own for the same open file: ours stays valid whatever PHP closes meanwhile.
#[derive(Debug)]
pub struct Descriptor {
    /// The number that PHP knows.
    pub number: RawFd,
    /// Ours.
    pub file: OwnedFd,
}

impl Descriptor {
    /// The descriptor behind a value; `None` when there is none or it is not open.
    pub fn of(value: &Value) -> Option<Self> {
        Self::open(number_of(value)?)
    }

    /// The descriptor of a number.
    pub fn open(number: RawFd) -> Option<Self> {
        // SAFETY: the call takes any number: the kernel refuses what is not open.
        let copy = unsafe { libc::fcntl(number, libc::F_DUPFD_CLOEXEC, STANDARD_MAX) };
        if copy < 0 {
            return None;
        }
        // SAFETY: the kernel has just made this descriptor for us.
        Some(Self { number, file: unsafe { OwnedFd::from_raw_fd(copy) } })
    }
}

/// The number of the descriptor behind a value.
pub fn number_of(value: &Value) -> Option<RawFd> {
    match value.kind() {
        Kind::Long => RawFd::try_from(value.to_long()).ok().filter(|&number| number >= 0),
        Kind::Resource => of_stream(value),
        Kind::Object if is_php_socket(value) => {
            let export = Callback::new(&Value::from("socket_export_stream")).ok()?;
            of_stream(&export.call(std::slice::from_ref(value)).ok()?)
        }
        _ => None,
    }
}

/// A `Socket` of ext-sockets for a socket of ours; `None` without that extension.
///
/// It makes sockets only for itself: so one that it has just made gives up its number.
pub fn php_socket(socket: BorrowedFd<'_>, domain: i32, kind: i32) -> Result<Option<Value>> {
    let Ok(create) = Callback::resolve(&Value::from("socket_create")) else { return Ok(None) };
    let made =
        create.call(&[i64::from(domain).into_value(), i64::from(kind).into_value(), 0i64.into_value()])?;
    let Some(number) = number_of(&made) else { return Ok(None) };
    // SAFETY: a plain system call on descriptors; the one that is replaced belongs to an object nobody has seen yet.
    let done = unsafe { libc::dup2(socket.as_raw_fd(), number) };
    Ok((done == number).then_some(made))
}

fn is_php_socket(value: &Value) -> bool {
    let class = ClassEntry::named("Socket");
    value.as_object().zip(class).is_some_and(|(object, class)| object.is(class))
}

fn of_stream(value: &Value) -> Option<RawFd> {
    let mut number: c_int = -1;
    // SAFETY: the value is a resource; the engine checks that it is a stream. The cast writes a descriptor, which needs
    // not more room than a pointer, and says whether it has.
    unsafe {
        let stream = zend_fetch_resource2_ex(
            value.as_ptr(),
            std::ptr::null(),
            php_file_le_stream(),
            php_file_le_pstream(),
        );
        if stream.is_null() {
            return None;
        }
        let done = _php_stream_cast(stream, AS_FD_FOR_SELECT | CAST_INTERNAL, (&raw mut number).cast(), 0);
        (done == sys::ZEND_RESULT_CODE_SUCCESS && number >= 0).then_some(number)
    }
}

unsafe extern "C" {
    fn php_file_le_stream() -> c_int;
    fn php_file_le_pstream() -> c_int;
    fn zend_fetch_resource2_ex(
        resource: *mut sys::zval,
        name: *const c_char,
        kind: c_int,
        other: c_int,
    ) -> *mut c_void;
    fn _php_stream_cast(stream: *mut c_void, to: c_int, result: *mut *mut c_void, show: c_int) -> c_int;
}

/// `PHP_STREAM_AS_FD_FOR_SELECT`: bytes that PHP has read ahead do not matter.
const AS_FD_FOR_SELECT: c_int = 3;
/// `PHP_STREAM_CAST_INTERNAL`: the stream goes on being PHP's.
const CAST_INTERNAL: c_int = 0x2000_0000;
/// Copies stay clear of standard input, output and error.
const STANDARD_MAX: RawFd = 3;
