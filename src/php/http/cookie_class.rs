//! `Swoole\Http\Cookie`: a cookie built step by step, for `$response->cookie()`. Its line is made in `cookie.rs`.

use std::cell::RefCell;

use super::cookie::SetCookie;
use crate::server::error::ErrorCode;
use crate::server::last_error;
use crate::zend::{Arg, Array, Call, Class, FromArg, IntoValue, Kind, Native, Object, Result, Value, error};

/// The class.
pub static COOKIE: Class<Cookie> = Class::native("Swoole\\Http\\Cookie");

/// The state of an object.
#[derive(Debug, Default)]
pub struct Cookie(RefCell<Fields>);

/// What the `with` methods have collected.
#[derive(Clone, Debug, Default)]
struct Fields {
    /// Send the value as it is: what the constructor was told not to encode.
    raw: bool,
    name: Vec<u8>,
    value: Vec<u8>,
    expires: i64,
    path: Vec<u8>,
    domain: Vec<u8>,
    secure: bool,
    http_only: bool,
    same_site: Vec<u8>,
    priority: Vec<u8>,
    partitioned: bool,
}

impl Native for Cookie {
    fn class() -> &'static Class<Self> {
        &COOKIE
    }

    fn create() -> Self {
        Self::default()
    }
}

/// Defines the class.
pub fn register() {
    COOKIE
        .define()
        .method("__construct(bool $encode = true)", construct)
        .method("withName(string $name): Swoole\\Http\\Cookie", with_name)
        .method("withValue(string $value = \"\"): Swoole\\Http\\Cookie", with_value)
        .method("withExpires(int $expires = 0): Swoole\\Http\\Cookie", with_expires)
        .method("withPath(string $path = \"/\"): Swoole\\Http\\Cookie", with_path)
        .method("withDomain(string $domain = \"\"): Swoole\\Http\\Cookie", with_domain)
        .method("withSecure(bool $secure = false): Swoole\\Http\\Cookie", with_secure)
        .method("withHttpOnly(bool $httpOnly = false): Swoole\\Http\\Cookie", with_http_only)
        .method("withSameSite(string $sameSite = \"\"): Swoole\\Http\\Cookie", with_same_site)
        .method("withPriority(string $priority = \"\"): Swoole\\Http\\Cookie", with_priority)
        .method("withPartitioned(bool $partitioned = false): Swoole\\Http\\Cookie", with_partitioned)
        .method("toString(): string|false", to_string)
        .method("toArray(): array", to_array)
        .method("reset(): void", reset)
        .register();
}

impl Cookie {
    /// The value of its Set-Cookie line; a warning and None when it cannot be sent.
    pub fn line(&self) -> Option<Vec<u8>> {
        let fields = self.0.borrow().clone();
        let cookie = SetCookie {
            name: &fields.name,
            value: &fields.value,
            expires: fields.expires,
            path: &fields.path,
            domain: &fields.domain,
            secure: fields.secure,
            http_only: fields.http_only,
            same_site: &fields.same_site,
            priority: &fields.priority,
            partitioned: fields.partitioned,
        };
        line(&cookie, !fields.raw)
    }
}

/// The value of a Set-Cookie line; a warning and None when the cookie cannot be sent.
pub fn line(cookie: &SetCookie<'_>, encode: bool) -> Option<Vec<u8>> {
    match cookie.line(encode, now()) {
        Ok(line) => Some(line),
        Err(refused) => {
            error::warning(refused.text());
            last_error::set(ErrorCode::HTTP_COOKIE_UNAVAILABLE);
            None
        }
    }
}

/// Seconds since 1970. A cookie may be made outside of any server, so it asks the machine.
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs())
}

/// The first argument of `$response->cookie()`.
#[derive(Debug)]
pub enum NameOrCookie<'a> {
    Name(&'a [u8]),
    Cookie(&'a Cookie),
}

impl<'a> FromArg<'a> for NameOrCookie<'a> {
    fn from_arg(arg: Arg<'a>) -> Result<Self> {
        if arg.peek().as_object().and_then(Object::state::<Cookie>).is_some() {
            let cookie = arg.value().as_object().and_then(Object::state);
            return Ok(Self::Cookie(cookie.unwrap_or_else(|| unreachable!("the state was checked"))));
        }
        if arg.peek().kind() == Kind::Array {
            return Err(arg.wrong_type(&format!("of type {}|string", COOKIE.name())));
        }
        FromArg::from_arg(arg).map(Self::Name)
    }
}

fn construct(cookie: &Cookie, call: &mut Call<'_>) -> Result {
    let encode: bool = call.arg_or(true)?;
    cookie.0.borrow_mut().raw = !encode;
    Ok(())
}

fn with_name(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let name: &[u8] = call.arg()?;
    Ok(change(cookie, call, |fields| fields.name = name.to_vec()))
}

fn with_value(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let value: &[u8] = call.arg_or(b"".as_slice())?;
    Ok(change(cookie, call, |fields| fields.value = value.to_vec()))
}

fn with_expires(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let expires: i64 = call.arg_or(0)?;
    Ok(change(cookie, call, |fields| fields.expires = expires))
}

fn with_path(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let path: &[u8] = call.arg_or(b"/".as_slice())?;
    Ok(change(cookie, call, |fields| fields.path = path.to_vec()))
}

fn with_domain(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let domain: &[u8] = call.arg_or(b"".as_slice())?;
    Ok(change(cookie, call, |fields| fields.domain = domain.to_vec()))
}

fn with_secure(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let secure: bool = call.arg_or(false)?;
    Ok(change(cookie, call, |fields| fields.secure = secure))
}

fn with_http_only(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let http_only: bool = call.arg_or(false)?;
    Ok(change(cookie, call, |fields| fields.http_only = http_only))
}

fn with_same_site(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let same_site: &[u8] = call.arg_or(b"".as_slice())?;
    Ok(change(cookie, call, |fields| fields.same_site = same_site.to_vec()))
}

fn with_priority(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let priority: &[u8] = call.arg_or(b"".as_slice())?;
    Ok(change(cookie, call, |fields| fields.priority = priority.to_vec()))
}

fn with_partitioned(cookie: &Cookie, call: &mut Call<'_>) -> Result<Value> {
    let partitioned: bool = call.arg_or(false)?;
    Ok(change(cookie, call, |fields| fields.partitioned = partitioned))
}

/// Changes the object itself and returns it, for chains.
fn change(cookie: &Cookie, call: &Call<'_>, change: impl FnOnce(&mut Fields)) -> Value {
    change(&mut cookie.0.borrow_mut());
    call.this().clone().into_value()
}

fn to_string(cookie: &Cookie, _call: &mut Call<'_>) -> Result<Value> {
    Ok(Value::or_false(cookie.line()))
}

fn to_array(cookie: &Cookie, _call: &mut Call<'_>) -> Result<Array> {
    let fields = cookie.0.borrow();
    let mut array = Array::new();
    array.set("name", fields.name.as_slice());
    array.set("value", fields.value.as_slice());
    array.set("path", fields.path.as_slice());
    array.set("domain", fields.domain.as_slice());
    array.set("sameSite", fields.same_site.as_slice());
    array.set("priority", fields.priority.as_slice());
    array.set("encode", !fields.raw);
    array.set("expires", fields.expires);
    array.set("secure", fields.secure);
    array.set("httpOnly", fields.http_only);
    array.set("partitioned", fields.partitioned);
    Ok(array)
}

/// Forgets all but whether to encode.
fn reset(cookie: &Cookie, _call: &mut Call<'_>) -> Result {
    let mut fields = cookie.0.borrow_mut();
    *fields = Fields { raw: fields.raw, ..Fields::default() };
    Ok(())
}
