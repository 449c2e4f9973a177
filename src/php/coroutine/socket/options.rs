//! `getOption()` and `setOption()`: the options of sockets(7), in the shapes of PHP's sockets extension.

use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::libc;

use super::line::Line;
use super::outcome::Outcome;
use crate::process::sys::socket;
use crate::zend::{Array, IntoValue, Result, Value};

pub(super) fn get(line: &Line, level: i64, name: i64) -> Outcome<Value> {
    let (level, name) = (narrow(level)?, narrow(name)?);
    if level == libc::SOL_SOCKET && matches!(name, libc::SO_RCVTIMEO | libc::SO_SNDTIMEO) {
        let seconds = if name == libc::SO_RCVTIMEO { line.times.read.get() } else { line.times.write.get() };
        return Ok(time(seconds.max(0.0)).into_value());
    }
    let bytes = socket::option(line.socket()?.descriptor().as_fd(), level, name)?;
    if level == libc::SOL_SOCKET && name == libc::SO_LINGER && bytes.len() == 8 {
        let mut linger = Array::new();
        linger.set("l_onoff", int(&bytes[..4]));
        linger.set("l_linger", int(&bytes[4..]));
        return Ok(linger.into_value());
    }
    Ok(match bytes.len() {
        1 | 2 | 4 => int(&bytes).into_value(),
        // A structure (TCP_INFO ...), for unpack().
        _ => bytes.into_value(),
    })
}

pub(super) fn set(line: &Line, level: i64, name: i64, value: &Value) -> Outcome<()> {
    let (level, name) = (narrow(level)?, narrow(name)?);
    if level == libc::SOL_SOCKET && matches!(name, libc::SO_RCVTIMEO | libc::SO_SNDTIMEO) {
        let time = value.as_array().ok_or(Errno::EINVAL)?;
        let part = |key| time.get(key).map(|part| part.to_double()).ok_or(Errno::EINVAL);
        let seconds = part("sec")? + part("usec")? / 1e6;
        // The kernel's 0 is for ever.
        let seconds = if seconds > 0.0 { seconds } else { -1.0 };
        let kept = if name == libc::SO_RCVTIMEO { &line.times.read } else { &line.times.write };
        kept.set(seconds);
        return Ok(());
    }
    let bytes = bytes_of(level, name, value)?;
    Ok(socket::set_option(line.socket()?.descriptor().as_fd(), level, name, &bytes)?)
}

fn bytes_of(level: i32, name: i32, value: &Value) -> Outcome<Vec<u8>> {
    if level == libc::SOL_SOCKET && name == libc::SO_LINGER {
        let linger = value.as_array().ok_or(Errno::EINVAL)?;
        let part = |key| linger.get(key).map(|part| part.to_long()).ok_or(Errno::EINVAL);
        let parts = [narrow(part("l_onoff")?)?, narrow(part("l_linger")?)?];
        return Ok(parts.iter().flat_map(|part| part.to_ne_bytes()).collect());
    }
    let text: Result<_> = value.to_str();
    match value.as_str() {
        // SO_BINDTODEVICE and the like; numbers in strings are numbers.
        Some(text) if text.to_text().parse::<i64>().is_err() => Ok(text.as_bytes().to_vec()),
        _ if value.as_array().is_some() => Err(Errno::EINVAL.into()),
        _ => {
            text?;
            Ok(narrow(value.to_long())?.to_ne_bytes().to_vec())
        }
    }
}

fn narrow(number: i64) -> std::result::Result<i32, Errno> {
    i32::try_from(number).map_err(|_| Errno::EINVAL)
}

fn int(bytes: &[u8]) -> i64 {
    match bytes {
        [byte] => i64::from(*byte),
        [a, b] => i64::from(i16::from_ne_bytes([*a, *b])),
        [a, b, c, d] => i64::from(i32::from_ne_bytes([*a, *b, *c, *d])),
        _ => 0,
    }
}

fn time(seconds: f64) -> Array {
    let mut time = Array::new();
    time.set("sec", seconds.trunc() as i64);
    time.set("usec", (seconds.fract() * 1e6).round() as i64);
    time
}
