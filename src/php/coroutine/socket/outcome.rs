//! How calls on sockets end, and how the scripts are told.

use std::io;
use std::net::Shutdown;

use nix::errno::Errno;

use crate::protocol::framing::FramingError;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{IntoValue, Object, Slot, Thrown, Value};

/// Why a call has no result: it failed, or PHP is to see an exception.
#[derive(Debug)]
pub enum Trouble {
    Failed(ErrorCode),
    Thrown(Thrown),
}

/// The result of a call on a line.
pub type Outcome<T> = Result<T, Trouble>;

impl From<Thrown> for Trouble {
    fn from(thrown: Thrown) -> Self {
        Self::Thrown(thrown)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Failed(ErrorCode::from(&error))
    }
}

impl From<Errno> for Trouble {
    fn from(errno: Errno) -> Self {
        Self::Failed(ErrorCode::new(errno as i32))
    }
}

impl From<FramingError> for Trouble {
    fn from(error: FramingError) -> Self {
        Self::Failed(match error {
            FramingError::TooLarge(_) => ErrorCode::PACKAGE_LENGTH_TOO_LARGE,
            FramingError::Malformed => ErrorCode::PACKAGE_MALFORMED_DATA,
        })
    }
}

/// The value of an outcome; `errors` are the properties that tell the code of a failure and its text.
pub fn answer<T: IntoValue>(
    object: &Object,
    errors: [&Slot; 2],
    outcome: Outcome<T>,
) -> Result<Value, Thrown> {
    let (value, code) = match outcome {
        Ok(value) => (value.into_value(), ErrorCode::NONE),
        Err(Trouble::Thrown(thrown)) => return Err(thrown),
        Err(Trouble::Failed(code)) => {
            last_error::set(code);
            (Value::from(false), code)
        }
    };
    object.set(errors[0], code.code());
    object.set(errors[1], if code == ErrorCode::NONE { String::new() } else { code.to_string() });
    Ok(value)
}

/// The `$how` of a shutdown.
pub fn direction(how: i64) -> Result<Shutdown, Errno> {
    match how {
        0 => Ok(Shutdown::Read),
        1 => Ok(Shutdown::Write),
        2 => Ok(Shutdown::Both),
        _ => Err(Errno::EINVAL),
    }
}
