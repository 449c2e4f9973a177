//! Names of hosts and their addresses, by the system's own resolver.

use std::net::{IpAddr, ToSocketAddrs};

use nix::libc;

use super::await_outside;
use crate::coroutine::Wake;
use crate::net::offload::offload;
use crate::php::coroutine::{deadline, inside, options};
use crate::php::errors::warn;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Array, Call, Result, Str, Value};

pub(super) fn host_by_name(call: &mut Call<'_>) -> Result<Value> {
    let name: &Str = call.arg()?;
    let family: i64 = call.arg_or(libc::AF_INET.into())?;
    let seconds: f64 = call.arg_or(-1.0)?;
    first(name, family, seconds)
}

pub(super) fn dns_lookup(call: &mut Call<'_>) -> Result<Value> {
    let name: &Str = call.arg()?;
    let seconds: f64 = call.arg_or(DNS_SECS)?;
    let family: i64 = call.arg_or(libc::AF_INET.into())?;
    first(name, family, seconds)
}

/// Addresses do not depend on the kind of socket or the service, so those arguments change nothing.
pub(super) fn address_info(call: &mut Call<'_>) -> Result<Value> {
    let name: &Str = call.arg()?;
    let family: i64 = call.arg_or(libc::AF_INET.into())?;
    let (_, _): (i64, i64) = (call.arg_or(libc::SOCK_STREAM.into())?, call.arg_or(libc::IPPROTO_TCP.into())?);
    let _: Option<&Str> = call.arg_or(None)?;
    let seconds: f64 = call.arg_or(-1.0)?;
    let found = look_up(name, family, seconds)?;
    Ok(Value::or_false(found.map(|list| list.iter().map(IpAddr::to_string).collect::<Array>())))
}

fn first(name: &Str, family: i64, seconds: f64) -> Result<Value> {
    let found = look_up(name, family, seconds)?;
    Ok(Value::or_false(found.and_then(|list| list.first().map(IpAddr::to_string))))
}

/// The addresses of a name, or `None` with the last error set.
pub(in crate::php::coroutine) fn look_up(
    name: &Str,
    family: i64,
    seconds: f64,
) -> Result<Option<Vec<IpAddr>>> {
    inside()?;
    let seconds =
        if seconds < 0.0 { options::seconds("socket_dns_timeout").unwrap_or(DNS_SECS) } else { seconds };
    let Some(wanted) = family_of(family) else {
        warn("unknown protocol family, must be AF_INET or AF_INET6");
        return Ok(None);
    };
    if name.is_empty() {
        warn("domain name is empty");
        return Ok(None);
    }
    let name = name.to_text().into_owned();
    let found = match name.parse::<IpAddr>() {
        Ok(address) => Ok(vec![address]),
        Err(_) => match await_outside(offload(move || resolve(&name)), deadline(seconds))? {
            Ok(found) => found.and_then(|found| found),
            Err(wake) => {
                if wake == Wake::Timeout {
                    last_error::set(ErrorCode::DNSLOOKUP_RESOLVE_TIMEOUT);
                }
                return Ok(None);
            }
        },
    };
    let mut list = found.unwrap_or_default();
    list.retain(wanted);
    if list.is_empty() {
        last_error::set(ErrorCode::DNSLOOKUP_RESOLVE_FAILED);
        return Ok(None);
    }
    Ok(Some(list))
}

/// All addresses of a name. It blocks.
pub(in crate::php::coroutine) fn resolve(name: &str) -> std::io::Result<Vec<IpAddr>> {
    let mut list = Vec::new();
    for address in (name, 0).to_socket_addrs()? {
        if !list.contains(&address.ip()) {
            list.push(address.ip());
        }
    }
    Ok(list)
}

fn family_of(family: i64) -> Option<fn(&IpAddr) -> bool> {
    match i32::try_from(family).ok()? {
        libc::AF_INET => Some(IpAddr::is_ipv4),
        libc::AF_INET6 => Some(IpAddr::is_ipv6),
        libc::AF_UNSPEC => Some(|_| true),
        _ => None,
    }
}

/// How long `dnsLookup()` waits unless told otherwise.
const DNS_SECS: f64 = 60.0;
