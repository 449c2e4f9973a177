//! What a script may ask about the machine, and the name of the process.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::libc;
use nix::sys::socket::SockaddrStorage;

use crate::php::errors;
use crate::server::error::ErrorCode;
use crate::zend::{Array, Call, Callback, Functions, IntoValue, Result, Str, Value};

/// Adds the functions of this file.
pub(super) fn add(functions: Functions) -> Functions {
    functions
        .function("swoole_cpu_num(): int", cpu_num)
        .function("swoole_get_local_ip(int $family = 2): array", local_ip)
        .function("swoole_get_local_mac(): array", local_mac)
        .function("swoole_set_process_name(string $process_name): bool", set_process_name)
}

/// How many CPUs this process may use.
fn cpu_num(_: &mut Call<'_>) -> Result<usize> {
    Ok(cpus())
}

pub(super) fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The address of each interface but the loopback one. With several addresses the last counts.
fn local_ip(call: &mut Call<'_>) -> Result<Array> {
    let family: i64 = call.arg_or(libc::AF_INET.into())?;
    let mut ips = Array::new();
    for interface in interfaces() {
        let Some(ip) = interface.address.as_ref().and_then(ip_of) else { continue };
        let wanted = match ip {
            IpAddr::V4(_) => libc::AF_INET,
            IpAddr::V6(_) => libc::AF_INET6,
        };
        let is_loopback = ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST;
        if i64::from(wanted) == family && !is_loopback {
            ips.set(&interface.interface_name, ip.to_string());
        }
    }
    Ok(ips)
}

/// The hardware address of each interface that has one.
fn local_mac(_: &mut Call<'_>) -> Result<Array> {
    let mut macs = Array::new();
    for interface in interfaces() {
        let link = interface.address.as_ref().and_then(SockaddrStorage::as_link_addr);
        if let Some(bytes) = link.and_then(nix::sys::socket::LinkAddr::addr) {
            let [a, b, c, d, e, f] = bytes;
            macs.set(&interface.interface_name, format!("{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{f:02X}"));
        }
    }
    Ok(macs)
}

/// PHP's own function does it; it exists in the CLI only, and where the system allows it.
pub(in crate::php) fn set_process_name(call: &mut Call<'_>) -> Result<bool> {
    let name: &Str = call.arg()?;
    let Ok(set_title) = Callback::resolve(&"cli_set_process_title".into_value()) else {
        errors::warn_with(ErrorCode::OPERATION_NOT_SUPPORT, "the name of this process cannot be changed");
        return Ok(false);
    };
    Ok(set_title.call(&[Value::from(name.clone())])?.to_bool())
}

fn interfaces() -> impl Iterator<Item = InterfaceAddress> {
    getifaddrs().into_iter().flatten()
}

fn ip_of(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
}
